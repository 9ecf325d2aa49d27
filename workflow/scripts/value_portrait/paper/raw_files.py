"""The authors' raw files, read once and strictly, as tidy tables.

Paths are those inside the archive; the simulated study is written to the same places.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from value_portrait.errors import InputError, shown
from value_portrait.instrument import Instrument
from value_portrait.reading import RESTORE, Found, open_json

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

_MOST_RESPONSES = 1000


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
    """Questionnaire scores, one row per participant and dimension (table ``participants``), as stored.

    Raises
    ------
    InputError : a participant's name is none, or a score is missing, no number or off its range.
    """
    low, high = instrument.score_range
    rows: list[tuple[str, str, str, float]] = []
    for participant, profile in open_json(path).members("participant"):
        Found(participant, profile.where).name()
        for family in families:
            scores = profile.get(family)
            for dimension in instrument.family(family).names:
                score = scores and scores.get(dimension)
                if score is None:
                    raise profile.refuse(f"has no score for {dimension}.")
                rows.append((participant, family, dimension, score.number(low, high)))
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
    for group, queries in enumerate(open_json(path).elements("group"), 1):
        for query, options in queries.members("query"):
            for option in options.elements("response"):
                item = item_id(query, option["option_id"].whole(1, _MOST_RESPONSES))
                ratings = Found(option["data"].value, f"{path}, group {group}, item {item}")
                if item in group_of:
                    raise ratings.refuse(f"stands in group {group_of[item]} too.")
                group_of[item] = group
                raters: set[str] = set()
                for rating, participant in _ratings(ratings, instrument):
                    who = f"{ratings.where}, participant {participant}"
                    if participant in raters:
                        raise InputError(who, "rates the item twice.", "Keep one of the two ratings.")
                    if participant not in participants:
                        raise InputError(who, "rates without a profile.", f"Add it to {PARTICIPANTS}.")
                    raters.add(participant)
                    columns["rating"].append(rating)
                    columns["participant_id"].append(participant)
                if not raters:
                    raise ratings.refuse("has no ratings.")
                columns["group"] += [group] * len(raters)
                columns["item_id"] += [item] * len(raters)
    if unrated := [item for item in items if item not in group_of]:
        raise InputError(path, f"{len(unrated)} item(s) have no ratings, the first is {unrated[0]}.", RESTORE)
    if unknown := sorted(set(group_of) - set(items)):
        raise InputError(path, f"rates {unknown[0]}, which is no item.", f"Add the item to {ITEMS}.")
    return pa.table(columns)


def read_pilot_survey(path: str | Path, pilot: int, instrument: Instrument) -> pa.Table:
    """All ratings of a pilot (table ``pilot_survey``); questions are nested by source and value, at varying depth.

    Raises
    ------
    InputError : as ``read_survey``; or somebody rated a question twice, or there is no rating.
    """
    columns: dict[str, list[Any]] = {"question_id": [], "source": [], "participant_id": [], "rating": []}
    seen: set[tuple[str, str]] = set()
    for source, question in _pilot_questions(open_json(path)["questions"]):
        name = question["question_id"].name()
        for rating, participant in _ratings(Found(question["responses"].value, f"{path}, question {name}"), instrument):
            if (name, participant) in seen:
                who = f"{path}, question {name}, participant {participant}"
                raise InputError(who, "rates the question twice.", "Keep one of the two ratings.")
            seen.add((name, participant))
            for column, value in zip(columns, (name, source, participant, rating), strict=True):
                columns[column].append(value)
    if not seen:
        raise InputError(path, "has no ratings.", RESTORE)
    return pa.table({"pilot": [pilot] * len(columns["rating"]), **columns})


def read_items(path: str | Path) -> pa.Table:
    """The items (table ``items``) in the archive's order: every response to every query.

    A query with a title is shown by the template ``reddit`` (a scenario), one without by ``sharegpt`` (a message).

    Raises
    ------
    InputError : a query stands there twice, or a text is missing, empty or none; or queries have different numbers of
        responses, or these are not numbered from 1.
    """
    rows = []
    responses_of: dict[str, int] = {}
    for query in open_json(path).elements("query"):
        query_id = query["portrait_id"].name()
        query = Found(query.value, f"{path}, query {query_id}")
        if query_id in responses_of:
            raise InputError(query.where, "stands there twice.", "Keep one of them.")
        content, outputs = query["content"], list(query["outputs"].elements("response"))
        responses_of[query_id] = len(outputs)
        title = content.get("title")
        for number, output in enumerate(outputs, 1):
            if output["id"].value != number:
                raise query.refuse(f"lacks response {number}.")
            rows.append(
                {
                    "item_id": item_id(query_id, number),
                    "query_id": query_id,
                    "response_id": number,
                    "source": SOURCES.get(query_id[0], "other"),
                    "template": "sharegpt" if title is None else "reddit",
                    "title": title and title.text(),
                    "text": content["text"].text(),
                    "response": output["content"].text(),
                }
            )
    usual = max(responses_of.values())
    for query_id, responses in responses_of.items():
        if responses != usual:
            raise InputError(
                f"{path}, query {query_id}", f"has {responses} responses where others have {usual}.", RESTORE
            )
    return pa.Table.from_pylist(rows)


def read_topics(path: str | Path, items: pa.Table) -> pa.Table:
    """The topics of each query (table ``topics``); the archive gives them by the query's text.

    Raises
    ------
    InputError : a text is none of the items' queries, or a topic is no name or stands there twice.
    """
    query_of = dict(zip(items["text"].to_pylist(), items["query_id"].to_pylist(), strict=True))
    rows: dict[tuple[str, str], None] = {}
    for query in open_json(path).elements("query"):
        query_id = query_of.get(query["content"]["text"].text())
        if query_id is None:
            raise query.refuse("is none of the items' queries.")
        for topic in query["categories"].elements("topic"):
            if (pair := (query_id, topic.name())) in rows:
                raise topic.refuse(f"repeats {pair[1]}.")
            rows[pair] = None
    return pa.table(dict(zip(("query_id", "topic"), zip(*rows, strict=True), strict=True)))


def read_published_correlations(archive: str | Path, raters: Mapping[str, int], instrument: Instrument) -> pa.Table:
    """The archive's own correlations, in the columns item_id, family, dimension, n, rho and p.

    Raises
    ------
    InputError : a correlation is of no item or dimension, off its range, stands there twice, or is missing.
    """
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for family, path in PUBLISHED_CORRELATIONS.items():
        names = instrument.family(family).names
        for record in open_json(Path(archive, path)).elements("record"):
            item = item_id(record["portrait_id"].name(), record["option_id"].name())
            dimension = record[f"{family}_dimension"].one_of(names)
            if item not in raters:
                raise InputError(f"{path}, item {item}", "is no item of the survey.", RESTORE)
            if (item, dimension) in rows:
                raise record.refuse(f"repeats {item}, {dimension}.")
            rows[item, dimension] = {
                "item_id": item,
                "family": family,
                "dimension": dimension,
                "n": raters[item],
                "rho": record["spearman_corr"].number(-1, 1),
                "p": record["spearman_p_value"].number(0, 1),
            }
        if missing := [f"{item}, {name}" for item in raters for name in names if (item, name) not in rows]:
            raise InputError(path, f"lacks {len(missing)} correlation(s), the first is {missing[0]}.", RESTORE)
    return pa.Table.from_pylist(list(rows.values()))


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


def _pilot_questions(tree: Found, source: str = "") -> Iterator[tuple[str, Found]]:
    responses = tree.get("responses")
    if responses and isinstance(responses.value, list):
        # Some sources were never asked and hold empty questions without an id.
        if responses.value:
            yield source, tree
        return
    for name, branch in tree.members("branch", filled=False):
        yield from _pilot_questions(branch, source or Found(name, tree.where).name())


def _ratings(ratings: Found, instrument: Instrument) -> Iterator[tuple[int, str]]:
    """The ratings of an item or question: a rating on the scale and the participant's name, each."""
    for pair in ratings.elements("rating", filled=False):
        rating, participant = pair.pair()
        name = participant.name()
        if type(rating.value) is not int or not instrument.lowest <= rating.value <= instrument.highest:
            raise InputError(
                f"{ratings.where}, participant {name}",
                f"the rating {shown(rating.value)} is not a whole number from {instrument.lowest} to "
                f"{instrument.highest}.",
                "Correct it, or remove the rating.",
            )
        yield rating.value, name
