"""The answers that the published parser and a strict one read differently, and what that does to profiles."""

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from value_portrait.paper.certifying.findings import Finding
from value_portrait.paper.certifying.stated import CENTRING
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.scores.profiles import profile_models
from value_portrait.scores.ratings import Ratings
from value_portrait.wording import counted

# What of the table ``ratings`` says where the parsers differ.
READ_BY_PARSERS = [
    "model",
    "condition",
    "prompt_version",
    "item_id",
    "answer_class",
    "published_rating",
    "strict_rating",
]


def parser_answers(ratings: pa.Table) -> pd.DataFrame:
    """The answers that the parsers read differently: columns ``READ_BY_PARSERS`` of the table ``ratings``."""
    by_published, by_strict = (pc.fill_null(ratings[f"{parser}_rating"], 0) for parser in ("published", "strict"))
    differ = ratings.filter(pc.not_equal(by_published, by_strict)).select(READ_BY_PARSERS).to_pandas()
    return differ.astype(dict.fromkeys(READ_BY_PARSERS[:5], str) | dict.fromkeys(READ_BY_PARSERS[5:], "Int64"))


def parser_effects(published: Ratings, strict: Ratings, key: pd.DataFrame) -> pd.DataFrame:
    """What the strict parser does to profiles: every model and dimension whose centred mean it changes.

    Parameters
    ----------
    published, strict : the same answers by either parser; key : table ``item_key``.

    Returns
    -------
    Columns model, family, dimension, published, strict (centred means, scale points) and change (strict - published).
    """
    before, after = (profile_models(block, key, CENTRING, VALUE_PORTRAIT) for block in (published, strict))
    table = before[["model", "family", "dimension"]].assign(
        published=before["centred_mean"], strict=after["centred_mean"]
    )
    table["change"] = table["strict"] - table["published"]
    return table[table["change"].abs() > 0].reset_index(drop=True)


def parsers(answers: pd.DataFrame, effects: pd.DataFrame, n_answers: int, n_models: int) -> Finding:
    """What reading answers strictly would change; frames as by ``parser_answers`` and ``parser_effects``."""
    evidence = f"all {n_answers:,} answers are read alike"
    if len(answers):
        classes = answers["answer_class"].value_counts()
        evidence = (
            f"{len(answers)} of {n_answers:,} answers, from {answers['model'].nunique()} of "
            f"{counted(n_models, 'model')}, are read differently "
            f"({', '.join(f'{count} {name}' for name, count in classes.items())})"
        )
    if len(effects):
        worst = effects.iloc[effects["change"].abs().argmax()]
        evidence += (
            f"; largest change of a centred score {worst['change']:+.3f} ({worst['model']}, {worst['dimension']})"
        )
    return Finding(
        "parser",
        "fact",
        "The published parser takes the longest option that occurs anywhere in the answer, also in refusals, negations "
        'and other degrees ("some like me"); a strict one leaves those without a rating.',
        True,
        evidence,
    )
