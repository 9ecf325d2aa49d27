"""The quality of a study's ratings and questionnaire scores: what a reviewer would ask of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa


def assess_data_quality(
    survey: pa.Table, participants: pa.Table, pilots: Mapping[str, tuple[pa.Table, pa.Table]] | None = None
) -> pa.Table:
    """What a reviewer would ask of the raw surveys (table ``data_quality``).

    Parameters
    ----------
    survey, participants : tables of these names.
    pilots : for each pilot's sample its ratings and its table ``participants``.
    """
    main = survey.group_by(["participant_id", "group"]).aggregate(
        [("rating", "min"), ("rating", "max"), ("rating", "count")]
    )
    sittings = list(zip(main["participant_id"].to_pylist(), main["group"].to_pylist(), strict=True))
    items_of_group = dict(
        zip(
            *survey.group_by("group").aggregate([("item_id", "count_distinct")]).to_pydict().values(),
            strict=True,
        )
    )
    groups_of: dict[str, list[int]] = {}
    for participant, group in sittings:
        groups_of.setdefault(participant, []).append(group)
    repeated = {name: groups for name, groups in groups_of.items() if len(groups) > 1}
    cells = sum(items_of_group[group] for _, group in sittings)
    rows = [
        _finding(
            "main",
            "participants in more than one group",
            [f"{name} (groups {' and '.join(map(str, sorted(groups)))})" for name, groups in repeated.items()],
            len(groups_of),
            "items.repeated_participants",
        ),
        _finding(
            "main",
            "cells without a rating",
            [],
            cells,
            "left out of their item",
            count=cells - survey.num_rows,
        ),
        *_common_findings("main", main, participants, survey.num_rows),
    ]
    for pilot, (answers, profiles) in (pilots or {}).items():
        people = answers.group_by(["participant_id"]).aggregate(
            [("rating", "min"), ("rating", "max"), ("rating", "count")]
        )
        rows += _common_findings(pilot, people, profiles, answers.num_rows)
    return pa.Table.from_pylist(rows)


def _common_findings(
    sample: str, ratings_of: pa.Table, participants: pa.Table, ratings: int
) -> Iterator[dict[str, Any]]:
    raters = set(ratings_of["participant_id"].to_pylist())
    profiled = set(participants["participant_id"].to_pylist())
    constant = [row["participant_id"] for row in ratings_of.to_pylist() if row["rating_min"] == row["rating_max"]]
    yield _finding(sample, "raters with the same rating everywhere", constant, len(raters), "kept")
    yield _finding(
        sample, "profiles without ratings", sorted(profiled - raters), len(profiled), "not in any correlation"
    )
    yield _finding(sample, "raters without a profile", sorted(raters - profiled), len(raters), "refused at the door")
    # Reading has refused what is off the scale, so this row states that there was none.
    yield _finding(sample, "ratings off the scale", [], ratings, "refused at the door")


def _finding(
    sample: str, check: str, found: Sequence[str], of: int, handling: str, count: int | None = None
) -> dict[str, Any]:
    return {
        "sample": sample,
        "check": check,
        "count": len(found) if count is None else count,
        "of": of,
        "handling": handling,
        "found": "; ".join(found[:10]),
    }
