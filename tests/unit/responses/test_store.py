import asyncio
import fcntl
import json
import os
import re
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from value_portrait.errors import InputError
from value_portrait.locking import is_locked, lock
from value_portrait.responses.store import Store, lock_file, read_records, store_file, terminal_records

LIBRARY = Path(__file__).parents[3] / "workflow" / "scripts"


def record(key: str, outcome: str = "answered", text: str = "like me") -> dict[str, object]:
    return {"key": key, "outcome": outcome, "usd": 0.5, "answer": text}


def fill(path: Path, *records: dict[str, object]) -> None:
    async def append() -> None:
        async with asyncio.timeout(10):
            await asyncio.gather(*(store.append(one) for one in records))

    with Store(path) as store:
        asyncio.run(append())
        assert store.size == path.stat().st_size


def test_records_come_back_and_terminal_ones_are_done(tmp_path: Path) -> None:
    path = tmp_path / "m" / "baseline.jsonl"
    fill(path, record("a"), record("b", "server"), record("c", "refusal"), record("d", "network") | {"usd": None})
    with Store(path) as store:
        assert store.done == {"a", "c"}
        assert store.usd == 1.5
    assert [one["key"] for one in read_records(path)] == ["a", "b", "c", "d"]
    fill(path, record("c", text="another"), record("b"))
    assert terminal_records(path) == {"a": record("a"), "c": record("c", "refusal"), "b": record("b")}
    assert terminal_records(tmp_path / "none.jsonl") == {}


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was made durable, in turn."""
    paths: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda file: paths.append(os.readlink(f"/proc/self/fd/{file}")))
    return paths


def test_what_is_kept_is_durable_with_its_name(
    tmp_path: Path, synced: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "m" / "baseline.jsonl"
    folders, file = [str(tmp_path / "m"), str(tmp_path)], [str(path)]
    with Store(path):
        assert synced == folders
    fill(path, record("a"), record("b"))
    assert synced == folders + file
    fill(path)
    assert caplog.messages == []
    with path.open("a") as torn:
        torn.write("x")
    fill(path, record("c"))
    assert synced == folders + file + 2 * file
    assert caplog.messages == [f"{path}: cut off 1 bytes that an interrupted run left behind its last record."]


def test_everybody_may_read_a_store(tmp_path: Path) -> None:
    before = os.umask(0)
    fill(tmp_path / "m" / "baseline.jsonl", record("a"))
    os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "m").iterdir()}
    assert modes == {"baseline.jsonl": 0o644, ".baseline.jsonl.lock": 0o644}


def test_a_disk_that_takes_nothing_at_all_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError(5, "Input/output error")

    fill(tmp_path / "m" / "baseline.jsonl", record("a"))
    monkeypatch.setattr(os, "write", broken)
    truncate = os.ftruncate
    monkeypatch.setattr(os, "ftruncate", lambda file, size: broken() if size else truncate(file, size))
    with pytest.raises(InputError, match=r"baseline\.jsonl: cannot be written \(Input/output error\)"):
        fill(tmp_path / "m" / "baseline.jsonl", record("a"))


def test_a_disk_that_takes_little_at_a_time_gets_it_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:7]))
    fill(tmp_path / "m" / "baseline.jsonl", record("a"), record("b"))
    assert list(read_records(tmp_path / "m" / "baseline.jsonl")) == [record("a"), record("b")]


@pytest.mark.parametrize("full", [False, True])
def test_who_gives_up_waiting_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: bool) -> None:
    path = tmp_path / "m" / "baseline.jsonl"

    def broken(file: int) -> None:
        raise OSError(28, "No space left on device")

    async def main(store: Store) -> list[BaseException | None]:
        async with asyncio.timeout(10):
            waiting = [asyncio.create_task(store.append(record(key))) for key in ("a", "b")]
            await asyncio.sleep(0)
            waiting[0].cancel()
            if full:
                monkeypatch.setattr(os, "fsync", broken)
            found = await asyncio.gather(*waiting, return_exceptions=True)
            monkeypatch.undo()
            await store.append(record("c"))
            return found

    with Store(path) as store:
        gone, other = asyncio.run(main(store))
        keys = ["c"] if full else ["a", "b", "c"]
        assert (store.done, store.usd, store.size) == (set(keys), 0.5 * len(keys), path.stat().st_size)
    assert [one["key"] for one in read_records(path)] == keys
    assert isinstance(gone, asyncio.CancelledError)
    problem = f"{path}: cannot be written (No space left on device). Every answer recorded so far is kept: make room or"
    assert str(other).startswith(problem) if full else other is None


def test_names_of_models_and_conditions_are_made_safe(tmp_path: Path) -> None:
    assert store_file(tmp_path, "../a b/c:d", "x/y") == tmp_path / "_._a_b_c_d" / "x_y.jsonl"


@given(tail=st.binary(min_size=1, max_size=80))
@settings(max_examples=30, deadline=None)
def test_a_torn_tail_is_cut_off_and_nothing_else(tmp_path_factory: pytest.TempPathFactory, tail: bytes) -> None:
    path = tmp_path_factory.mktemp("store") / "m" / "baseline.jsonl"
    fill(path, record("a"), record("b"))
    whole = path.read_bytes()
    path.write_bytes(whole + tail.replace(b"\n", b" "))
    assert list(terminal_records(path)) == ["a", "b"]
    fill(path, record("c"))
    assert path.read_bytes() == whole + json.dumps(record("c"), separators=(",", ":")).encode() + b"\n"


def test_every_cut_of_the_last_line_is_a_torn_tail(tmp_path: Path) -> None:
    path = tmp_path / "m" / "baseline.jsonl"
    fill(path, record("a"), record("b", text="naïve \u2028 \x00"))
    whole = path.read_bytes()
    for cut in range(whole.index(b"\n") + 1, len(whole)):
        path.write_bytes(whole[:cut])
        with Store(path) as store:
            assert store.done == {"a"}
        assert path.read_bytes() == whole[: whole.index(b"\n") + 1]


def test_a_spoilt_line_in_the_middle_is_an_error_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "m" / "baseline.jsonl"
    fill(path, record("a"), record("b"))
    spoilt = b"{spoilt\n" + path.read_bytes()
    path.write_bytes(spoilt)
    with pytest.raises(InputError, match="line 1: is no record"), Store(path):
        pass
    assert path.read_bytes() == spoilt


def other_process(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    start = f"import sys; sys.path.insert(0, {str(LIBRARY)!r}); from value_portrait.responses.store import *\n"
    start += "from value_portrait.locking import *\n"
    return subprocess.run(
        [sys.executable, "-c", start + code, *arguments], capture_output=True, text=True, timeout=30, check=False
    )


def test_a_second_writer_is_told_who_holds_the_file(tmp_path: Path) -> None:
    path = tmp_path / "m" / "baseline.jsonl"
    with Store(path):
        code = "from pathlib import Path\nprint(is_locked(lock_file(Path(sys.argv[1]))))\nwith Store(sys.argv[1]): pass"
        done = other_process(code, str(path))
        assert done.returncode != 0
        holder = rf"InputError: {path}: is being written by process {os.getpid()} on {socket.gethostname()} since "
        assert re.search(holder + r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\. Wait", done.stderr)
        assert done.stdout == "True\n"
    assert not is_locked(lock_file(path))
    assert not is_locked(lock_file(tmp_path / "m" / "other.jsonl"))
    assert other_process("with Store(sys.argv[1]): pass", str(path)).returncode == 0


@pytest.mark.parametrize("refusal", [BlockingIOError, PermissionError])
@pytest.mark.parametrize(
    ("told", "holder"), [(b"", "another process"), (b" pro\xffcess 7\n", "pro\ufffdcess 7"), (b"x" * 300, "x" * 200)]
)
def test_whatever_a_lock_tells_of_its_holder_is_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: type[OSError], told: bytes, holder: str
) -> None:
    def held(*_: object) -> None:
        raise refusal

    monkeypatch.setattr(fcntl, "lockf", held)
    path = tmp_path / "baseline.jsonl"
    lock_file(path).write_bytes(told)
    with pytest.raises(InputError) as caught:
        lock(path, lock_file(path))
    assert str(caught.value) == f"{path}: is being written by {holder}. Wait for it, or stop it, and run again."
    assert lock_file(path).read_bytes() == told
    assert is_locked(lock_file(path))


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    path = tmp_path / "m" / "baseline.jsonl"
    done = other_process("import os\nwith Store(sys.argv[1]): os.kill(os.getpid(), 9)", str(path))
    assert done.returncode == -9
    fill(path, record("a"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True, check=False
    ).returncode:
        pytest.skip("a tmpfs cannot be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


def assert_full_disk_keeps_everything(path: Path) -> None:
    fill(path, record("a"))
    whole = path.read_bytes()
    with pytest.raises(InputError, match=r"cannot be written \(.*\)\. Every answer recorded so far is kept"):
        fill(path, record("b", text="x" * 300_000))
    assert path.read_bytes() == whole
    fill(path, record("c"))
    assert list(terminal_records(path)) == ["a", "c"]


def test_a_full_disk_loses_nothing(small_disk: Path) -> None:
    assert_full_disk_keeps_everything(small_disk / "m" / "baseline.jsonl")


def test_a_limit_on_file_sizes_loses_nothing(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        assert_full_disk_keeps_everything(tmp_path / "m" / "baseline.jsonl")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_read_only_store_is_a_clear_error_and_can_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    path = folder / "m" / "baseline.jsonl"
    fill(path, record("a"))
    # Modes mean nothing to root, so the folder itself is mounted read-only.
    bind = subprocess.run(["mount", "--bind", folder, folder], capture_output=True, check=False)
    if bind.returncode:
        pytest.skip("a folder cannot be mounted read-only here")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        with pytest.raises(InputError, match=r"cannot be written \(Read-only file system\)"), Store(path):
            pass
        assert list(terminal_records(path)) == ["a"]
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_file_in_place_of_the_folder_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "m").write_text("")
    with (
        pytest.raises(InputError, match=r"m/baseline\.jsonl: cannot be written"),
        Store(tmp_path / "m" / "baseline.jsonl"),
    ):
        pass
