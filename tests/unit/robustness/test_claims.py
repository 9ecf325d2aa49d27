"""The table of claims: what it may hold, and what is said of the rest."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instruments import ROOT, SMALL, VALUE_PORTRAIT
from value_portrait.config_tables import Claim
from value_portrait.errors import InputError
from value_portrait.robustness import judging
from value_portrait.robustness.claims import (
    ARGUMENTS,
    conditions_of,
    families_by_chance,
    families_of,
    held_apart,
    measure,
    parse_group,
    read_claims,
)

HEADER = "claim\ttext\twhere\tkind\targuments\n"
SHIPPED = (ROOT / "config/claims.tsv").read_text()


def read(tmp_path, text, instrument=SMALL):
    path = tmp_path / "claims.tsv"
    path.write_text(text)
    return read_claims(path, instrument)


def row(kind, arguments, name="one"):
    return f"{name}\tWords\tthere\t{kind}\t{arguments}\n"


def test_the_shipped_claims_are_of_the_shipped_instrument():
    claims = read_claims(ROOT / "config/claims.tsv", VALUE_PORTRAIT)
    assert {claim.kind for claim in claims} == set(ARGUMENTS)


def test_every_kind_is_known_everywhere():
    assert set(ARGUMENTS) == set(judging._KINDS) == set(get_args(Claim.model_fields["kind"].annotation))


def test_a_header_alone_claims_nothing(tmp_path):
    assert read(tmp_path, HEADER) == []


@pytest.mark.parametrize(
    ("lines", "parts"),
    [
        (row("highest", "Umami"), ("row 2", "'Umami' is no dimension of the instrument Small", "Sweet")),
        (row("highest", "Sweet; Haste"), ("row 2", "'Haste' is not of the family of 'Sweet'")),
        (row("lowest", "Sweet; Sweet"), ("row 2", "names a dimension twice")),
        (row("highest", "Sweet; Salty; Sour_Bitter"), ("row 2", "all dimensions of the family Tastes")),
        (row("highest", "Haste"), ("row 2", "all dimensions of the family Pace")),
        (row("above", "Sweet"), ("row 2", "above takes 2 arguments, not 1")),
        (row("above", "Sweet; Haste"), ("row 2", "not of the family")),
        (row("above", ""), ("row 2", "arguments: an empty value")),
        ("one\tWords\tthere\n", ("row 2", "kind: an empty value")),
        (row("tallest", "Sweet"), ("row 2", "kind: 'tallest'", "highest")),
        (row("rises_with_size", "width"), ("row 2", "'width' is no dimension", "spread or one of Sweet")),
        (row("group_above", "reasoning=yes; reasoning=perhaps; Sweet"), ("row 2", "'reasoning=perhaps' is no group")),
        (row("group_above", "colour=red; colour=blue; Sweet"), ("row 2", "'colour=red' is no group", "weights=open")),
        (row("group_above", "weights=open; reasoning=yes; Sweet"), ("row 2", "no two groups apart of one column")),
        (row("group_above", "size_b>=30; size_b<70; Sweet"), ("row 2", "no two groups apart")),
        (row("group_above", "size_b>=30; size_b>=70; Sweet"), ("row 2", "no two groups apart")),
        (row("group_above", "family=A; family=A; Sweet"), ("row 2", "no two groups apart")),
        (row("condition_above", "old; old; Sweet"), ("row 2", "compares 'old' with itself")),
        (row("highest", "Sweet") * 2, ("row 3", "'one' stands in an earlier row too")),
        (row("highest", "Sweet", "One!"), ("row 2", "claim: 'One!'")),
    ],
)
def test_a_faulty_row_ends_in_one_line(tmp_path, lines, parts):
    with pytest.raises(InputError) as error:
        read(tmp_path, HEADER + lines)
    message = str(error.value)
    assert "\n" not in message
    assert all(part in message for part in ("claims.tsv", *parts)), message


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_what_is_nearly_right_is_read_or_refused_in_one_line(tmp_path_factory, data):
    lines = SHIPPED.splitlines()
    number = data.draw(st.integers(1, len(lines) - 1))
    cells = lines[number].split("\t")
    cell = data.draw(st.integers(0, len(cells) - 1))
    at = data.draw(st.integers(0, len(cells[cell])))
    cells[cell] = (
        cells[cell][:at]
        + data.draw(st.sampled_from(["", ";", "=", "é", "\t", " ", "x", "<", "9"]))
        + (cells[cell][at + data.draw(st.integers(0, 2)) :])
    )
    lines[number] = "\t".join(cells)
    path = tmp_path_factory.mktemp("claims") / "claims.tsv"
    path.write_text("\n".join(lines) + "\n")
    message = ""
    try:
        read = read_claims(path, VALUE_PORTRAIT)
    except InputError as error:
        read, message = [], str(error)
    assert len(read) == len(lines) - 1 or message.startswith(f"{path}, row ")
    assert "\n" not in message


def test_groups_of_models():
    model = {"weights": "open", "reasoning": "no", "family": "A = B", "developer": "D", "size_b": 30.0}
    unsized = model | {"size_b": None}
    holds = {
        text: (parse_group(text).holds(model), parse_group(text).holds(unsized))
        for text in ("weights=open", "reasoning=yes", "family=A = B", "developer=E", "size_b>=30", "size_b<30")
    }
    assert holds == {
        "weights=open": (True, True),
        "reasoning=yes": (False, False),
        "family=A = B": (True, True),
        "developer=E": (False, False),
        "size_b>=30": (True, False),
        "size_b<30": (False, False),
    }


def test_what_claims_need(tmp_path):
    taste, pace = SMALL.families
    lines = {
        "taste": row("highest", "Sweet", "a"),
        "pace": row("condition_above", "age_old@user; age_young; Haste", "b"),
        "spread": row("rises_with_size", "spread", "c"),
    }
    claims = {name: read(tmp_path, HEADER + line) for name, line in lines.items()}
    assert families_of(claims["taste"], SMALL) == [taste]
    assert families_of(claims["pace"], SMALL) == [pace]
    assert families_of(claims["spread"], SMALL) == [taste]
    assert families_of(claims["pace"] + claims["taste"], SMALL) == [taste, pace]
    assert families_by_chance(claims["pace"] + claims["taste"], SMALL) == ["taste"]
    assert conditions_of(claims["pace"] + claims["taste"]) == {"age_old@user", "age_young"}
    # Of another instrument, the same claim may be about nothing.
    with pytest.raises(InputError, match="no dimension"):
        read(tmp_path, HEADER + lines["pace"], replace(SMALL, families=(taste,)))


def test_null_keys_have_the_families_of_dimensions_that_are_held_apart(tmp_path):
    main, *others = (family.name for family in VALUE_PORTRAIT.families)
    pairs = {family.name: family.names[:2] for family in VALUE_PORTRAIT.families}
    for name in (main, *others):
        claims = read(tmp_path, HEADER + row("above", "; ".join(pairs[name]), "apart"), VALUE_PORTRAIT)
        assert held_apart(claims) == {"apart": list(pairs[name])}
        assert set(families_by_chance(claims, VALUE_PORTRAIT)) == {main, VALUE_PORTRAIT.circle.name, name}
    assert held_apart(read(tmp_path, HEADER + row("highest", pairs[main][0]), VALUE_PORTRAIT)) == {}


def test_the_number_of_a_claim_is_of_scores_or_of_how_pronounced_profiles_are():
    groups = ["weights=open", "weights=closed"]
    for kind, arguments, said in (
        ("group_above", [*groups, "Sweet"], "the mean difference, in scale points"),
        ("group_above", [*groups, "spread"], "the mean difference in variance of the profile, in squared scale points"),
        ("rises_with_size", ["spread"], "the rank correlation with size"),
    ):
        assert measure(Claim.model_construct(kind=kind, arguments=arguments)) == said
