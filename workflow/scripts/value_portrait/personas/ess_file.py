"""Where a user's file of the European Social Survey lies, and its axes; apart from its reading, which takes pandas."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from value_portrait.checking import Where, at
from value_portrait.errors import InputError
from value_portrait.instrument import Instrument

# By axis and label, the lowest and the highest code of the group.
Groups = Mapping[str, Mapping[str, Sequence[int]]]

# What its 21 portraits measure.
VALUES = (
    "Universalism",
    "Benevolence",
    "Conformity",
    "Tradition",
    "Security",
    "Power",
    "Achievement",
    "Hedonism",
    "Stimulation",
    "Self_Direction",
)
# Each axis: the file's variable, the range of its codes, and the codes for respondents who have none.
AXES: dict[str, tuple[str, tuple[int, int], tuple[int, ...]]] = {
    "gender": ("gndr", (1, 2), (9,)),
    "age": ("agea", (10, 120), (999,)),
    "politics": ("lrscale", (0, 10), (77, 88, 99)),  # 0 left ... 10 right
    "education": ("eisced", (1, 7), (0, 55, 77, 88, 99)),  # ES-ISCED I, II, IIIb, IIIa, IV, V1, V2
}
_FORMATS = (".csv", ".parquet", ".sav", ".dta")


def find_file(folder: str | Path) -> Path | None:
    """The user's file of the ESS in ``folder``, or None where the folder is missing or empty.

    Raises
    ------
    InputError : when the folder holds several files that could be it, files of which none can, or a folder in
        its place.
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
    if files and not files[0].is_file():
        # A pipe would be waited for without end.
        raise InputError(files[0], "is no file.", "Unpack the download.")
    return files[0] if files else None


def check_groups(groups: Groups, files: Where, instrument: Instrument) -> None:
    """Check the config's groups against the instrument, the axes and each other.

    Parameters
    ----------
    files : of the config, for messages (see ``checking.file_of``).

    Raises
    ------
    InputError : with the key, for groups where the instrument's main family is not that of the ESS's portraits, codes
        that run backwards or that the variable does not have, or a code in two groups.
    """
    if groups and set(instrument.main.names) != set(VALUES):
        raise InputError(
            at(files, ["people"]),
            f"needs an instrument whose first family is the ten values of the ESS ({', '.join(VALUES)}).",
            "Set people: null.",
        )
    for axis, cuts in groups.items():
        variable, (lowest, highest), _ = AXES[axis]
        earlier: dict[str, tuple[int, int]] = {}
        for label, (low, high) in cuts.items():
            where = at(files, ["people", "groups", axis, label])
            if low > high:
                raise InputError(where, f"[{low}, {high}] runs backwards.", "Put the lowest code first.")
            if low < lowest or high > highest:
                raise InputError(
                    where,
                    f"[{low}, {high}] is not within the codes of {variable}, {lowest} to {highest}.",
                    "Keep to these.",
                )
            for other, (start, end) in earlier.items():
                if low <= end and start <= high:
                    raise InputError(
                        where, f"[{low}, {high}] shares codes with {other}, [{start}, {end}].", "Set them apart."
                    )
            earlier[label] = (low, high)
