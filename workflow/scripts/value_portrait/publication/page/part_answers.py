"""Models' ratings of every item, and the words of answers that are not plain.

Where there are more than a page can carry, the baseline's ratings come first, then one condition after the other; of
words, the rarest kinds of answers first, and of each kind the first of every model.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from value_portrait.files import slug
from value_portrait.instrument import Instrument
from value_portrait.publication.page.packing import Packed
from value_portrait.responses.conditions import BASELINE
from value_portrait.scores.reading import numbered
from value_portrait.tables import read_parts, read_table

MOST_RATINGS = 1_200_000
MOST_WORDS = 10_000  # answers whose words the page carries ...
MOST_CHARACTERS = 1_500_000  # ... all of them together ...
LONGEST = 2_000  # ... and each
SUBJECT = ["model", "condition"]
READINGS = ["published_rating", "strict_rating"]


def answer_parts(
    counts: pd.DataFrame, ratings: str, answers: Iterable[str], texts: str, instrument: Instrument
) -> dict[str, dict[str, Packed]]:
    """The parts ``answers`` and ``words``.

    ``answers`` has ``ratings``, and ``subjects``: how many answers a model gave under a condition, and whether their
    ratings are there. ``words`` has ``words``, with ``length`` where only the start is there, ``is_error`` where they
    are an error's; and ``kinds``: how many answers of a class there are, and of how many the words are there.

    Parameters
    ----------
    counts : answer_counts.
    ratings, answers : paths of the table of ratings, and of the tables of answers of all models and conditions.
    texts : ``all``, or ``none`` for answers without their words.
    """
    subjects = choose_subjects(counts)
    rated = read_ratings(ratings, subjects, instrument)
    chosen = choose_words(rated)
    words = read_words(chosen, answers, texts, instrument)
    counted = counts[counts["answer_class"] != "plain"].groupby("answer_class", observed=True)["answers"].sum()
    shown = words["answer_class"].value_counts().reindex(counted.index, fill_value=0)
    return {
        "answers": {"ratings": Packed(rated.drop(columns=READINGS)), "subjects": Packed(subjects)},
        "words": {
            "words": Packed(words.drop(columns="answer_class")),
            "kinds": Packed(pd.DataFrame({"answers": counted, "shown": shown}).reset_index()),
        },
    }


def choose_subjects(counts: pd.DataFrame) -> pd.DataFrame:
    """Every model and condition with its number of answers, those ``shown`` for whose ratings there is room."""
    subjects = (
        counts.astype(dict.fromkeys(SUBJECT, "object")).groupby(SUBJECT, sort=False)["answers"].sum().reset_index()
    )
    order = pd.factorize(subjects["condition"])[0]
    order[subjects["condition"] == BASELINE] = -1
    subjects = subjects.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)
    return subjects.assign(shown=subjects["answers"].cumsum() <= MOST_RATINGS)


def read_ratings(path: str, subjects: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """The ratings of the subjects that are ``shown``, in the order of ``subjects``."""
    shown = subjects.loc[subjects["shown"], SUBJECT]
    order = {subject: place for place, subject in enumerate(shown.itertuples(index=False, name=None))}
    columns = [*SUBJECT, "item_id", "prompt_version", "repeat", "rating", *READINGS, "answer_class"]
    parts = []
    for part in read_parts(path, "ratings", instrument, columns):
        frame = part.to_pandas()
        models, conditions = frame["model"].cat, frame["condition"].cat
        places = np.array(
            [[order.get((model, condition), -1) for condition in conditions.categories] for model in models.categories]
        )
        frame["place"] = places[models.codes, conditions.codes]
        parts.append(frame[frame["place"] >= 0].astype(dict.fromkeys([*SUBJECT, "item_id"], "object")))
    return pd.concat(parts).sort_values("place", kind="stable", ignore_index=True).drop(columns="place")


def choose_words(ratings: pd.DataFrame) -> pd.DataFrame:
    """The ratings of answers that are not plain, the rarest kinds first, and the first of every model before others."""
    rows = ratings[(ratings["answer_class"] != "plain").to_numpy()].copy()
    of_class = rows["answer_class"].astype("object")
    frequency = of_class.map(of_class.value_counts())
    turn = rows.groupby([rows["model"], of_class]).cumcount()
    return rows.iloc[np.lexsort((turn, of_class, frequency))[:MOST_WORDS]]


def read_words(chosen: pd.DataFrame, answers: Iterable[str], texts: str, instrument: Instrument) -> pd.DataFrame:
    """The words of the chosen answers, as far as there is room; in the order of the ratings."""
    paths = {(Path(path).parent.name, Path(path).stem): path for path in answers}
    key = [name for name in ("prompt_version", "item_id", "repeat") if name in chosen]
    parts = [chosen.assign(outcome=None, raw_response=None, error=None).iloc[:0].astype("object")]
    for subject, own in chosen.groupby(SUBJECT, sort=False):
        columns = ["prompt_version", "item_id", "repeat", "outcome", "raw_response", "error"]
        table = read_table(paths[slug(str(subject[0])), str(subject[1])], "answers", instrument, columns)
        said = (numbered(table) if "repeat" in key else table).to_pandas().astype("object")
        parts.append(own.merge(said, on=key, how="left", validate="one_to_one").set_axis(own.index))
    words = pd.concat(parts).loc[chosen.index]
    words["is_error"] = words["raw_response"].isna() & words["error"].notna()
    words["words"] = words["raw_response"].fillna(words["error"]) if texts == "all" else None
    lengths = words["words"].str.len()
    words["length"] = lengths.where(lengths > LONGEST)
    words["words"] = words["words"].str[:LONGEST]
    room = lengths.clip(upper=LONGEST).fillna(0).cumsum() <= MOST_CHARACTERS
    return words[room].sort_index().drop(columns=["rating", "raw_response", "error"])
