import os
import subprocess
import time

import pytest
from value_portrait import keeping
from value_portrait.files import written_whole
from value_portrait.keeping import keep_aside, put_back


@pytest.fixture
def results(tmp_path):
    for name in ("publication/tables/a.csv", "publication/b.md", "certificate/c.csv", "scores/d.csv"):
        (tmp_path / "results" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "results" / name).write_text(name)
    return tmp_path / "results"


def found(folder):
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("linked", [True, False])
def test_what_a_failed_run_leaves_missing_comes_back_and_is_out_of_date(results, tmp_path, monkeypatch, linked):
    if not linked:
        monkeypatch.setattr(keeping.os, "link", lambda *paths: (_ for _ in ()).throw(OSError()))
    before, aside = found(results), tmp_path / "aside"
    keep_aside(results, ["publication", "certificate"], aside)
    assert found(aside) == {name: text for name, text in before.items() if "scores" not in name}
    for name in ("publication/tables/a.csv", "publication/b.md", "scores/d.csv"):
        (results / name).unlink()
    (results / "publication/b.md").write_text("new")
    assert put_back(results, aside) == 1
    after = {name: text for name, text in before.items() if "scores" not in name} | {"publication/b.md": "new"}
    assert found(results) == after
    assert (results / "publication/tables/a.csv").stat().st_mtime == 1
    assert (results / "publication/b.md").stat().st_mtime > 1
    assert not aside.exists()


def test_a_whole_run_leaves_nothing_aside(results, tmp_path):
    keep_aside(results, ["publication"], tmp_path / "aside")
    assert put_back(results, tmp_path / "aside") == 0
    assert not (tmp_path / "aside").exists()


def test_what_a_killed_run_left_missing_comes_back_with_the_next(results, tmp_path):
    before = found(results)
    keep_aside(results, ["publication"], tmp_path / "aside")
    (results / "publication/b.md").unlink()
    keep_aside(results, ["publication"], tmp_path / "aside")
    assert found(results) == before
    os.unlink(results / "publication/b.md")
    assert put_back(results, tmp_path / "aside") == 1
    assert found(results) == before


def test_a_first_run_has_nothing_to_keep(tmp_path):
    keep_aside(tmp_path / "results", ["publication"], tmp_path / "aside")
    assert put_back(tmp_path / "results", tmp_path / "aside") == 0


def test_what_a_killed_process_half_wrote_is_removed_and_what_is_being_written_stays(results, tmp_path):
    with subprocess.Popen(["sleep", "60"]) as killed:
        killed.kill()
    names = [f".a.{killed.pid}.partial.csv", f"publication/.b.c.{killed.pid}.partial", f".a.{2**40}.partial.csv"]
    for name in names:
        (results / name).write_text("half")
    before = {**found(results)}
    with written_whole(results / "publication/tables/a.csv") as partial:
        partial.write_text("new")
        keep_aside(results, ["publication"], tmp_path / "aside")
    put_back(results, tmp_path / "aside")
    expected = {name: text for name, text in before.items() if name not in names}
    assert found(results) == expected | {"publication/tables/a.csv": "new"}


def test_a_killed_process_whose_parent_has_not_asked_how_it_ended_writes_no_more(results, tmp_path):
    before = found(results)
    with subprocess.Popen(["sleep", "60"]) as killed:
        killed.kill()
        os.waitid(os.P_PID, killed.pid, os.WEXITED | os.WNOWAIT)
        (results / f".a.{killed.pid}.partial.csv").write_text("half")
        put_back(results, tmp_path / "aside")
    assert found(results) == before


def test_the_number_of_a_killed_process_may_have_gone_to_another(results, tmp_path, monkeypatch):
    before = found(results)
    monkeypatch.setattr(keeping.psutil.Process, "create_time", lambda _: time.time() + 60)
    (results / f".a.{os.getpid()}.partial.csv").write_text("half")
    put_back(results, tmp_path / "aside")
    assert found(results) == before


def test_a_process_that_may_not_be_looked_at_is_somebody_elses(results, tmp_path, monkeypatch):
    def refuse(process):
        raise keeping.psutil.AccessDenied

    before = found(results)
    monkeypatch.setattr(keeping.psutil.Process, "status", refuse)
    (results / f".a.{os.getpid()}.partial.csv").write_text("half")
    put_back(results, tmp_path / "aside")
    assert found(results) == before


def test_a_copy_aside_that_a_kill_cut_short_is_not_put_back(results, tmp_path, monkeypatch):
    def torn(source, target):
        target.write_text("ha")
        raise KeyboardInterrupt

    monkeypatch.setattr(keeping.os, "link", lambda *paths: (_ for _ in ()).throw(OSError()))
    monkeypatch.setattr(keeping.shutil, "copy2", torn)
    before = found(results)
    with pytest.raises(KeyboardInterrupt):
        keep_aside(results, ["publication"], tmp_path / "aside")
    (results / "publication/b.md").unlink()
    put_back(results, tmp_path / "aside")
    assert found(results) == {name: text for name, text in before.items() if name != "publication/b.md"}


def test_only_what_a_run_made_and_nothing_makes_any_more_goes(tmp_path):
    folder = tmp_path / "results/publication"
    names = (
        "kept.csv",
        "put_back.md",
        "old/gone.csv",
        "old/gone.md",
        "old/edited.md",
        "older/deep/gone.png",
        "mine.md",
    )
    made = {}
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
        made[str(path)] = path.stat().st_mtime
    del made[str(folder / "mine.md")]
    os.utime(folder / "put_back.md", (1, 1))
    # Later, and as old as a copy that keeps its time may be.
    os.utime(folder / "old/edited.md", (5, made[str(folder / "old/edited.md")] + 1))
    os.utime(folder / "old/gone.md", (5, 5))
    outside = tmp_path / "outside.csv"
    outside.write_text("outside")
    (folder / "link.csv").symlink_to(outside)
    (folder / "empty").mkdir()
    made[str(folder / "link.csv")] = outside.stat().st_mtime
    gone = keeping.remove_unmade(folder, made.get, lambda path: path.endswith("kept.csv"))
    assert gone == [str(folder / name) for name in ("old/gone.csv", "older/deep/gone.png", "put_back.md")]
    assert set(found(folder)) == {"kept.csv", "old/edited.md", "old/gone.md", "mine.md", "link.csv"}
    assert not (folder / "older").exists()
    assert (folder / "empty").exists()
    assert outside.exists()


def test_a_folder_that_is_not_there_has_nothing_to_remove(tmp_path):
    assert keeping.remove_unmade(tmp_path / "none", lambda path: 1.0, lambda path: False) == []
