"""The certificate of the real archive: what it says."""

import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from certifying import gather_material
from conftest import ROOT, more_digits_than, run_snakemake
from instruments import VALUE_PORTRAIT
from typeset import faults, needs_tex
from value_portrait.paper.certifying.certificate import certify
from value_portrait.paper.certifying.printed import PRINTED
from value_portrait.paper.certifying.stated import CAUSES
from value_portrait.publication.printed_tables import family_scores

sys.path.append(str(ROOT / "tools"))
import update_readme

VALUES_AND_TRAITS = 19


@pytest.fixture(scope="module")
def material(paper):
    return gather_material(paper / "results")


@pytest.fixture(scope="module")
def certificate(paper) -> pd.DataFrame:
    return pd.read_csv(paper / "results/publication/certificate.csv", low_memory=False)


def test_nothing_differs_and_three_are_open(paper, certificate):
    assert certificate["status"].value_counts().to_dict() == {
        "match": 20_893,
        "explained": 3_004,
        "conjectured": 3,
        "unexplained": 3,
        "not in the archive": 116,
        "needs microdata": 132,
        "needs live answers": 596,
    }
    still_open = certificate.loc[certificate["status"] == "unexplained", "quantity"]
    assert list(still_open) == ["alpha of Universalism", "alpha of Conformity", "participants"]
    conjectured = certificate.loc[certificate["status"] == "conjectured", ["source", "cause"]]
    assert list(conjectured.itertuples(index=False, name=None)) == [
        ("Appendix F", "27 models of Table 8; participant in two groups"),
        ("Text", "cut to whole raters"),
        ("Abstract", "33 models of the archive"),
    ]
    findings = pd.read_csv(paper / "results/certificate/findings.csv", index_col="name")
    assert findings["holds"].all()
    evidence = findings["evidence"]
    assert evidence["recorded prompts"] == "102,960 prompts"
    assert evidence["stated ratings"] == "102,752 ratings equal, 208 missing on both sides"
    assert evidence["texts of the items"] == "520 items"
    assert "any other rater of the group makes at most 219 exact" in evidence["participant in two groups"]


def test_the_headline_counts_numbers_in_print_before_files(paper):
    verdict = (paper / "results/publication/verdict.txt").read_text().splitlines()
    assert verdict[:2] == [
        "1,248 numbers in print, 480 of them compared: 261 match, 213 explained, 3 conjectured, 3 open, 0 differ. "
        "Not to be compared: 40 not in the archive, 132 need microdata, 596 need live answers.",
        "13,565 comparisons with the archive's files, 13,489 of them compared: 11,304 match, 2,185 explained, "
        "0 conjectured, 0 open, 0 differ. Not to be compared: 76 not in the archive.",
    ]
    assert len(verdict) == 4


def test_what_the_paper_prints_stands_first_and_is_spelt_as_people_do(paper, certificate):
    assert certificate["source"].iloc[0] == "Table 4"
    assert certificate["source"].str.startswith("archive: ").is_monotonic_increasing
    words = (paper / "results/publication/certificate.md").read_text() + certificate.to_csv()
    assert "Self-Direction" in words
    titles = VALUE_PORTRAIT.titles | {family.name: family.title for family in VALUE_PORTRAIT.families}
    assert not [name for name, title in titles.items() if name != title and name in words]
    # In the paper's table as in ours of that name.
    for table, column in (("items_per_value", "dimension"), ("items_per_value_beside_print", "column")):
        rows = pd.read_csv(paper / f"results/publication/tables/{table}.csv")[column]
        assert rows.tolist()[-2:] == ["SD", "imbalance ratio"]


def test_what_people_open_has_four_digits_but_for_the_certificate(paper):
    tables = {path.name: path for path in (paper / "results/publication").rglob("*.csv")}
    assert {name for name, path in tables.items() if more_digits_than(4, path)} == {"certificate.csv"}
    # Of what is rounded there, figures, page and summary take the whole; the two rhos are in the summary.
    in_full = {path.name: path for path in (paper / "results/comparisons").glob("*.csv")}
    assert all(more_digits_than(4, path) for path in in_full.values())
    assert set(in_full) - set(tables) == {"spread_by_size.csv"}


@needs_tex
def test_tex_sets_every_table_of_the_paper(paper, tmp_path):
    tables = sorted((paper / "results/publication/tables").glob("*.tex"))
    assert len(tables) == 6 * 2 + 11
    assert faults(tables, tmp_path / "tex") == {}


def test_every_cause_says_what_it_adds(certificate):
    """Ours and what the causes add is what is expected, wherever it is a number."""
    own = certificate[certificate["source"].isin(["Table 8", "Table 9", "archive: score_results"])]
    own = own[own["status"].isin(["match", "explained"])]
    added = own[list(CAUSES["Table 8"])].astype(float).sum(axis=1)
    np.testing.assert_allclose(own["ours"].astype(float) + added, own["ours_with_causes"].astype(float), atol=1e-12)
    named = own["cause"].fillna("").str.split("; ")
    assert all(
        row[cause] != 0 for (_, row), causes in zip(own.iterrows(), named, strict=True) for cause in causes if cause
    )


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
        records=material.records[material.records["model"].isin(chosen)],
    )
    made = certify(few, [])
    assert all(finding.holds for finding in made.findings)
    statuses = made.rows.groupby("source")["status"].agg(set)
    assert not any("differs" in found for found in statuses)
    assert statuses["Appendix F"] == statuses["Abstract"] == {"not in this run"}
    assert made.rows["status"].value_counts()["explained"] > 1_000


