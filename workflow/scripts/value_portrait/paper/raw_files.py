"""The authors' raw files, read once and strictly, as tidy tables.

Paths are those inside the archive; the simulated study is written to the same places.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from value_portrait.errors import InputError
from value_portrait.instrument import Instrument
from value_portrait.reading import read_json

SURVEY = "data/prolific/survey/main/survey.json"
PARTICIPANTS = "data/prolific/value/main/value.json"
PILOT_SURVEYS = {pilot: f"data/prolific/survey/pilot/pilot_{pilot}.json" for pilot in (1, 2)}
PILOT_PARTICIPANTS = {pilot: f"data/prolific/value/pilot/pilot_{pilot}.json" for pilot in (1, 2)}
ITEMS = "data/query-response-tagged/query-response-tagged.json"
TOPICS = "data/query/query_categorized.json"
TEMPLATES = ("reddit", "sharegpt")
FAMILIES = ("pvq", "higher_pvq", "bfi")
PUBLISHED_CORRELATIONS = {family: f"data/correlation_results/{family}_correlation_results.json" for family in FAMILIES}
PUBLISHED_TAGS = "lm_evaluation/data/Phase1_total.json"
PUBLISHED_SCORES = "lm_evaluation/score_results"
PUBLISHED_RESULTS = (PUBLISHED_TAGS, PUBLISHED_SCORES)

# The pilots hold no scores of the higher-order values.
PILOT_FAMILIES = ("pvq", "bfi")

# The first digit of a query's id tells where the authors took it from.
SOURCES = {"1": "Reddit", "2": "Dear Abby", "3": "ShareGPT", "4": "LMSYS"}

_RESTORE = "Restore the file, or correct it there."


def prompt_path(version: str, template: str) -> str:
    """Where the archive keeps the prompt template of a version."""
    return f"lm_evaluation/prompts/{version}/{template}_prompt.txt"


def has_prompts(files: Sequence[str], version: str) -> bool:
    """Whether the archive's files have the prompt templates of a version."""
    return all(prompt_path(version, template) in files for template in TEMPLATES)


def item_id(query: object, response: object) -> str:
    """The id of an item: response 3 to query 1021 is ``1021-3``."""
    return f"{query}-{response}"


def read_participants(path: str | Path, sample: str, families: Sequence[str], instrument: Instrument) -> pa.Table:
    """Questionnaire scores, one row per participant and dimension (table ``participants``), as stored."""
    rows: list[tuple[str, str, str, float]] = []
    for participant, profile in read_json(path).items():
        for family in families:
            scores = profile.get(family)
            for dimension in instrument.family(family).names:
                score = scores.get(dimension) if isinstance(scores, dict) else None
                if not isinstance(score, int | float) or isinstance(score, bool):
                    raise InputError(
                        f"{path}, participant {participant}",
                        f"has no score for {dimension} ({score!r}).",
                        _RESTORE,
                    )
                rows.append((participant, family, dimension, float(score)))
    participants, families_, dimensions, scores_ = zip(*rows, strict=True)
    return pa.table(
        {
            "sample": [sample] * len(rows),
            "participant_id": participants,
            "family": families_,
            "dimension": dimensions,
            "score": scores_,
        }
    )


def read_survey(path: str | Path, items: Sequence[str], participants: set[str], instrument: Instrument) -> pa.Table:
    """All ratings of the main survey (table ``survey``), one row per item and participant.

    Parameters
    ----------
    items : the items that must each have been rated, in exactly one group.
    participants : those with a questionnaire score; a rating by anybody else is an error.

    Raises
    ------
    InputError : a rating is no whole number on the scale, a rater has no profile, an item is missing, unknown or
        in two groups, or somebody rated an item twice.
    """
    columns: dict[str, list[Any]] = {"group": [], "item_id": [], "participant_id": [], "rating": []}
    group_of: dict[str, int] = {}
    for group, queries in enumerate(read_json(path), 1):
        for query, options in queries.items():
            for option in options:
                item = item_id(query, option.get("option_id"))
                where = f"{path}, group {group}, item {item}"
                if item in group_of:
                    raise InputError(where, f"stands in group {group_of[item]} too.", _RESTORE)
                group_of[item] = group
                raters: set[str] = set()
                for rating, participant in option.get("data", ()):
                    who = f"{where}, participant {participant}"
                    _check_rating(rating, who, instrument)
                    if participant in raters:
                        raise InputError(who, "rates the item twice.", "Keep one of the two ratings.")
                    if participant not in participants:
                        raise InputError(who, "rates without a profile.", f"Add it to {PARTICIPANTS}.")
                    raters.add(participant)
                    columns["rating"].append(rating)
                    columns["participant_id"].append(participant)
                if not raters:
                    raise InputError(where, "has no ratings.", _RESTORE)
                columns["group"] += [group] * len(raters)
                columns["item_id"] += [item] * len(raters)
    if unrated := [item for item in items if item not in group_of]:
        raise InputError(path, f"{len(unrated)} item(s) have no ratings, the first is {unrated[0]}.", _RESTORE)
    if unknown := sorted(set(group_of) - set(items)):
        raise InputError(path, f"rates {unknown[0]}, which is no item.", f"Add the item to {ITEMS}.")
    return pa.table(columns)


