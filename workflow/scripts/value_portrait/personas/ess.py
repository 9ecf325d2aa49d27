"""The European Social Survey (ESS), round 11: from a user's own copy of the file to the value scores of respondents.

The file is under CC BY-NC-SA, so it comes from nobody but the user. Scoring follows Schwartz's instruction for the ESS
("Computing scores for the 10 human values"): answers reversed, a value's score the mean of its items, centred on the
mean of the respondent's answers to all 21 items; who gave fewer than 16 answers, or more than 16 alike, is left out.
"""

import csv
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from value_portrait.errors import InputError, shown
from value_portrait.personas.ess_file import AXES, VALUES, Groups
from value_portrait.reading import why_no_name
from value_portrait.tables import COUNT, NUMBER, Column, Schema

ROUND = 11
PORTAL = "Take the integrated file of round 11 as the ESS's data portal gives it."

# The 21 portraits in the order of the questionnaire; rounds 1 to 10 name them without the last letter.
ITEMS = (
    *("ipcrtiva", "impricha", "ipeqopta", "ipshabta", "impsafea", "impdiffa", "ipfrulea"),
    *("ipudrsta", "ipmodsta", "ipgdtima", "impfreea", "iphlppla", "ipsucesa", "ipstrgva"),
    *("ipadvnta", "ipbhprpa", "iprspota", "iplylfra", "impenva", "imptrada", "impfuna"),
)
# The places (from 1) of each value's items.
KEY: dict[str, tuple[int, ...]] = {
    "Universalism": (3, 8, 19),
    "Benevolence": (12, 18),
    "Conformity": (7, 16),
    "Tradition": (9, 20),
    "Security": (5, 14),
    "Power": (2, 17),
    "Achievement": (4, 13),
    "Hedonism": (10, 21),
    "Stimulation": (6, 15),
    "Self_Direction": (1, 11),
}
ANSWERS = (1, 6)  # very much like me ... not like me at all
NO_ANSWER = (66, 77, 88, 99)
LEAST_ANSWERS, MOST_ALIKE = 16, 16

WEIGHT = "anweight"
NUMBERS = ("essround", "idno", WEIGHT, *(variable for variable, _, _ in AXES.values()), *ITEMS)
TEXTS = ("edition", "cntry")
DESCRIPTIVE = ("edition", "proddate")

LEAST_RESPONDENTS = 500  # the smallest national sample of round 11 is larger
# Centring within the person pushes correlations down, and the two portraits of Tradition go together weakly.
LEAST_CORRELATION = -0.15

RESPONDENTS = Schema(
    ("respondent",),
    {
        "respondent": Column(COUNT, "row of the file, from 1", low=1),
        "weight": Column(NUMBER, "anweight", low=0),
        "gender": Column(NUMBER, "gndr: 1 male, 2 female", 1, 2, nullable=True),
        "age": Column(NUMBER, "agea: years", 0, 150, nullable=True),
        "politics": Column(NUMBER, "lrscale: 0 left to 10 right", 0, 10, nullable=True),
        "education": Column(NUMBER, "eisced: ES-ISCED I to V2 as 1 to 7", 1, 7, nullable=True),
        **{
            value: Column(NUMBER, "mean of the value's answers less that of all 21", -5, 5, nullable=True)
            for value in VALUES
        },
    },
)


