"""The parts of the page, and the tables that they are made of."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from value_portrait.config_tables import Claim
from value_portrait.instrument import Instrument
from value_portrait.publication.page.packing import Packed
from value_portrait.publication.page.part_answers import answer_parts
from value_portrait.publication.page.part_certainty import CERTAINTY_TABLES, certainty_part
from value_portrait.publication.page.part_certificate import certificate_part, numbers_part
from value_portrait.publication.page.part_curve import CURVE_TABLES, curve_part
from value_portrait.publication.page.part_findings import FINDINGS_TABLES, findings_part
from value_portrait.publication.page.part_items import ITEMS_TABLES, items_part
from value_portrait.publication.page.part_method import method_part
from value_portrait.publication.page.part_model import MODEL_TABLES, model_part
from value_portrait.publication.page.part_pairs import PAIRS_TABLES, pairs_part
from value_portrait.publication.page.part_people import PEOPLE_TABLES, people_part
from value_portrait.publication.page.part_study import STUDY_TABLES, study_part
from value_portrait.tables import Schema

# The tables that the page is made of, where a study has them: by the name of a schema, with one, or without.
PAGE_TABLES: dict[str, str | Schema | None] = {
    **STUDY_TABLES,
    **FINDINGS_TABLES,
    **MODEL_TABLES,
    **PAIRS_TABLES,
    **ITEMS_TABLES,
    **PEOPLE_TABLES,
    **CERTAINTY_TABLES,
    **CURVE_TABLES,
}
# What each part is made of: the tables above, and those that are read piece by piece.
MADE_OF: dict[str, Iterable[str]] = {
    "study": STUDY_TABLES,
    "findings": (*FINDINGS_TABLES, "sensitivity", "models_and_people", "agreement", "certificate"),
    "model": (*MODEL_TABLES, "uncertainty", "pairs", "asked"),
    "pairs": PAIRS_TABLES,
    "items": ITEMS_TABLES,
    **dict.fromkeys(("answers", "words"), ("answer_counts", "ratings", "answers")),
    "people": PEOPLE_TABLES,
    "certainty": CERTAINTY_TABLES,
    "curve": (*CURVE_TABLES, "claims", "groups", "ranks", "alternatives"),
    "certificate": ("certificate", "certificate_findings"),
    "numbers": ("certificate",),
}


def page_parts(
    tables: Mapping[str, pd.DataFrame],
    inputs: Mapping[str, Any],
    about: Mapping[str, Any],
    claims: Sequence[Claim],
    asked: Sequence[Mapping[str, Any]],
    instrument: Instrument,
) -> dict[str, dict[str, Packed]]:
    """The tables of every part, by the parts' names.

    Parameters
    ----------
    tables : those of ``PAGE_TABLES`` that the study has; of a study with a certificate also its own.
    inputs : paths of the tables that are read piece by piece: ``ratings``, and ``answers`` of all models.
    about : ``study``, ``models`` and ``method``: what the rule says of them.
    claims : the rows of the table of claims. asked : the summaries of live answers.
    """
    texts = about["study"]["texts"]
    parts = {
        "study": study_part(about["models"], tables),
        "findings": findings_part(tables, claims, tables.get("certificate_counts"), instrument),
        "model": model_part(tables, asked, instrument),
        "pairs": pairs_part(tables, instrument),
        "items": items_part(tables, texts, instrument),
        **answer_parts(tables["answer_counts"], inputs["ratings"], inputs["answers"], texts, instrument),
        "people": people_part(tables, instrument),
        "certainty": certainty_part(tables, instrument),
        "curve": curve_part(tables, claims, instrument),
        "certificate": certificate_part(tables),
        "numbers": numbers_part(tables),
    }
    parts["method"] = method_part(about["method"], parts, MADE_OF, about["study"]["mark"])
    return parts
