import gzip
import hashlib
import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from near_misses import complaint
from value_portrait.errors import InputError
from value_portrait.paper import archive
from value_portrait.paper.archive import locate_archive, read_sums, unpack_archive, verified_files

FILES = {"data/a.json": b"[1]", "data/deep/b:c.json": b"[2]" * 100_000}
SUMS = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
NOWHERE = "http://127.0.0.1:9/archive.tar.gz"


def make_tar(path, files, links=()):
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        for name in links:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(member)
    return path


def tree(prefix="tree/", **changes):
    return {prefix + name: content for name, content in {**FILES, **changes}.items()}


def test_only_listed_files_are_unpacked(tmp_path):
    source = make_tar(tmp_path / "a.tar.gz", tree(**{"setup.py": b"evil"}), links=["tree/link"])
    unpack_archive(source, SUMS, tmp_path / "out")
    found = {str(p.relative_to(tmp_path / "out")): p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    assert found == FILES


def test_an_unpacked_tree_serves_as_well(tmp_path):
    for name, content in FILES.items():
        (tmp_path / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tree" / name).write_bytes(content)
    assert dict(verified_files(tmp_path / "tree", SUMS)) == FILES
    (tmp_path / "tree/data/a.json").unlink()
    (tmp_path / "tree/data/a.json").symlink_to(tmp_path / "tree/data/deep/b:c.json")
    with pytest.raises(InputError, match=r"lacks 1 of 2 files, the first being data/a\.json"):
        dict(verified_files(tmp_path / "tree", SUMS))
    assert dict(verified_files(make_tar(tmp_path / "a.tar.gz", {"./": b""} | tree("./tree/")), SUMS)) == FILES


@pytest.mark.parametrize(
    ("files", "links", "words"),
    [
        (tree(**{"data/a.json": b"[9]"}), (), r"data/a\.json: differs from the published file"),
        ({"tree/data/a.json": b"[1]"}, (), "lacks 1 of 2 files"),
        (tree() | {"tree/../../x": b""}, (), "leads outside"),
        (tree() | {"tree/\x1b[2J": b""}, (), "leads outside"),
        (tree() | {"/tree/x": b""}, (), "leads outside"),
        ({k: v for k, v in tree().items() if "a.json" not in k}, ["tree/data/a.json"], "link or a second copy"),
        (tree() | {"tree2/data/a.json": b"[1]"}, (), "link or a second copy"),
    ],
)
def test_what_is_not_the_archive_is_refused(tmp_path, files, links, words):
    source = make_tar(tmp_path / "a.tar.gz", files, links)
    with pytest.raises(InputError, match=words):
        unpack_archive(source, SUMS, tmp_path / "out")
    assert not (tmp_path / "x").exists()


def test_oversized_members_are_refused_before_they_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_FILE_BYTES", 1000)
    with pytest.raises(InputError, match="larger than 1000 bytes"):
        dict(verified_files(make_tar(tmp_path / "a.tar.gz", tree()), SUMS))


@pytest.mark.parametrize("keep", [0, 10, 200])
def test_a_truncated_archive_is_named_as_such(tmp_path, keep):
    source = make_tar(tmp_path / "a.tar.gz", tree())
    source.write_bytes(source.read_bytes()[:keep])
    with pytest.raises(InputError, match=r"cannot be read to its end|lacks"):
        dict(verified_files(source, SUMS))


def test_the_order_of_the_sources(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    named = make_tar(tmp_path / "named.tar.gz", tree())
    environ = {archive.VARIABLE: str(named)}
    assert locate_archive(raw, environ, NOWHERE) == named
    (raw / archive.TREE).mkdir()
    assert locate_archive(raw, environ, NOWHERE) == raw / archive.TREE
    (raw / archive.FILE).touch()
    assert locate_archive(raw, environ, NOWHERE) == raw / archive.FILE


def test_no_source_is_one_error_that_says_what_was_tried(tmp_path):
    with pytest.raises(InputError) as caught:
        locate_archive(tmp_path, {}, NOWHERE)
    for part in (archive.FILE, archive.VARIABLE, NOWHERE, "make demo"):
        assert part in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(InputError, match="no such file"):
        locate_archive(tmp_path, {archive.VARIABLE: str(tmp_path / "gone")}, NOWHERE)


def test_a_download_lands_in_the_folder_of_raw_data(tmp_path):
    source = make_tar(tmp_path / "published.tar.gz", tree())
    found = locate_archive(tmp_path / "raw", {}, source.as_uri())
    assert found == tmp_path / "raw" / archive.FILE
    assert dict(verified_files(found, SUMS)) == FILES


@pytest.mark.parametrize("line", ["x", "0" * 64 + "  ../a", "0" * 64 + "  /a", "0" * 63 + "  a"])
def test_sums_are_read_strictly(tmp_path, line):
    (tmp_path / "SUMS").write_text("a" * 64 + "  b\n" + line + "\n")
    with pytest.raises(InputError, match="line 2"):
        read_sums(tmp_path / "SUMS")


def test_what_unpacks_without_end_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_TREE_BYTES", 300_000)
    source = make_tar(tmp_path / "a.tar.gz", {"tree/zeros": bytes(400_000)} | tree())
    with pytest.raises(InputError, match="unpacks to more than 300000 bytes"):
        dict(verified_files(source, SUMS))


NAMES = [
    "a",
    "a/b",
    "a/b/c",
    "../a",
    "/a",
    "a//b",
    "./a",
    "a/",
    ".",
    "",
    "a\0",
    "a\x1b[2J",
    "a{b}",
    "a*",
    "x" * 300,
    "é",
]


@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4))
def test_every_list_of_sums_names_files_that_there_can_be_together(tmp_path_factory, names):
    folder = tmp_path_factory.mktemp("sums")
    (folder / "SHA256SUMS").write_text("".join(f"{hashlib.sha256(b'x').hexdigest()}  {name}\n" for name in names))
    if complaint(read_sums, folder / "SHA256SUMS") is None:
        source = make_tar(folder / "a.tar.gz", {f"tree/{name}": b"x" for name in names})
        unpack_archive(source, read_sums(folder / "SHA256SUMS"), folder / "out")
        assert sum(path.is_file() for path in (folder / "out").rglob("*")) == len(names)
    else:
        assert len({*names}) < len(names) or {*names} - {"a", "é"}


@given(st.lists(st.tuples(st.integers(0, 2047), st.integers(0, 255)), min_size=1, max_size=20), st.integers(0, 9))
def test_an_archive_with_some_bytes_changed_is_whole_or_refused(tmp_path_factory, changes, cut):
    folder = tmp_path_factory.mktemp("changed")
    content = bytearray(gzip.decompress(make_tar(folder / "a.tar.gz", tree()).read_bytes()))
    for place, value in changes:
        content[place] = value
    (folder / "a.tar.gz").write_bytes(gzip.compress(bytes(content[: -512 * cut or None])))
    if complaint(unpack_archive, folder / "a.tar.gz", SUMS, folder / "out") is None:
        assert all((folder / "out" / name).read_bytes() == data for name, data in FILES.items())