def read_file(path: str | Path, edition: str | None = None) -> pd.DataFrame:
    """The columns that are used, codes as they are (those an SPSS or Stata file declares as missing become NaN).

    Parameters
    ----------
    edition : the one that it must be; None for any.

    Raises
    ------
    InputError : when the file cannot be read, is of another round or edition, lacks a column or repeats a respondent.
    """
    path = Path(path)
    wanted = {*NUMBERS, *TEXTS, *DESCRIPTIVE, *(item[:-1] for item in ITEMS)}
    try:
        frame = _read_columns(path, wanted)
    except (ValueError, OSError, csv.Error) as problem:
        raise InputError(path, f"cannot be read ({problem}).", PORTAL) from None
    missing = [name for name in (*NUMBERS, *TEXTS) if name not in frame]
    if set(missing) & set(ITEMS) and any(item[:-1] in frame for item in ITEMS):
        raise InputError(
            path, "names the portraits as rounds 1 to 10 do (impfun, not impfuna).", f"{PORTAL} Earlier ones differ."
        )
    if missing:
        raise InputError(path, f"lacks the column(s) {', '.join(missing)}.", PORTAL)
    for name in NUMBERS:
        numbers = pd.to_numeric(frame[name], errors="coerce")
        words = frame[name].notna() & numbers.isna()
        if words.any():
            raise InputError(
                _row(path, words), f"{name} is '{frame[name][words].iloc[0]}', no code.", "Export codes, not labels."
            )
        frame[name] = numbers.astype(float)
    others = frame.loc[frame["essround"] != ROUND, "essround"].unique()
    if len(others):
        rounds = ", ".join(f"{other:g}" for other in others)
        raise InputError(path, f"holds round {rounds}, not only round {ROUND}.", PORTAL)
    for name in TEXTS:
        frame[name] = frame[name].astype(object).fillna("").astype(str).str.strip()
    _check_edition(frame["edition"], edition, path)
    _check_respondents(frame, path)
    # What tables repeat.
    for name in DESCRIPTIVE:
        for value in frame[name].dropna().astype(str).unique() if name in frame else ():
            if why := why_no_name(value):
                raise InputError(path, f"{name} is {shown(value)}, which {why}.", PORTAL)
    return frame


def _check_edition(column: pd.Series, wanted: str | None, path: Path) -> None:
    found = sorted(set(column))
    if len(found) != 1 or "" in found:
        editions = ", ".join(edition or "none" for edition in found)
        raise InputError(path, f"holds respondents of several or no editions: {editions or 'none'}.", PORTAL)
    if wanted not in (None, found[0]):
        raise InputError(
            path,
            f"is edition {found[0]}, not {wanted}.",
            f"Take edition {wanted} of round {ROUND}, or set people.edition of the config to '{found[0]}' or null.",
        )


def _check_respondents(frame: pd.DataFrame, path: Path) -> None:
    """Refuse who has no country or number (``idno``), and who stands there twice."""
    nameless = frame["cntry"].eq("") | frame["idno"].isna()
    if nameless.any():
        raise InputError(_row(path, nameless), "has no cntry or no idno.", PORTAL)
    repeated = frame.duplicated(["cntry", "idno"])
    if repeated.any():
        first = frame[repeated].iloc[0]
        raise InputError(
            _row(path, repeated),
            f"repeats an earlier one (cntry {first['cntry']}, idno {first['idno']:.0f}).",
            f"Every respondent may stand there once. {PORTAL}",
        )


def _read_columns(path: Path, wanted: set[str]) -> pd.DataFrame:
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return _read_csv(path, wanted)
    if suffix == ".parquet":
        return _read_parquet(path, wanted)
    import pyreadstat

    read = pyreadstat.read_sav if suffix == ".sav" else pyreadstat.read_dta
    try:
        frame: pd.DataFrame = read(str(path), usecols=sorted(wanted))[0]
    except pyreadstat.ReadstatError as problem:
        raise ValueError(problem) from None
    return frame


def _read_parquet(path: Path, wanted: set[str]) -> pd.DataFrame:
    """The columns, each of which holds numbers or texts, whatever the file says of their types in pandas."""
    import pyarrow as pa
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            table = file.read(columns=_once([name for name in file.schema_arrow.names if name in wanted]))
    except pa.ArrowException as problem:
        raise ValueError(problem) from None
    for field in table.schema:
        type_ = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        kinds = (pa.types.is_integer, pa.types.is_floating, pa.types.is_string, pa.types.is_large_string)
        if not any(fits(type_) for fits in kinds):
            raise ValueError(f"{field.name} holds neither numbers nor texts")
    return table.to_pandas(ignore_metadata=True)


def _once(columns: list[str]) -> list[str]:
    if len(set(columns)) < len(columns):
        raise ValueError("a column stands there twice")
    return columns


def _read_csv(path: Path, wanted: set[str]) -> pd.DataFrame:
    """The columns as texts; unlike pandas, a row of another length than the header is refused."""
    import pyarrow as pa
    import pyarrow.csv

    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file), [])
    columns = _once([name for name in header if name in wanted])
    options = pyarrow.csv.ConvertOptions(
        include_columns=columns, column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=True
    )
    return pyarrow.csv.read_csv(path, convert_options=options).to_pandas()