def read_pilot_survey(path: str | Path, pilot: int, instrument: Instrument) -> pa.Table:
    """All ratings of a pilot (table ``pilot_survey``); questions are nested by source and value, at varying depth."""
    columns: dict[str, list[Any]] = {"question_id": [], "source": [], "participant_id": [], "rating": []}
    for source, question in _pilot_questions(read_json(path)["questions"]):
        name = str(question["question_id"])
        for rating, participant in question["responses"]:
            _check_rating(rating, f"{path}, question {name}, participant {participant}", instrument)
            columns["question_id"].append(name)
            columns["source"].append(source)
            columns["participant_id"].append(participant)
            columns["rating"].append(rating)
    return pa.table({"pilot": [pilot] * len(columns["rating"]), **columns})


def read_items(path: str | Path) -> pa.Table:
    """The items (table ``items``) in the archive's order: every response to every query.

    A query with a title is shown by the template ``reddit`` (a scenario), one without by ``sharegpt`` (a message).
    """
    rows = []
    responses_of: dict[str, int] = {}
    for query in read_json(path):
        query_id = str(query["portrait_id"])
        if query_id in responses_of:
            raise InputError(f"{path}, query {query_id}", "stands there twice.", "Keep one of them.")
        responses_of[query_id] = len(query["outputs"])
        title = query["content"].get("title")
        for number, output in enumerate(query["outputs"], 1):
            if output.get("id") != number or not output.get("content"):
                raise InputError(f"{path}, query {query_id}", f"lacks response {number}.", _RESTORE)
            rows.append(
                {
                    "item_id": item_id(query_id, number),
                    "query_id": query_id,
                    "response_id": number,
                    "source": SOURCES.get(query_id[0], "other"),
                    "template": "sharegpt" if title is None else "reddit",
                    "title": title,
                    "text": query["content"]["text"],
                    "response": output["content"],
                }
            )
    usual = max(responses_of.values())
    for query_id, responses in responses_of.items():
        if responses != usual:
            raise InputError(
                f"{path}, query {query_id}", f"has {responses} responses where others have {usual}.", _RESTORE
            )
    return pa.Table.from_pylist(rows)


def read_topics(path: str | Path, items: pa.Table) -> pa.Table:
    """The topics of each query (table ``topics``); the archive gives them by the query's text."""
    query_of = dict(zip(items["text"].to_pylist(), items["query_id"].to_pylist(), strict=True))
    rows = []
    for number, query in enumerate(read_json(path), 1):
        query_id = query_of.get(query["content"]["text"])
        if query_id is None:
            raise InputError(f"{path}, query {number}", "is none of the items' queries.", _RESTORE)
        rows += [{"query_id": query_id, "topic": topic} for topic in query["categories"]]
    return pa.Table.from_pylist(rows)


def read_published_correlations(archive: str | Path, raters: Mapping[str, int]) -> pa.Table:
    """The archive's own correlations, in the columns item_id, family, dimension, n, rho and p."""
    columns: dict[str, list[Any]] = {name: [] for name in ("item_id", "family", "dimension", "n", "rho", "p")}
    for family, path in PUBLISHED_CORRELATIONS.items():
        for record in read_json(Path(archive, path)):
            item = item_id(record["portrait_id"], record["option_id"])
            if item not in raters:
                raise InputError(f"{path}, item {item}", "is no item of the survey.", _RESTORE)
            columns["item_id"].append(item)
            columns["family"].append(family)
            columns["dimension"].append(record[f"{family}_dimension"])
            columns["n"].append(raters[item])
            columns["rho"].append(record["spearman_corr"])
            columns["p"].append(record["spearman_p_value"])
    return pa.table(columns)


@dataclass(frozen=True)
class Surveys:
    """All ratings and questionnaire scores: the main study's, and each pilot's by its number."""

    ratings: pa.Table
    participants: pa.Table
    pilot_ratings: Mapping[int, pa.Table]
    pilot_participants: Mapping[int, pa.Table]


def read_surveys(archive: str | Path, items: Sequence[str], instrument: Instrument) -> Surveys:
    """Main survey and pilots below the folder ``archive``; ``items`` as for ``read_survey``."""
    participants = read_participants(Path(archive, PARTICIPANTS), "main", FAMILIES, instrument)
    return Surveys(
        read_survey(Path(archive, SURVEY), items, set(participants["participant_id"].to_pylist()), instrument),
        participants,
        {pilot: read_pilot_survey(Path(archive, path), pilot, instrument) for pilot, path in PILOT_SURVEYS.items()},
        {
            pilot: read_participants(Path(archive, path), f"pilot_{pilot}", PILOT_FAMILIES, instrument)
            for pilot, path in PILOT_PARTICIPANTS.items()
        },
    )


def _pilot_questions(tree: Mapping[str, Any], source: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    responses = tree.get("responses")
    if isinstance(responses, list):
        # Some sources were never asked and hold empty questions without an id.
        if responses:
            yield source, tree
        return
    for name, branch in tree.items():
        yield from _pilot_questions(branch, source or name)


def _check_rating(rating: object, where: str, instrument: Instrument) -> None:
    if type(rating) is not int or not instrument.lowest <= rating <= instrument.highest:
        raise InputError(
            where,
            f"the rating {rating!r} is not a whole number from {instrument.lowest} to {instrument.highest}.",
            "Correct it, or remove the rating.",
        )
