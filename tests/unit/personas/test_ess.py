"""The European Social Survey: scoring, weighting, and whatever a user may put in its place."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
import yaml
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from instruments import SMALL, VALUE_PORTRAIT
from near_misses import complaint
from odd_columns import odd_columns
from value_portrait.errors import InputError
from value_portrait.personas import ess, ess_file
from value_portrait.simulation.respondents import planted_effects, simulate_respondents
from value_portrait.tables import write_table

GROUPS = yaml.safe_load((ROOT / "config.yaml").read_text())["people"]["groups"]


@pytest.fixture(scope="module")
def survey():
    return simulate_respondents(np.random.default_rng(7), 1200, GROUPS)


def score(frame):
    return ess.score_respondents(frame.astype(dict.fromkeys(ess.NUMBERS, float)), "ess.csv")


def test_the_key_is_that_of_the_questionnaire():
    assert sorted(place for places in ess.KEY.values() for place in places) == list(range(1, 22))
    assert tuple(ess.KEY) == ess.VALUES == VALUE_PORTRAIT.main.names
    by_value = {value: [ess.ITEMS[place - 1] for place in places] for value, places in ess.KEY.items()}
    # By the portraits' own names: to be rich, to get respect; to help, to be loyal; fun, a good time.
    assert by_value["Power"] == ["impricha", "iprspota"]
    assert by_value["Benevolence"] == ["iphlppla", "iplylfra"]
    assert by_value["Hedonism"] == ["ipgdtima", "impfuna"]
    assert by_value["Universalism"] == ["ipeqopta", "ipudrsta", "impenva"]
    assert by_value["Tradition"] == ["ipmodsta", "imptrada"]


def test_scores_by_hand():
    answers = np.full((2, 21), 3.0)
    answers[0, [1, 16]] = [6, 4]  # Power
    answers[1, [11]] = np.nan  # one of two of Benevolence
    answers[1, [17]] = 6
    scores = ess.value_scores(answers)
    mean = (19 * 3 + 10) / 21
    assert scores.loc[0, "Power"] == pytest.approx(5 - mean)
    assert scores.loc[0, "Hedonism"] == pytest.approx(3 - mean)
    assert scores.loc[1, "Benevolence"] == pytest.approx(6 - (19 * 3 + 6) / 20)


@given(
    hnp.arrays(float, (5, 21), elements=st.integers(1, 6)),
    st.floats(-3, 3),
)
def test_centred_scores_do_not_change_when_a_person_answers_higher_throughout(answers, shift):
    np.testing.assert_allclose(ess.value_scores(answers), ess.value_scores(answers + shift), atol=1e-9)


@given(hnp.arrays(float, (4, 21), elements=st.integers(1, 6)))
def test_values_weighted_by_their_items_average_to_zero(answers):
    counts = [len(places) for places in ess.KEY.values()]
    np.testing.assert_allclose(ess.value_scores(answers).to_numpy() @ counts, 0, atol=1e-9)


def test_who_answers_too_little_or_all_alike_is_left_out(survey):
    frame = survey.copy()
    frame.loc[0, list(ess.ITEMS)] = [2, 3] * 8 + [99] * 5  # 16 answers are enough
    frame.loc[1, list(ess.ITEMS)] = [2, 3] * 7 + [2] + [77] * 6  # 15 are not
    frame.loc[2, list(ess.ITEMS)] = [3] * 16 + [1, 2, 4, 5, 2]  # 16 alike may be
    frame.loc[3, list(ess.ITEMS)] = [3] * 17 + [1, 2, 4, 5]  # 17 may not
    table, counts = score(frame)
    assert [number in set(table["respondent"]) for number in (1, 2, 3, 4)] == [True, False, True, False]
    assert counts["respondents"] == 1200
    assert counts["scored"] == len(table) == 1200 - counts["too_few_answers"] - counts["alike_answers"]


def test_codes_for_no_answer_are_no_members_of_a_group(survey):
    frame = survey.copy()
    frame.loc[10:12, ["gndr", "agea", "lrscale", "eisced"]] = [9, 999, 88, 55]
    table, _ = score(frame)
    assert table[table["respondent"].isin([11, 12, 13])][list(ess_file.AXES)].isna().all(axis=None)


def respondents(**columns):
    n = len(columns["weight"])
    base = {value: np.zeros(n) for value in ess.VALUES}
    return pd.DataFrame({"gender": np.nan, "age": np.nan, "politics": np.nan, "education": np.nan} | base | columns)


def test_group_effects_by_hand():
    table = respondents(
        weight=[1.0, 3.0, 2.0, 2.0], gender=[1, 1, 2, np.nan], Power=[1.0, 2.0, 4.0, 0.0], Hedonism=[1, np.nan, 3, 5]
    )
    groups = {"gender": {"Male": (1, 1), "Female": (2, 2)}}
    weighted = ess.group_effects(table, groups, True).set_index(["group", "dimension"])
    # Power: men (1 + 6) / 4 = 1.75, all (1 + 6 + 8 + 0) / 8 = 1.875.
    assert weighted.loc[("Male", "Power"), "human_effect"] == pytest.approx(1.75 - 1.875)
    assert weighted.loc[("Male", "Power"), "n"] == 2
    assert weighted.loc[("Male", "Hedonism"), "n"] == 1
    assert np.isnan(weighted.loc[("Female", "Power"), "human_effect"])  # one person is no group
    plain = ess.group_effects(table, groups, False).set_index(["group", "dimension"])
    assert plain.loc[("Male", "Power"), "human_effect"] == pytest.approx(1.5 - 1.75)


def test_the_interval_is_that_of_the_jackknife(survey):
    table, _ = score(survey)
    table = table.head(300)
    groups = {"age": {"old": (60, 120)}}
    row = ess.group_effects(table, groups, True).set_index("dimension").loc["Tradition"]
    left_out = [
        ess.group_effects(table.drop(index), groups, True).set_index("dimension").loc["Tradition", "human_effect"]
        for index in table.index
    ]
    n = len(left_out)
    error = np.sqrt((n - 1) / n * ((np.array(left_out) - np.mean(left_out)) ** 2).sum())
    assert (row["ci_high"] - row["ci_low"]) / 2 == pytest.approx(1.96 * error, rel=0.02)


@settings(max_examples=20)
@given(st.floats(0.1, 10), st.integers(0, 1000))
def test_equal_weights_are_no_weights(weight, seed):
    rng = np.random.default_rng(seed)
    scores = {value: rng.normal(size=40) for value in ess.VALUES}
    table = respondents(weight=np.full(40, weight), age=rng.integers(20, 90, 40), **scores)
    groups = {"age": {"young": (20, 49), "old": (50, 99)}}
    pd.testing.assert_frame_equal(ess.group_effects(table, groups, True), ess.group_effects(table, groups, False))


@settings(max_examples=20)
@given(st.floats(-4, 4))
def test_effects_do_not_change_when_everybody_scores_higher(shift):
    rng = np.random.default_rng(3)
    table = respondents(weight=rng.uniform(0.5, 2, 60), age=rng.integers(20, 90, 60), Power=rng.normal(size=60))
    groups = {"age": {"young": (20, 49)}}
    moved = ess.group_effects(table.assign(Power=table["Power"] + shift), groups, True)
    pd.testing.assert_frame_equal(ess.group_effects(table, groups, True), moved, atol=1e-9)


def test_planted_differences_between_groups_are_recovered():
    slopes, covered = [], []
    truth = planted_effects(GROUPS)
    assert truth.groupby(["axis", "dimension"])["planted"].mean().abs().max() < 1e-12
    for seed in range(4):
        table, _ = score(simulate_respondents(np.random.default_rng(seed), 4000, GROUPS))
        both = ess.group_effects(table, GROUPS, True).merge(truth, on=["axis", "group", "dimension"])
        slopes.append((both["planted"] @ both["human_effect"]) / (both["planted"] @ both["planted"]))
        covered.append(((both["ci_low"] < both["planted"]) & (both["planted"] < both["ci_high"])).mean())
    assert np.mean(slopes) == pytest.approx(1, abs=0.04)
    assert 0.9 < np.mean(covered) < 0.99


def test_weights_matter_where_the_sample_is_unbalanced():
    """60 % of the sample are women: unweighted, the mean of all lies nearer to theirs than it should."""
    truth = planted_effects(GROUPS).query("axis == 'gender'").set_index(["group", "dimension"])["planted"]
    table, _ = score(simulate_respondents(np.random.default_rng(0), 60_000, {"gender": GROUPS["gender"]} | GROUPS))
    plain = ess.group_effects(table, GROUPS, False).query("axis == 'gender'").set_index(["group", "dimension"])
    women = plain.loc["Female", "human_effect"]
    expected = truth["Female"] - (0.4 * truth["Male"] + 0.6 * truth["Female"])
    np.testing.assert_allclose(women, expected[women.index], atol=0.012)
    assert abs(expected["Benevolence"]) < 0.85 * abs(truth["Female"]["Benevolence"])


def write(frame, path):
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    elif path.suffix == ".parquet":
        frame.to_parquet(path)
    elif path.suffix == ".sav":
        declared = {item: list(ess.NO_ANSWER)[:3] for item in ess.ITEMS}
        pyreadstat.write_sav(frame, str(path), missing_ranges=declared)
    else:
        pyreadstat.write_dta(frame, str(path))


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".sav", ".dta"])
def test_every_format_gives_the_same_respondents(survey, tmp_path, suffix):
    path = tmp_path / f"ESS11{suffix}"
    write(survey.assign(edition="2.0 ", dweight=1.0), path)
    assert ess_file.find_file(tmp_path) == path
    frame = ess.read_file(path, "2.0")
    assert "dweight" not in frame
    table, counts = ess.score_respondents(frame, path)
    expected, expected_counts = score(survey)
    pd.testing.assert_frame_equal(table, expected, check_dtype=False)
    assert counts == expected_counts
    assert ess.described(frame, "edition") == "2.0"
    with pytest.raises(
        InputError, match=r"is edition 2\.0, not 3\.0.*Take edition 3\.0.*people\.edition .*'2\.0' or null"
    ) as refused:
        ess.read_file(path, "3.0")
    assert str(refused.value).startswith(f"{path}: is")
    write_table(table, tmp_path / "respondents.parquet", ess.RESPONDENTS)


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".sav", ".dta"])
def test_a_file_that_is_none_is_refused(tmp_path, suffix):
    path = tmp_path / f"ESS11{suffix}"
    path.write_bytes(b"\x00\x01 this is no survey \xff\n,,,")
    with pytest.raises(InputError, match=r"cannot be read \(.*\w{3} .*\)|lacks the column") as refused:
        ess.read_file(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert "None" not in str(refused.value)


def test_an_edition_may_be_a_number_and_must_be_there(survey, tmp_path):
    path = tmp_path / "ESS11.parquet"
    survey.assign(edition=2.0).to_parquet(path)
    assert set(ess.read_file(path, "2.0")["edition"]) == {"2.0"}
    survey.assign(edition=[np.nan, *[2.0] * (len(survey) - 1)]).to_parquet(path)
    with pytest.raises(InputError, match=r"several or no editions: none, 2\.0"):
        ess.read_file(path)


def test_a_file_may_hold_more_than_is_read_and_must_hold_somebody(survey, tmp_path):
    path = tmp_path / "ESS11.csv"
    survey.assign(impfun=1).to_csv(path, index=False)
    assert len(ess.read_file(path)) == 1200
    survey.assign(edition="2.10").to_csv(path, index=False)
    assert ess.described(ess.read_file(path, "2.10"), "edition") == "2.10"
    survey.head(0).to_csv(path, index=False)
    with pytest.raises(InputError, match=r"holds respondents of several or no editions: none\."):
        ess.read_file(path)


def rename_old(frame):
    return frame.rename(columns={item: item[:-1] for item in ess.ITEMS})


SWAPPED = ["ipfrulea", "ipbhprpa", "ipmodsta", "imptrada", "ipgdtima", "impfuna", "impdiffa", "ipadvnta"]
DOOR = {
    "another round": (lambda f: f.assign(essround=10), r"holds round 10, not only round 11"),
    "several rounds": (lambda f: f.assign(essround=[9, *[11] * (len(f) - 1)]), r"holds round 9"),
    "names of an earlier round": (rename_old, r"as rounds 1 to 10 do"),
    "no weight": (lambda f: f.drop(columns="anweight"), r"lacks the column\(s\) anweight"),
    "no weight and no edition": (
        lambda f: f.drop(columns=["anweight", "edition"]),
        r"lacks the column\(s\) anweight, edition\.",
    ),
    "two other rounds": (
        lambda f: f.assign(essround=[9, 10, *[11] * (len(f) - 2)]),
        r"holds round 9, 10, not only round 11",
    ),
    "one label": (
        lambda f: f.assign(gndr=["1", "Male", *["2"] * (len(f) - 2)]),
        r"respondent 2: gndr is 'Male', no code",
    ),
    "labels": (lambda f: f.assign(gndr="Male"), r"respondent 1: gndr is 'Male', no code"),
    "an unknown code of no answer": (lambda f: f.assign(impfuna=[9, *f["impfuna"][1:]]), r"respondent 1: impfuna is 9"),
    "half a code": (lambda f: f.assign(ipmodsta=[2.5, *f["ipmodsta"][1:]]), r"ipmodsta is 2.5, neither 1 to 6"),
    "an unknown gender": (lambda f: f.assign(gndr=[1, 3, *f["gndr"][2:]]), r"respondent 2: gndr is 3"),
    "an impossible age": (lambda f: f.assign(agea=[-1, *f["agea"][1:]]), r"agea is -1, neither 10 to 120"),
    "an unknown place": (lambda f: f.assign(lrscale=[11, *f["lrscale"][1:]]), r"lrscale is 11"),
    "an unknown education": (lambda f: f.assign(eisced=[8, *f["eisced"][1:]]), r"eisced is 8"),
    "a weight of zero": (lambda f: f.assign(anweight=[0, *f["anweight"][1:]]), r"respondent 1: anweight is 0"),
    "a missing weight": (lambda f: f.assign(anweight=[np.nan, *f["anweight"][1:]]), r"anweight is nan"),
    "no edition": (lambda f: f.drop(columns="edition"), r"lacks the column\(s\) edition"),
    "an empty edition": (lambda f: f.assign(edition=" "), r"several or no editions: none\."),
    "several editions": (
        lambda f: f.assign(edition=["2.0", *["3.0"] * (len(f) - 1)]),
        r"several or no editions: 2\.0, 3\.0",
    ),
    "no countries": (lambda f: f.drop(columns="cntry"), r"lacks the column\(s\) cntry"),
    "an empty country": (lambda f: f.assign(cntry=["AT", "", *f["cntry"][2:]]), r"respondent 2: has no cntry"),
    "a missing number": (lambda f: f.assign(idno=[np.nan, *f["idno"][1:]]), r"respondent 1: has no cntry or no idno"),
    "doubled": (
        lambda f: pd.concat([f, f]),
        r"respondent 1201: repeats an earlier one \(cntry XA, idno 1\)",
    ),
    "a number twice": (
        lambda f: f.assign(cntry="XA", idno=[4, 5, 4, *range(10, len(f) + 7)]),
        r"respondent 3: repeats an earlier one \(cntry XA, idno 4\)",
    ),
    "no ages": (lambda f: f.assign(agea=999), r"has no ages"),
    "too few": (lambda f: f.head(400), r"respondents with enough answers, fewer than 500"),
    "reversed before": (
        lambda f: f.assign(**{item: (7 - f[item]).where(f[item] < 7, f[item]) for item in ess.ITEMS}),
        r"has its answers reversed already \(.*: -",
    ),
    "mixed up": (
        # Conformity and Tradition in the places of Stimulation and Hedonism.
        lambda f: f.rename(columns=dict(zip(SWAPPED, reversed(SWAPPED), strict=True))),
        r"has answers that people do not give",
    ),
}


def reverse(frame, item):
    return frame.assign(**{item: (7 - frame[item]).where(frame[item] < 7, frame[item])})


@pytest.mark.parametrize("item", ess.ITEMS)
def test_one_item_that_runs_the_other_way_is_refused_by_a_name_of_its_value(survey, tmp_path, item):
    path = tmp_path / "ESS11.csv"
    reverse(survey, item).to_csv(path, index=False)
    value, places = next(own for own in ess.KEY.items() if ess.ITEMS.index(item) + 1 in own[1])
    named = "|".join(ess.ITEMS[place - 1] for place in places)
    told = f"answers to ({named}) that do not go with the other answers on {value.replace('_', '-')} "
    with pytest.raises(InputError, match=told):
        ess.score_respondents(ess.read_file(path), path)


def test_items_that_go_together_only_with_the_level_of_all_answers_are_refused():
    rng = np.random.default_rng(1)
    answers = rng.normal(size=(200, 1)) * 3 + rng.normal(size=(200, 21)) / 10
    contrast = rng.normal(size=200)
    for places in ess.KEY.values():
        answers[:, np.array(places) - 1] += rng.normal(size=(200, 1))
    answers[:, 1] += 2 * contrast
    answers[:, 16] -= 2 * contrast
    with pytest.raises(InputError, match=r"^ess\.csv: has answers to impricha .* on Power \(correlation -0\.[5-9]"):
        ess._check_items(answers, "ess.csv")
    answers[:, 1] -= 2 * contrast
    answers[:, 16] += 2 * contrast
    ess._check_items(answers, "ess.csv")


def test_simulated_items_go_with_their_values_by_a_wide_margin(monkeypatch):
    monkeypatch.setattr(ess, "LEAST_CORRELATION", 0.2)
    for seed in range(3):
        score(simulate_respondents(np.random.default_rng(seed), 1200, GROUPS))


@pytest.mark.parametrize(("change", "message"), DOOR.values(), ids=DOOR)
def test_what_is_wrong_is_refused_by_name(survey, tmp_path, change, message):
    path = tmp_path / "ESS11.csv"
    change(survey).to_csv(path, index=False)
    with pytest.raises(InputError, match=message) as refused:
        ess.score_respondents(ess.read_file(path), path)
    assert str(path) in str(refused.value)
    assert "None" not in str(refused.value)


def test_the_folder_holds_one_file_or_none(tmp_path):
    assert ess_file.find_file(tmp_path / "missing") is None
    assert ess_file.find_file(tmp_path) is None
    (tmp_path / ".gitkeep").touch()
    assert ess_file.find_file(tmp_path) is None
    (tmp_path / "ESS11.zip").touch()
    with pytest.raises(InputError) as refused:
        ess_file.find_file(tmp_path)
    assert str(refused.value) == (
        f"{tmp_path}: holds ESS11.zip, but no file that ends in .csv, .parquet, .sav, .dta. Unpack the download."
    )
    (tmp_path / "ESS11.csv").touch()
    assert ess_file.find_file(tmp_path).name == "ESS11.csv"
    (tmp_path / "ESS10.SAV").touch()
    with pytest.raises(InputError, match=r"several files .*: ESS10\.SAV, ESS11\.csv") as refused:
        ess_file.find_file(tmp_path)
    assert str(tmp_path) in str(refused.value)


def test_the_shipped_groups_are_groups():
    ess_file.check_groups(GROUPS, "config.yaml", VALUE_PORTRAIT)


@pytest.mark.parametrize(
    ("axis", "groups", "message"),
    [
        ("age", {"old": [60, 20], "young": [10, 19]}, r"people\.groups\.age\.old: \[60, 20\] runs backwards"),
        (
            "age",
            {"all": [0, 120], "none": [10, 10]},
            r"age\.all: \[0, 120\] is not within the codes of agea, 10 to 120",
        ),
        ("politics", {"left": [0, 5], "right": [6, 11]}, r"politics\.right: \[6, 11\] .* lrscale, 0 to 10"),
        ("politics", {"left": [0, 5], "right": [5, 10]}, r"right: \[5, 10\] shares codes with left, \[0, 5\]"),
        ("politics", {"right": [5, 10], "left": [0, 5]}, r"left: \[0, 5\] shares codes with right, \[5, 10\]"),
        ("age", {"some": [30, 40], "all": [10, 120]}, r"all: \[10, 120\] shares codes with some, \[30, 40\]"),
    ],
)
def test_groups_that_cannot_be_are_refused_with_their_key(axis, groups, message):
    with pytest.raises(InputError, match=message):
        ess_file.check_groups({axis: groups}, "config.yaml", VALUE_PORTRAIT)


def test_people_need_an_instrument_of_the_ten_values():
    with pytest.raises(
        InputError, match=r"config\.yaml: people: needs .*\(Universalism, .*Self_Direction\)\. Set people: null"
    ):
        ess_file.check_groups(GROUPS, "config.yaml", SMALL)
    ess_file.check_groups({}, "config.yaml", SMALL)
    turned = replace(VALUE_PORTRAIT.main, dimensions=VALUE_PORTRAIT.main.dimensions[::-1])
    others = VALUE_PORTRAIT.families[1:]
    ess_file.check_groups(GROUPS, "config.yaml", replace(VALUE_PORTRAIT, families=(turned, *others)))
    fewer = replace(turned, dimensions=turned.dimensions[1:])
    with pytest.raises(InputError, match="Set people: null"):
        ess_file.check_groups(GROUPS, "config.yaml", replace(VALUE_PORTRAIT, families=(fewer, *others)))


def test_the_interval_of_a_small_sample_by_hand():
    table = respondents(
        weight=[1.0, 3.0, 2.0, 2.0, 9.0], gender=[1, 1, 2, np.nan, 1], Power=[1.0, 2.0, 4.0, 0.0, np.nan]
    )
    found = ess.group_effects(table, {"gender": {"Male": (1, 1)}}, True)
    assert found["dimension"].tolist() == list(ess.VALUES)
    assert found.index.tolist() == list(range(10))
    row = found.set_index("dimension").loc["Power"]
    # Means 1.75 and 1.875; z: w (x - 1.75) / 4 of men, less w (x - 1.875) / 8 of all.
    z = [-0.1875 + 0.109375, 0.1875 - 0.046875, -0.53125, 0.46875]
    margin = 1.959964 * (4 / 3 * sum(one**2 for one in z)) ** 0.5
    assert row[["human_effect", "ci_low", "ci_high"]].tolist() == pytest.approx(
        [-0.125, -0.125 - margin, -0.125 + margin]
    )
    assert row[["axis", "group", "n"]].tolist() == ["gender", "Male", 2]


def test_a_group_takes_both_its_ends_and_two_people_are_one():
    table = respondents(weight=np.ones(6), age=[19, 20, 30, 39, 40, np.nan], Power=[6.0, 0, 1, 2, 3, 0])
    cuts = {"age": {"thirties": (20, 39), "two": (39, 40), "one": (40, 120)}, "politics": {"left": (0, 4)}}
    found = ess.group_effects(table, cuts, False)
    assert found.index.tolist() == list(range(40))
    found = found[found["dimension"] == "Power"]
    assert found["group"].tolist() == ["thirties", "two", "one", "left"]
    assert found["axis"].tolist() == ["age", "age", "age", "politics"]
    assert found["n"].tolist() == [3, 2, 1, 0]
    assert found["human_effect"].tolist() == pytest.approx([-1, 0.5, np.nan, np.nan], nan_ok=True)
    assert found[["ci_low", "ci_high"]].notna().all(axis=1).tolist() == [True, True, False, False]


def test_who_is_left_out_is_counted_by_the_reason(survey):
    frame = survey.copy()
    frame.loc[:4, list(ess.ITEMS)] = [2, 3] * 7 + [99] * 7  # too few
    frame.loc[5:7, list(ess.ITEMS)] = [3] * 17 + [1, 2, 4, 5]  # too many alike
    frame.loc[8, list(ess.ITEMS)] = [3] * 15 + [77] * 6  # both: too few
    frame.loc[9, list(ess.ITEMS)] = [1] * 18 + [2] * 3
    frame.loc[10, list(ess.ITEMS)] = [6] * 18 + [2] * 3
    codes = frame[list(ess.ITEMS)].where(frame[list(ess.ITEMS)] < 7).to_numpy()
    few = sum(np.isfinite(row).sum() < 16 for row in codes)
    alike = sum(np.isfinite(row).sum() >= 16 and max(np.unique(row, return_counts=True)[1]) > 16 for row in codes)
    table, counts = score(frame)
    expected = {"too_few_answers": few, "alike_answers": alike, "scored": 1200 - few - alike}
    assert counts == {"respondents": 1200} | expected
    assert (few, alike) >= (6, 5)
    assert table.columns.tolist() == list(ess.RESPONDENTS.columns)
    kept = table["respondent"].to_numpy() - 1
    np.testing.assert_array_equal(table["weight"], frame["anweight"].to_numpy()[kept])
    np.testing.assert_array_equal(table["age"], frame["agea"].where(frame["agea"] < 999).to_numpy()[kept])
    np.testing.assert_allclose(table[list(ess.VALUES)], ess.value_scores(7 - codes[kept]), atol=1e-12)


def test_five_hundred_respondents_are_enough(survey):
    whole = survey[np.isin(np.arange(len(survey)), score(survey)[0]["respondent"] - 1)].reset_index(drop=True)
    assert score(whole.head(500))[1]["scored"] == 500
    with pytest.raises(InputError, match=r"^ess\.csv: holds 499 respondents with enough answers, fewer than 500"):
        score(whole.head(499))


@pytest.mark.parametrize("weight", [np.inf, -np.inf, -1.0, np.nan, 0.0])
def test_a_weight_is_a_number_above_zero(survey, weight):
    with pytest.raises(InputError, match=f"respondent 3: anweight is {weight}"):
        score(survey.assign(anweight=[1, 1, weight, *survey["anweight"][3:]]))


def test_one_age_for_all_tells_nothing(survey):
    with pytest.raises(InputError, match=r"^ess\.csv: has no ages, or only one"):
        score(survey.assign(agea=40))


@pytest.mark.parametrize(
    ("high", "slope", "words"),
    [
        (1.0, 1.0, None),
        (-1.0, -1.0, r"has its answers reversed already \(.*: -2\.50; .*: -1\.00; both must be positive\)"),
        (1.0, -1.0, r"has answers that people do not give \(.*: \+1\.50; .*: -1\.00;"),
        (-1.0, 1.0, r"has answers that people do not give \(.*: -2\.50; .*: \+1\.00;"),
        (0.25, 1.0, r"has answers that people do not give \(.*: \+0\.00; .*: \+1\.00;"),
    ],
)
def test_the_two_signs_that_answers_run_the_right_way_by_hand(high, slope, words):
    """Benevolence, Universalism, Self-Direction are twice ``high``; Power is 0.5; Stimulation falls with age."""
    age = pd.Series([20.0, 40.0, 60.0])
    scores = pd.DataFrame(0.0, index=age.index, columns=list(ess.VALUES))
    scores[["Benevolence", "Universalism", "Self_Direction"]] = 2 * high
    scores["Power"], scores["Stimulation"] = 0.5, 0.5 - slope * (age - 40) / 40
    if words is None:
        ess._check_direction(scores, age, "ess.csv")
    else:
        with pytest.raises(InputError, match=r"^ess\.csv: " + words):
            ess._check_direction(scores, age, "ess.csv")


@pytest.mark.parametrize(
    ("value", "sign"), [("Conformity", 1), ("Tradition", 1), ("Stimulation", -1), ("Hedonism", -1)]
)
def test_each_of_four_values_goes_its_way_with_age(value, sign):
    age = pd.Series([20.0, 20.0, 60.0])
    scores = pd.DataFrame(0.0, index=age.index, columns=list(ess.VALUES)).assign(Benevolence=3.0)
    ess._check_direction(scores.assign(**{value: sign * age / 100}), age, "ess.csv")
    with pytest.raises(InputError, match="has answers that people do not give"):
        ess._check_direction(scores.assign(**{value: -sign * age / 100}), age, "ess.csv")
    turned = scores.assign(Benevolence=-3.0)
    with pytest.raises(InputError, match="has its answers reversed already"):
        ess._check_direction(turned.assign(**{value: -sign * age / 100}), age, "ess.csv")
    age, half = pd.Series([20.0, 40.0, 60.0]), pd.Series([-1.0, -1.0, 2.0])
    with pytest.raises(InputError, match=r"do not give .*: \+0\.87; both"):
        ess._check_direction(turned.assign(**{value: sign * half}), age, "ess.csv")
    level = pd.Series([1.0, -2.0, 1.0])
    with pytest.raises(InputError, match=r"do not give .*: [+-]0\.00; both"):
        ess._check_direction(scores.assign(**{value: sign * level}), age, "ess.csv")


def test_a_file_is_known_by_its_hash_and_by_what_it_says_of_itself(tmp_path):
    path = tmp_path / "ESS11.csv"
    path.write_bytes(b"abc")
    assert ess.file_hash(str(path)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    frame = pd.DataFrame({"edition": ["2.0", "2.0", None], "proddate": [None, None, None], "two": ["a", "b", "a"]})
    assert ess.described(frame, "edition") == "2.0"
    assert ess.described(frame, "proddate") is None
    assert ess.described(frame, "two") == "a, b"
    assert ess.described(frame, "none") is None


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_a_folder_or_a_pipe_in_the_place_of_the_file_is_refused(tmp_path, make):
    make(tmp_path / "ESS11.sav")
    with pytest.raises(InputError, match=r"ESS11\.sav: is no file"):
        ess_file.find_file(tmp_path)


@pytest.mark.parametrize("name", ["gndr", "idno", "cntry", "edition", "anweight", "impfuna"])
def test_columns_of_any_kind_are_read_or_refused(survey, tmp_path, name):
    table, path = pa.Table.from_pandas(survey), tmp_path / "ess.parquet"
    for kind, column in odd_columns(len(survey)).items():
        pq.write_table(table.set_column(table.column_names.index(name), name, column), path)
        said = complaint(lambda: ess.score_respondents(ess.read_file(path), path))
        assert (said or str(path)).startswith(str(path)), kind
        assert said or "numbers" in kind or "texts" in kind or kind in ("formulas", "orders to a terminal"), kind
    pq.write_table(table.append_column(name, table[name]), path)
    assert "a column stands there twice" in complaint(ess.read_file, path)


CSV = {
    "byte order mark": (True, lambda text: b"\xef\xbb\xbf" + text),
    "line breaks of Windows": (True, lambda text: text.replace(b"\n", b"\r\n")),
    "blank lines": (True, lambda text: text + b"\n\n"),
    "a comma behind every line": (True, lambda text: text.replace(b"\n", b",\n")),
    "a comma behind every row": (False, lambda text: text.replace(b"\n", b",\n").replace(b",\n", b"\n", 1)),
    "a cell too many": (False, lambda text: text.rstrip(b"\n") + b",1\n"),
    "a short row": (False, lambda text: text + b"1,2\n"),
    "a column twice": (False, lambda text: b"\n".join(row + b"," + row.split(b",")[0] for row in text.split())),
    "semicolons": (False, lambda text: text.replace(b",", b";")),
    "a NUL": (False, lambda text: text + b"\0\n"),
    "an open quote": (False, lambda text: text + b'"'),
    "UTF-16": (False, lambda text: text.decode().encode("utf-16")),
    "a header alone": (False, lambda text: text.split(b"\n")[0] + b"\n"),
    "nothing": (False, lambda text: b""),
}


@pytest.mark.parametrize("edit", CSV)
def test_a_csv_that_others_would_take_is_refused_and_what_editors_add_is_not(survey, tmp_path, edit):
    survey.to_csv(tmp_path / "ess.csv", index=False)
    wanted = ess.read_file(tmp_path / "ess.csv")
    fits, change = CSV[edit]
    (tmp_path / "ess.csv").write_bytes(change((tmp_path / "ess.csv").read_bytes()))
    said = complaint(ess.read_file, tmp_path / "ess.csv")
    assert (said is None) == fits, said
    if fits:
        pd.testing.assert_frame_equal(ess.read_file(tmp_path / "ess.csv"), wanted)


@pytest.mark.parametrize("name", ess.DESCRIPTIVE)
@pytest.mark.parametrize("text", ["=1+1", "\x1b[2J", "a|b", "x" * 200])
def test_what_a_file_says_of_itself_is_a_name(survey, tmp_path, name, text):
    survey.assign(**{name: text}).to_csv(tmp_path / "ess.csv", index=False)
    assert f"{name} is " in complaint(ess.read_file, tmp_path / "ess.csv")
