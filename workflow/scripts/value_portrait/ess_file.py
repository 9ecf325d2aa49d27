"""Where a user's file of the European Social Survey lies; apart from its reading, which takes pandas."""

from pathlib import Path

from .errors import InputError

_FORMATS = (".csv", ".parquet", ".sav", ".dta")


def find_file(folder: str | Path) -> Path | None:
    """The user's file of the ESS in ``folder``, or None where the folder is missing or empty.

    Raises
    ------
    InputError : when the folder holds several files that could be it, or files of which none can.
    """
    present = [path for path in sorted(Path(folder).glob("*")) if not path.name.startswith(".")]
    files = [path for path in present if path.suffix.lower() in _FORMATS]
    if len(files) > 1:
        names = ", ".join(path.name for path in files)
        raise InputError(folder, f"holds several files that could be the ESS: {names}.", "Leave one there.")
    if present and not files:
        raise InputError(
            folder, f"holds {present[0].name}, but no file that ends in {', '.join(_FORMATS)}.", "Unpack the download."
        )
    return files[0] if files else None
