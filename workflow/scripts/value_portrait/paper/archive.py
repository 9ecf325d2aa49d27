"""The authors' archive: where to find it, and how to get verified files out of it.

Only files listed in ``data/raw/SHA256SUMS`` are taken, each is checked against its sum before anything reads it,
and nothing is written but those files.
"""

import hashlib
import re
import tarfile
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from pathlib import Path, PurePosixPath

from value_portrait.errors import InputError
from value_portrait.files import written_whole
from value_portrait.reading import read_bytes, read_text

COMMIT = "08e1fb7903c619592bd8b3267f00191e36957f9e"
TREE = f"ValuePortrait-{COMMIT}"
FILE = f"{TREE}.tar.gz"
URL = f"https://github.com/holi-lab/ValuePortrait/archive/{COMMIT}.tar.gz"
VARIABLE = "VALUE_PORTRAIT_ARCHIVE"

# The largest file of the archive has 1.6 MB; a listed name with more than this in it is not that file.
MAX_FILE_BYTES = 20_000_000
MAX_ARCHIVE_BYTES = 200_000_000
# Unpacked it has 265 MB; what is packed to be unpacked without end has more.
MAX_TREE_BYTES = 1_000_000_000
_LONGEST_NAME = 200

_REMEDY = (
    f"Fetch the archive anew ({URL}), put it into data/raw/ or let the variable {VARIABLE} name it; "
    "'make demo' runs without it."
)
_FROM_GIT = "Restore it from git."


def read_sums(path: str | Path) -> dict[str, str]:
    """SHA-256 sums of the archive's files, by path inside the archive (``sha256sum`` format)."""
    sums = {}
    for number, line in enumerate(read_text(path, _FROM_GIT).splitlines(), 1):
        digest, _, name = line.partition("  ")
        if not re.fullmatch("[0-9a-f]{64}", digest) or name in sums or name.endswith((".", "/")) or not _is_safe(name):
            raise InputError(f"{path}, line {number}", "is not '<sha256>  <path>'.", _FROM_GIT)
        sums[name] = digest
    if not sums:
        raise InputError(path, "is empty.", _FROM_GIT)
    if folders := sorted(sums.keys() & {str(folder) for name in sums for folder in PurePosixPath(name).parents}):
        raise InputError(path, f"names {folders[0]} as a file and as a folder.", _FROM_GIT)
    return sums


def locate_archive(raw: Path, environ: Mapping[str, str], url: str = URL) -> Path:
    """The archive (a ``.tar.gz``) or an unpacked tree of it: in ``raw``, by variable, or downloaded to ``raw``.

    Raises
    ------
    InputError : there is none, with all that was tried.
    """
    named = environ.get(VARIABLE)
    candidates = [raw / FILE, raw / TREE]
    for candidate in candidates:
        if candidate.exists():
            return candidate
    if named:
        if Path(named).exists():
            return Path(named)
        raise InputError(f"{VARIABLE}={named}", "there is no such file.", "Correct the variable or unset it.")
    try:
        _download(url, raw / FILE)
    except (urllib.error.URLError, HTTPException, OSError) as problem:
        raise InputError(
            raw / FILE,
            f"the authors' archive is not there, nor unpacked as {TREE}/; the variable {VARIABLE} is not set, and the "
            f"download of {url} failed ({getattr(problem, 'reason', problem)}).",
            f"Download it elsewhere and set {VARIABLE} to its path, or run 'make demo', which needs no archive.",
        ) from None
    return raw / FILE


def verified_files(source: Path, sums: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Each listed file of the archive ``source``, as (path, content), in no certain order.

    Raises
    ------
    InputError : the archive cannot be read, a listed file is missing, too large, a link, or has another sum.
    """
    seen = set()
    for name, content in _tree_files(source, sums) if source.is_dir() else _tar_files(source, sums):
        if hashlib.sha256(content).hexdigest() != sums[name]:
            raise InputError(f"{source}: {name}", "differs from the published file (SHA-256).", _REMEDY)
        seen.add(name)
        yield name, content
    if missing := sorted(set(sums) - seen):
        raise InputError(source, f"lacks {len(missing)} of {len(sums)} files, the first being {missing[0]}.", _REMEDY)


def unpack_archive(source: Path, sums: Mapping[str, str], folder: Path) -> None:
    """Write every listed file of ``source`` below ``folder``, each whole or not at all."""
    for name, content in verified_files(source, sums):
        with written_whole(folder / name) as partial:
            partial.write_bytes(content)


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    marks = set("{}<>\\*?[]")
    return (
        str(path) == name.removesuffix("/")
        and not path.is_absolute()
        and ".." not in path.parts
        and max(map(len, path.parts), default=0) <= _LONGEST_NAME
        and name.isprintable()
        and not marks & set(name)
    )


def _download(url: str, target: Path) -> None:
    with (
        urllib.request.urlopen(url, timeout=60) as response,
        written_whole(target) as partial,
        partial.open("wb") as file,
    ):
        while block := response.read(1 << 20):
            file.write(block)
            if file.tell() > MAX_ARCHIVE_BYTES:
                raise OSError(f"more than {MAX_ARCHIVE_BYTES} bytes")


def _tree_files(folder: Path, sums: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    for name in sums:
        path = folder / name
        if path.is_symlink() or not path.is_file():
            continue
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InputError(path, f"is larger than {MAX_FILE_BYTES} bytes.", _REMEDY)
        yield name, read_bytes(path, _REMEDY)


def _tar_files(source: Path, sums: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    taken, unpacked = set(), 0
    if not source.is_file():
        # A pipe would be waited for without end.
        raise InputError(source, "is no file.", _REMEDY)
    try:
        with tarfile.open(source, "r:gz") as archive:
            for member in archive:
                unpacked += member.size
                if unpacked > MAX_TREE_BYTES:
                    raise InputError(source, f"unpacks to more than {MAX_TREE_BYTES} bytes.", _REMEDY)
                # Members are named <tree>/<path>, whatever the tree's folder is called.
                path = member.name.removeprefix("./") or "."
                if not _is_safe(path):
                    raise InputError(f"{source}: {path}", "is a path that leads outside, or no name.", _REMEDY)
                name = path.partition("/")[2]
                if name not in sums:
                    continue
                if not member.isfile() or name in taken:
                    raise InputError(f"{source}: {member.name}", "is a link or a second copy.", _REMEDY)
                if member.size > MAX_FILE_BYTES:
                    raise InputError(f"{source}: {member.name}", f"is larger than {MAX_FILE_BYTES} bytes.", _REMEDY)
                taken.add(name)
                file = archive.extractfile(member)
                assert file is not None
                yield name, file.read()
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, OverflowError) as problem:
        raise InputError(source, f"cannot be read to its end ({problem}).", _REMEDY) from None