def test_without_people_it_says_the_same_of_all_that_the_paper_prints(material, paper):
    """Printed people are no numbers of ours, so the run that leaves people out compares as many."""
    bare = gather_material(paper / "results", "people")
    assert bare.people.empty
    pd.testing.assert_frame_equal(certify(bare, []).rows, certify(material, []).rows)


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
    titles = VALUE_PORTRAIT.titles
    families = {family.name: family.title for family in VALUE_PORTRAIT.families}
    profiles = pd.read_csv(paper / "results/scores/profiles.csv")
    for table, source in (("value_scores", "Table 8"), ("trait_scores", "Table 9")):
        rows = certificate[certificate["source"] == source]
        family = next(family for family in VALUE_PORTRAIT.families if family.table == table)
        wide = family_scores(profiles, family).set_index("model").rename(columns=titles)
        names = rows["quantity"].str.rsplit(": ", n=1)
        own = [wide.at[model, dimension] for model, dimension in names]
        np.testing.assert_allclose(rows["ours"].astype(float), own, atol=1e-12)
        # The table for people has the same in four digits.
        for_people = pd.read_csv(paper / f"results/publication/tables/{table}.csv", index_col="model")
        assert list(for_people) == list(wide)
        np.testing.assert_allclose(for_people.loc[wide.index], wide, rtol=5.001e-4)
    alphas = pd.read_csv(paper / "results/scores/reliability.csv").query(
        "source == 'models' and family == 'pvq' and coefficient == 'alpha'"
    )
    for alpha in alphas.itertuples():
        assert float(ours[f"alpha of {titles[alpha.dimension]}"]) == pytest.approx(alpha.estimate, abs=1e-12)
    for row in profiles.sample(200, random_state=0).itertuples():
        assert float(ours[f"{row.model}: SD of {families[row.family]} {titles[row.dimension]}"]) == pytest.approx(
            row.sd, abs=1e-12
        )


def test_the_readme_and_the_page_on_the_certificate_say_what_the_run_says(paper):
    for path, text in update_readme.with_results(ROOT, paper / "results").items():
        assert (ROOT / path).read_text() == text, "run 'make paper readme'"


def test_the_picture_in_the_readme_was_drawn_from_these_numbers(paper):
    said = update_readme.describe(update_readme.mean_profile(paper / "results"))
    picture = ElementTree.parse(ROOT / update_readme.PICTURE)
    assert [element.text for element in picture.iter("{http://purl.org/dc/elements/1.1/}description")] == [said]
    assert (ROOT / update_readme.PICTURE).stat().st_size < 150_000


def test_every_result_that_the_readme_names_is_there(paper):
    table = (ROOT / "README.md").read_text().partition("## What comes out")[2].partition("\n## ")[0]
    named = re.findall(r"`([a-z_*]+/[^`]*)`", "".join(line.split("|")[1] for line in table.splitlines() if "|" in line))
    assert len(named) >= 8
    if not (ROOT / "workflow/scripts/publication/write_report.py").exists():
        named.remove("publication/report.html")
    for name in named:
        assert list((paper / "results").glob(name)), name


def test_a_digit_flipped_in_the_workflow_fails_it_and_leaves_the_certificate(paper, archive_path, tmp_path):
    checkout = Path(shutil.copytree(paper, tmp_path / "checkout"))
    printed = checkout / PRINTED["value_scores"].file
    printed.write_text(printed.read_text().replace("qwen-max,0.23", "qwen-max,0.32"))
    result = run_snakemake(checkout, archive=archive_path)
    assert result.returncode != 0
    assert "1 published number(s) differ from ours (Table 8, qwen-max: Universalism)" in result.stdout
    assert "Traceback" not in result.stdout
    rows = pd.read_csv(checkout / "results/publication/certificate.csv", low_memory=False)
    differ = rows[rows["status"] == "differs"]
    assert list(differ["quantity"]) == ["qwen-max: Universalism"]
    assert float(differ["published"].iloc[0]) == 0.32
    assert "3 open, 1 differ." in (checkout / "results/publication/verdict.txt").read_text()
    assert not (checkout / "results/certificate/checked.txt").exists()
    assert (checkout / "results/publication/figures/certificate.png").exists()
    # What is no number of its table is refused upstream, and destroys nothing.
    kept = (checkout / "results/publication/certificate.csv").read_bytes()
    printed.write_text(printed.read_text().replace("qwen-max,0.32", "qwen-max,0.3"))
    result = run_snakemake(checkout, archive=archive_path)
    assert result.returncode != 0
    assert "has '0.3' for Universalism, no number of 2 digits" in result.stdout
    assert "Traceback" not in result.stdout
    assert (checkout / "results/publication/certificate.csv").read_bytes() == kept
