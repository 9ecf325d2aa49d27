"""Models' ratings of every item, and the words of answers that are not plain, or plain but no answer that counts.

Where there are more than a page can carry, the baseline's ratings come first, then one condition after the other; of
words, the rarest kinds of answers first, and of each kind the first of every model.
"""

from collections.abc import Iterable, Mapping
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
# Of tables of answers, by the folder of the model and the condition.
Paths = Mapping[tuple[str, str], str]


def answer_parts(
    counts: pd.DataFrame, ratings: str, answers: Iterable[str], texts: str, instrument: Instrument
) -> dict[str, dict[str, Packed]]:
    """The parts ``answers`` and ``words``.

    ``answers`` has ``ratings``, and ``subjects``: how many answers a model gave under a condition, and whether their
    ratings are there. The class of a plain answer whose outcome is another than answered is that outcome. ``words`` has
    ``words``, with ``length`` where only the start is there, ``is_error`` where they are an error's; and ``kinds``: how
    many answers of a class there are, and of how many the words are there.

    Parameters
    ----------
    counts : answer_counts.
    ratings, answers : paths of the table of ratings, and of the tables of answers of all models and conditions.
    texts : ``all``, or ``none`` for answers without their words.
    """
    paths = {(Path(path).parent.name, Path(path).stem): path for path in answers}
    subjects = choose_subjects(counts)
    taken = (counts["answer_class"] != "plain") | (counts["outcome"] == "answered")
    rated = read_ratings(ratings, subjects, instrument)
    rated = name_outcomes(rated, counts.loc[~taken, SUBJECT], paths, instrument)
    words = read_words(choose_words(rated), paths, texts, instrument)
    odd = counts.assign(answer_class=counts["answer_class"].astype("object").where(taken, counts["outcome"]))
    counted = odd[odd["answer_class"] != "plain"].groupby("answer_class")["answers"].sum()
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


def name_outcomes(ratings: pd.DataFrame, subjects: pd.DataFrame, paths: Paths, instrument: Instrument) -> pd.DataFrame:
    """The ratings, with the outcome for the class of the subjects' plain answers that have another than answered."""
    if subjects.empty:
        return ratings
    ratings = ratings.astype({"answer_class": "object"})
    wanted = set(subjects.itertuples(index=False, name=None))
    for subject, own in ratings.groupby(SUBJECT, sort=False):
        if subject in wanted:
            outcome = _beside(own, paths, ["outcome"], instrument)["outcome"]
            plain = (own["answer_class"] == "plain") & (outcome != "answered")
            ratings.loc[own.index[plain], "answer_class"] = outcome[plain]
    return ratings


def choose_words(ratings: pd.DataFrame) -> pd.DataFrame:
    """The ratings of answers that are not plain, the rarest kinds first, and the first of every model before others."""
    rows = ratings[(ratings["answer_class"] != "plain").to_numpy()].copy()
    of_class = rows["answer_class"].astype("object")
    frequency = of_class.map(of_class.value_counts())
    turn = rows.groupby([rows["model"], of_class]).cumcount()
    return rows.iloc[np.lexsort((turn, of_class, frequency))[:MOST_WORDS]]


def read_words(chosen: pd.DataFrame, paths: Paths, texts: str, instrument: Instrument) -> pd.DataFrame:
    """The words of the chosen answers, as far as there is room; in the order of the ratings."""
    parts = [chosen.assign(outcome=None, raw_response=None, error=None).iloc[:0].astype("object")]
    for _, own in chosen.groupby(SUBJECT, sort=False):
        parts.append(_beside(own, paths, ["outcome", "raw_response", "error"], instrument))
    words = pd.concat(parts).loc[chosen.index]
    words["is_error"] = words["raw_response"].isna() & words["error"].notna()
    words["words"] = words["raw_response"].fillna(words["error"]) if texts == "all" else None
    lengths = words["words"].str.len()
    words["length"] = lengths.where(lengths > LONGEST)
    words["words"] = words["words"].str[:LONGEST]
    room = lengths.clip(upper=LONGEST).fillna(0).cumsum() <= MOST_CHARACTERS
    return words[room].sort_index().drop(columns=["rating", "raw_response", "error"])


def _beside(own: pd.DataFrame, paths: Paths, columns: list[str], instrument: Instrument) -> pd.DataFrame:
    """Ratings of one model under one condition, with these columns of its table of answers."""
    key = [name for name in ("prompt_version", "item_id", "repeat") if name in own]
    model, condition = own[SUBJECT].iloc[0]
    wanted = ["prompt_version", "item_id", "repeat", *columns]
    table = read_table(paths[slug(model), condition], "answers", instrument, wanted)
    said = (numbered(table) if "repeat" in key else table).to_pandas().astype("object")
    return own.merge(said, on=key, how="left", validate="one_to_one").set_axis(own.index)