def score_respondents(frame: pd.DataFrame, path: str | Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Value scores of all respondents who answered enough, and what was counted on the way.

    Parameters
    ----------
    frame : from ``read_file``. path : its file, for messages.

    Returns
    -------
    The table of ``RESPONDENTS``, and the counts ``respondents`` (rows of the file), ``too_few_answers``,
    ``alike_answers`` and ``scored``.

    Raises
    ------
    InputError : for a code that the variable does not have, a weight that is none, too few respondents, no ages, or
        answers that run the other way, all of them or an item's.
    """
    codes = np.column_stack([_valid(frame[item], ANSWERS, NO_ANSWER, path) for item in ITEMS])
    answers = sum(ANSWERS) - codes
    weight = frame[WEIGHT]
    wrong = ~(np.isfinite(weight) & (weight > 0))
    if wrong.any():
        raise InputError(_row(path, wrong), f"{WEIGHT} is {weight[wrong].iloc[0]}.", "Every respondent needs a weight.")
    enough = (~np.isnan(answers)).sum(axis=1) >= LEAST_ANSWERS
    alike = np.max([(answers == answer).sum(axis=1) for answer in range(ANSWERS[0], ANSWERS[1] + 1)], axis=0)
    used = enough & (alike <= MOST_ALIKE)
    counts = {
        "respondents": len(frame),
        "too_few_answers": int((~enough).sum()),
        "alike_answers": int((enough & ~used).sum()),
        "scored": int(used.sum()),
    }
    if counts["scored"] < LEAST_RESPONDENTS:
        raise InputError(
            path,
            f"holds {counts['scored']} respondents with enough answers, fewer than {LEAST_RESPONDENTS}.",
            "Take the whole file, or at least one country.",
        )
    table = pd.DataFrame({"respondent": np.flatnonzero(used) + 1, "weight": weight[used].to_numpy()})
    for axis, (variable, valid, missing) in AXES.items():
        table[axis] = _valid(frame[variable], valid, missing, path)[used]
    scores = value_scores(answers[used])
    _check_direction(scores, table["age"], path)
    _check_items(answers[used], path)
    return table.join(scores), counts


def value_scores(answers: np.ndarray) -> pd.DataFrame:
    """Centred scores (n × 10 values) from reversed answers (n × 21, 6 = very much like me); NaN for no answer."""
    means = {value: _row_mean(answers[:, np.array(places) - 1]) for value, places in KEY.items()}
    return pd.DataFrame(means).sub(_row_mean(answers), axis=0)


def _row_mean(answers: np.ndarray) -> np.ndarray:
    given = ~np.isnan(answers)
    count = given.sum(axis=1)
    mean: np.ndarray = np.where(given, answers, 0).sum(axis=1) / np.where(count, count, np.nan)
    return mean


def _valid(column: pd.Series, valid: tuple[int, int], missing: tuple[int, ...], path: str | Path) -> np.ndarray:
    """The column's codes, NaN where there is no answer."""
    absent = column.isna() | column.isin(missing)
    wrong = ~absent & ~(column.between(*valid) & (column % 1 == 0))
    if wrong.any():
        raise InputError(
            _row(path, wrong),
            f"{column.name} is {column[wrong].iloc[0]:g}, neither {valid[0]} to {valid[1]} nor one of the codes for "
            f"no answer ({', '.join(map(str, missing))}).",
            PORTAL,
        )
    return column.where(~absent).to_numpy()


def _row(path: str | Path, mask: pd.Series) -> str:
    return f"{path}, respondent {int(np.argmax(mask.to_numpy())) + 1}"


def _check_direction(scores: pd.DataFrame, age: pd.Series, path: str | Path) -> None:
    """Refuse answers that run the other way, by two regularities that every round and country shows.

    Benevolence, Universalism and Self-Direction stand above Power and Stimulation (Schwartz and Bardi 2001), and
    Conformity and Tradition rise with age while Stimulation and Hedonism fall (Schwartz 2007). A file whose answers
    were reversed before shows the opposite of both. Only one of them is a sign of columns that are mixed up.
    """
    hierarchy = scores[["Benevolence", "Universalism", "Self_Direction"]].mean().mean()
    hierarchy -= scores[["Power", "Stimulation"]].mean().mean()
    contrast = scores["Conformity"] + scores["Tradition"] - scores["Stimulation"] - scores["Hedonism"]
    if age.nunique() < 2:
        raise InputError(path, "has no ages, or only one: agea tells nothing of its respondents.", PORTAL)
    with_age = contrast.corr(age)
    if hierarchy > 0 and with_age > 0:
        return
    found = (
        f"Benevolence, Universalism and Self-Direction minus Power and Stimulation: {hierarchy:+.2f}; correlation of "
        f"age with Conformity and Tradition minus Stimulation and Hedonism: {with_age:+.2f}; both must be positive"
    )
    turned = hierarchy < 0 and with_age < 0
    problem = "has its answers reversed already" if turned else "has answers that people do not give"
    raise InputError(path, f"{problem} ({found}).", f"{PORTAL} There, 1 is 'very much like me'.")


def _check_items(answers: np.ndarray, path: str | Path) -> None:
    """Refuse an item whose centred answers (n × 21) run against those to the other items of its value."""
    centred = answers - _row_mean(answers)[:, None]
    for value, places in KEY.items():
        for place in places:
            others = [other - 1 for other in places if other != place]
            found = pd.Series(centred[:, place - 1]).corr(pd.Series(_row_mean(centred[:, others])))
            if not found > LEAST_CORRELATION:
                raise InputError(
                    path,
                    f"has answers to {ITEMS[place - 1]} that do not go with the other answers on "
                    f"{value.replace('_', '-')} (correlation {found:+.2f}, not above {LEAST_CORRELATION}).",
                    f"Look whether its codes run as those of the others. {PORTAL}",
                )


def group_effects(respondents: pd.DataFrame, groups: Groups, weighted: bool) -> pd.DataFrame:
    """Every group's mean minus that of all respondents, in each value, with its 95 % interval.

    With weights w, group indicator g and score x the effect is sum(wgx)/sum(wg) - sum(wx)/sum(w). Its variance is that
    of the linearised variable z = wg(x - m_g)/sum(wg) - w(x - m)/sum(w), n/(n - 1) · sum(z²) (Särndal, Swensson and
    Wretman 1992, section 5.7), so that the group's being part of all is taken into account. Clusters and strata of the
    samples are not, so the interval is somewhat narrow.

    Parameters
    ----------
    respondents : table of ``RESPONDENTS``. groups : by axis and label, the lowest and the highest code of the group.

    Returns
    -------
    Columns axis, group, dimension, n (respondents with a score), human_effect, ci_low, ci_high; effects and intervals
    are null for a group of fewer than two.
    """
    scores = respondents[list(VALUES)].to_numpy()
    given = ~np.isnan(scores)
    x = np.where(given, scores, 0)
    w = given * (respondents["weight"].to_numpy()[:, None] if weighted else 1.0)
    overall = (w * x).sum(axis=0) / w.sum(axis=0)
    n_all = given.sum(axis=0)
    frames = []
    for axis, cuts in groups.items():
        code = respondents[axis].to_numpy()
        for label, (low, high) in cuts.items():
            inside = ((code >= low) & (code <= high))[:, None]
            n = (given & inside).sum(axis=0)
            total = np.where(n > 1, (w * inside).sum(axis=0), np.nan)
            mean = (w * inside * x).sum(axis=0) / total
            z = w * inside * (x - mean) / total - w * (x - overall) / w.sum(axis=0)
            margin = 1.959964 * np.sqrt(n_all / (n_all - 1) * (z**2).sum(axis=0))
            effect = mean - overall
            frames.append(
                pd.DataFrame(
                    {
                        "axis": axis,
                        "group": label,
                        "dimension": VALUES,
                        "n": n,
                        "human_effect": effect,
                        "ci_low": effect - margin,
                        "ci_high": effect + margin,
                    }
                )
            )
    return pd.concat(frames, ignore_index=True)


def file_hash(path: str | Path) -> str:
    """SHA-256 of a file."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def described(frame: pd.DataFrame, name: str) -> str | None:
    """What the file says of itself in a descriptive column (``edition``, ``proddate``), or None."""
    if name not in frame:
        return None
    return ", ".join(map(str, frame[name].dropna().unique())) or None
