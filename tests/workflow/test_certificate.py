"""The certificate of the real archive: what it says, and that a single wrong number anywhere is found, alone."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, run_snakemake
from instruments import VALUE_PORTRAIT
from value_portrait.items.validation import select_items
from value_portrait.paper.certifying.certificate import certify, gather
from value_portrait.paper.certifying.correlating import examine_correlations
from value_portrait.paper.certifying.printed import PRINTED
from value_portrait.scores.ratings import Ratings
from value_portrait.tables import read_table

sys.path.append(str(ROOT / "tools"))
from update_readme import with_certificate

VALUES_AND_TRAITS = 19


def gather_material(paper, *missing):
    """The material of the finished run, but for some of its tables."""
    results = paper / "results"
    files = {
        path.name.removesuffix("_v1_results.json"): str(path)
        for path in sorted((results / "study/archive/lm_evaluation/outputs").rglob("*_v1_results.json"))
    }
    tables = {
        "survey": "study/survey.parquet",
        "participants": "study/participants.parquet",
        "pilot_participants": "study/pilot_participants.parquet",
        "item_table": "study/items.parquet",
        "prompts": "study/prompts.parquet",
        "topics": "study/topics.csv",
        "published": "items/published_correlations.parquet",
        "recomputed": "certificate/recomputed_correlations.parquet",
        "explained": "certificate/explained_correlations.parquet",
        "without_repeated": "certificate/correlations_without_repeated.parquet",
        "ratings": "scores/ratings.parquet",
        "persona_effects": "personas/effects.csv",
        "people": "personas/people.csv",
    }
    paths = {name: str(results / path) for name, path in tables.items() if name not in missing}
    return gather(paths, results / "study/archive", files, files, PRINTED)


@pytest.fixture(scope="module")
def material(paper):
    return gather_material(paper)


@pytest.fixture(scope="module")
def participants(paper):
    return read_table(paper / "results/study/participants.parquet", "participants", VALUE_PORTRAIT).to_pandas()


@pytest.fixture(scope="module")
def certificate(paper) -> pd.DataFrame:
    return pd.read_csv(paper / "results/publication/certificate.csv", low_memory=False)


def differing(material, printed=PRINTED) -> set[tuple[str, str]]:
    """The rows that differ: source and quantity."""
    rows = certify(material, {name: str(ROOT / path) for name, path in printed.items()}, []).rows
    differ = rows[rows["status"] == "differs"]
    return set(zip(differ["source"], differ["quantity"], strict=True))


def reexamined(material, participants, **changed):
    """The material after a change of the survey or of the published correlations."""
    material = replace(material, **changed)
    evidence = examine_correlations(material.survey, participants, material.published)
    return replace(
        material,
        recomputed=evidence.recomputed,
        explained=evidence.explained,
        without_repeated=evidence.without_repeated,
    )


def test_nothing_differs_and_two_alphas_are_open(paper, certificate):
    assert certificate["status"].value_counts().to_dict() == {
        "match": 20_893,
        "explained": 3_007,
        "unexplained": 2,
        "not in the archive": 117,
        "needs microdata": 132,
        "needs live answers": 596,
    }
    still_open = certificate.loc[certificate["status"] == "unexplained", "quantity"]
    assert list(still_open) == ["alpha of Universalism", "alpha of Conformity"]
    verdict = (paper / "results/publication/verdict.txt").read_text().splitlines()
    assert len(verdict) == 4
    assert pd.read_csv(paper / "results/certificate/findings.csv")["holds"].all()


@pytest.mark.parametrize("chosen", [["qwq-32b"], ["gpt-4o-2024-11-20", "claude-3-opus-20240229", "qwen-max"]])
def test_a_run_of_a_few_models_is_compared_as_far_as_it_goes(material, paper, chosen):
    """qwq-32b is in no printed table, and the three have no answer that the parsers read differently."""
    subjects = [model for model, _ in material.by_published.subjects]
    places = [subjects.index(model) for model in chosen]
    few = replace(
        material,
        read_apart=material.read_apart[material.read_apart["model"].isin(chosen)],
        by_published=material.by_published.take(places),
        by_strict=material.by_strict.take(places),
        untagged=material.untagged[material.untagged["model"].isin(chosen)],
    )
    made = certify(few, {name: str(ROOT / path) for name, path in PRINTED.items()}, [])
    assert all(finding.holds for finding in made.findings)
    statuses = made.rows.groupby("source")["status"].agg(set)
    assert not any("differs" in found for found in statuses)
    assert statuses["Appendix F"] == statuses["Abstract"] == {"not in this run"}
    assert made.rows["status"].value_counts()["explained"] > 1_000


def test_without_people_it_says_the_same_of_all_that_the_paper_prints(material, paper):
    """Printed people are no numbers of ours, so the run that leaves people out compares as many."""
    bare = gather_material(paper, "people")
    assert bare.people.empty
    printed = {name: str(ROOT / path) for name, path in PRINTED.items()}
    pd.testing.assert_frame_equal(certify(bare, printed, []).rows, certify(material, printed, []).rows)


def test_everything_that_is_stated_is_there(certificate):
    counts = certificate["source"].value_counts()
    assert counts["archive: correlation_results"] == 2 * 9_880
    tags = certificate[certificate["source"] == "archive: Phase1_total"]
    assert tags["published"].notna().sum() == 1_088
    assert counts["archive: score_results"] == 34 * VALUES_AND_TRAITS * 4
    assert (counts["Table 8"], counts["Table 9"]) == (27 * 10, 27 * 5)
    assert (counts["Table 4"], counts["Appendix F"], counts["Table 12"]) == (30, 10, 11 * 11)
    assert not certificate.duplicated(["source", "quantity"]).any()


def test_ours_is_what_the_run_itself_gives(paper, certificate):
    """The certificate recomputes under the paper's choices; those are the default, so the run's own tables agree."""
    ours = certificate.set_index("quantity")["ours"]
    for table, source in (("value_scores", "Table 8"), ("trait_scores", "Table 9")):
        rows = certificate[certificate["source"] == source]
        wide = pd.read_csv(paper / f"results/publication/tables/{table}.csv", index_col="model")
        names = rows["quantity"].str.rsplit(": ", n=1)
        own = [wide.at[model, dimension] for model, dimension in names]
        np.testing.assert_allclose(rows["ours"].astype(float), own, atol=1e-12)
    alphas = pd.read_csv(paper / "results/scores/reliability.csv").query(
        "source == 'models' and family == 'pvq' and coefficient == 'alpha'"
    )
    for alpha in alphas.itertuples():
        assert float(ours[f"alpha of {alpha.dimension}"]) == pytest.approx(alpha.estimate, abs=1e-12)
    profiles = pd.read_csv(paper / "results/scores/profiles.csv")
    for row in profiles.sample(200, random_state=0).itertuples():
        assert float(ours[f"{row.model}: sd of {row.family} {row.dimension}"]) == pytest.approx(row.sd, abs=1e-12)


def test_the_readme_says_what_the_certificate_says(paper):
    readme = (ROOT / "README.md").read_text()
    assert with_certificate(readme, (paper / "results/publication/certificate.md").read_text()) == readme


@pytest.mark.parametrize("item", ["1901-1", "1008-1"])
def test_one_published_correlation(material, participants, item):
    """In a group without and in the group with a participant of two groups."""
    published = material.published.copy()
    row = (published["item_id"] == item) & (published["dimension"] == "Power")
    published.loc[row, "rho"] += 1e-6
    assert row.sum() == 1
    assert differing(reexamined(material, participants, published=published)) == {
        ("archive: correlation_results", f"rho of {item} with pvq Power")
    }


def test_one_score(material):
    """Each measure in another model, and each found alone."""
    changes = {"qwen-max": ("mean", 1e-6), "qwen-plus": ("centred_mean", 1e-6), "gpt-4o-2024-11-20": ("sd", 1e-6)}
    changes["deepseek-r1"] = ("n", 5)
    scores = material.scores.copy()
    for model, (measure, step) in changes.items():
        row = (scores["model"] == model) & (scores["dimension"] == "Hedonism")
        assert row.sum() == 1
        scores.loc[row, measure] += step
    assert differing(replace(material, scores=scores)) == {
        ("archive: score_results", f"{model}: {measure} of pvq Hedonism") for model, (measure, _) in changes.items()
    }


# A table of printed numbers, a digit of it, another in its place, and the one row that then differs.
FLIPPED = [
    ("topics", "Technology,4.8", "Technology,4.9", ("Table 4", "queries on Technology, %")),
    ("items_per_value", "0.042,3.69", "0.042,3.68", ("Table 5", "Value Portrait: imbalance_ratio")),
    ("value_scores", "qwen-max,0.23", "qwen-max,0.24", ("Table 8", "qwen-max: Universalism")),
    ("trait_scores", "qwen-max,4.22", "qwen-max,4.21", ("Table 9", "qwen-max: Openness")),
    ("query_funnel", "manual_review,26", "manual_review,25", ("Appendix D.1", "manual_review: Reddit")),
    ("cross_loading", "95,35", "95,36", ("Appendix D.2", "same direction: 2")),
    (
        "claims",
        "Benevolence,Security",
        "Benevolence,Hedonism",
        ("Abstract", "three highest values, mean of the models"),
    ),
    ("cross_loading", "154,1.59", "154,1.60", ("Appendix D.2", "same direction: mean")),
    ("reliability", "Tradition,0.76", "Tradition,0.77", ("Appendix F", "alpha of Tradition")),
    ("reliability", "Conformity,0.88", "Conformity,0.86", ("Appendix F", "alpha of Conformity")),
    ("counts", "549", "550", ("Text", "value tags with |rho| >= 0.3 and p < 0.05")),
    ("counts", "item,46", "item,45", ("Text", "mean raters per item")),
]


def test_printed_digits(material, tmp_path):
    """Digits flipped in every table at once: each is found in its own row, and no other row differs."""
    printed = PRINTED.copy()
    for table, old, new, _ in FLIPPED:
        text = (ROOT / printed[table]).read_text()
        assert text.count(old) == 1
        flipped = tmp_path / f"{table}.csv"
        flipped.write_text(text.replace(old, new))
        printed[table] = str(flipped)
    assert differing(material, printed) == {quantity for *_, quantity in FLIPPED}


def untagged_items(material):
    """Items that carry no tag by any of the tables, so that only their own correlations depend on their ratings."""
    tagged = set(material.tags["item_id"])
    for frame in (material.recomputed, material.explained, material.without_repeated):
        tagged |= set(select_items(frame, 0.25, None, "both")["item_id"])
    return material.survey[~material.survey["item_id"].isin(tagged)].drop_duplicates("item_id")


@pytest.mark.parametrize("group", [1, 4])
def test_one_rating(material, participants, group):
    """All correlations of the item, and nothing else, also in the group whose correlations need a second profile."""
    item = untagged_items(material).query("group == @group")["item_id"].iloc[0]
    survey = material.survey.copy()
    place = survey.index[survey["item_id"] == item][0]
    survey.loc[place, "rating"] = 7 - survey.loc[place, "rating"]
    names = material.published.loc[material.published["item_id"] == item, ["family", "dimension"]]
    assert differing(reexamined(material, participants, survey=survey)) == {
        ("archive: correlation_results", f"{measure} of {item} with {family} {dimension}")
        for measure in ("rho", "p")
        for family, dimension in names.itertuples(index=False)
    }


def test_one_answer(material):
    """One rating of one model: its scores with that item, its family's centre, and alpha, but no other model's row."""
    ratings = material.by_published
    model = [name for name, _ in ratings.subjects].index("qwen-max")
    key = select_items(material.explained, 0.3, 0.05)
    item = key.loc[key["dimension"] == "Hedonism", "item_id"].iloc[0]
    values = ratings.values.copy()
    place = (model, 0, ratings.items.index(item))
    values[place] = 7 - values[place]
    changed = Ratings(ratings.subjects, ratings.versions, ratings.items, values)
    found = differing(replace(material, by_published=changed))
    assert ("archive: score_results", "qwen-max: mean of pvq Hedonism") in found
    # The centre of the family moves, so every centred mean of it does.
    assert sum(quantity.startswith("qwen-max: centred_mean of pvq") for _, quantity in found) == 10
    assert all(quantity.startswith("qwen-max: ") or source == "Appendix F" for source, quantity in found)


def test_a_digit_flipped_in_the_workflow_fails_it_and_leaves_the_certificate(paper, archive_path, tmp_path):
    checkout = Path(shutil.copytree(paper, tmp_path / "checkout"))
    printed = checkout / PRINTED["value_scores"]
    printed.write_text(printed.read_text().replace("qwen-max,0.23", "qwen-max,0.32"))
    result = run_snakemake(checkout, archive=archive_path)
    assert result.returncode != 0
    assert "1 published number(s) differ from ours (Table 8, qwen-max: Universalism)" in result.stdout
    assert "Traceback" not in result.stdout
    rows = pd.read_csv(checkout / "results/publication/certificate.csv", low_memory=False)
    differ = rows[rows["status"] == "differs"]
    assert list(differ["quantity"]) == ["qwen-max: Universalism"]
    assert float(differ["published"].iloc[0]) == 0.32
    assert "1 differ." in (checkout / "results/publication/verdict.txt").read_text()
    assert not (checkout / "results/certificate/checked.txt").exists()
    assert (checkout / "results/publication/figures/certificate.png").exists()
