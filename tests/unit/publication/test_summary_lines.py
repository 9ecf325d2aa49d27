"""Lines of the summary at their edges: one of a kind, none of it, and what could not be tested."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from instruments import SMALL
from value_portrait.publication.findings import _answers_line, _groups_line, _profile_line, highest_values
from value_portrait.publication.worth import RULES


@pytest.mark.parametrize(
    ("refusals", "differ", "plain", "said"),
    [
        (0, 0, "100.0", "0 name none or cannot be taken at their word, and on none"),
        (1, 1, "99.0", "1 names none or cannot be taken at its word, and on 1"),
        (2, 123, "98.0", "2 name none or cannot be taken at their word, and on 123"),
    ],
)
def test_answers_that_name_no_option_are_counted_in_whole_sentences(refusals, differ, plain, said):
    rows = [("plain", 100 - refusals, 0), ("refusal", refusals, differ)]
    counts = pd.DataFrame(rows, columns=["answer_class", "answers", "disagreements"])
    begun = f"{plain} % of the answers are plain options; of the others {said}"
    assert _answers_line(counts) == f"{begun} the published and the strict parser differ."


def test_what_is_too_few_for_a_comparison_is_the_developers():
    # Four models on a side may be of one developer, and the page on what numbers are worth says so.
    groups = pd.DataFrame(
        [(name, 4, 4, None, None) for name in ("Sweet", "Salty", "profile_variance")],
        columns=["dimension", "n_first", "n_second", "p", "p_adjusted"],
    ).assign(comparison="weights", family="taste", first="open", second="closed", difference=0.3)
    assert _groups_line(groups, SMALL).endswith("dimensions: open - closed (weights): too few developers.")
    assert "too few models or developers for a p" in " ".join(RULES.split())


def test_means_without_intervals_are_not_said_to_have_some():
    means = pd.DataFrame(
        [("Sweet", 0.2, None, None), ("Salty", -0.001, None, None)], columns=["dimension", "score", "low", "high"]
    ).assign(family="taste", inference="items_like_these")
    means = means.astype({"low": float, "high": float})
    assert (
        _profile_line(means, SMALL) == "Average over models, from the highest: Sweet +0.20, Salty 0.00 (centred means)."
    )
    some = means.assign(low=[0.1, None], high=[0.3, None])
    assert _profile_line(some, SMALL).endswith(
        "Sweet +0.20 [0.10, 0.30], Salty 0.00 (centred means, 95 % intervals over other items like these)."
    )


@given(
    st.lists(
        st.lists(
            st.one_of(st.none(), st.integers(-2, 2)),
            min_size=len(SMALL.main.names),
            max_size=len(SMALL.main.names),
        ),
        min_size=1,
        max_size=4,
    ),
    st.integers(1, 3),
    st.randoms(use_true_random=False),
)
def test_the_highest_values_are_those_that_fewer_others_reach(scores, count, random):
    # A sum in another order moves a mean by less than a tie.
    rows = [
        (f"m{m}", "taste", name, None if own[d] is None else own[d] / 3 + random.choice((0, 1e-13)))
        for m, own in enumerate(scores)
        for d, name in enumerate(SMALL.main.names)
    ]
    random.shuffle(rows)
    profiles = pd.DataFrame(rows, columns=["model", "family", "dimension", "centred_mean"])
    profiles = profiles.astype({"centred_mean": float})
    assert highest_values(profiles, count, SMALL) == {
        f"m{m}": {
            name
            for name, value in zip(SMALL.main.names, own, strict=True)
            if value is not None and sum(other is not None and other >= value for other in own) <= count
        }
        for m, own in enumerate(scores)
    }
