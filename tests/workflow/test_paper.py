"""The real archive, through the real workflow: what it gives, and what a change makes run again."""

import json
import os
import re
import shutil
from functools import cache
from modulefinder import ModuleFinder
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from conftest import ROOT, run_snakemake
from instruments import VALUE_PORTRAIT
from targets import make_target
from value_portrait.configuration import check_config
from value_portrait.items import coverage
from value_portrait.publication import printed_tables as publication
from value_portrait.responses.conditions import model_conditions, read_personas
from value_portrait.responses.planning import read_questions
from value_portrait.responses.requests import Finding

FAMILIES = ("pvq", "higher_pvq", "bfi")
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())
LIBRARY = "workflow/scripts/value_portrait"


@pytest.fixture(scope="module")
def published(paper) -> pd.DataFrame:
    """The authors' own correlations, read straight from their files."""
    rows = [
        (
            f"{r['portrait_id']}-{r['option_id']}",
            family,
            r[f"{family}_dimension"],
            r["spearman_corr"],
            r["spearman_p_value"],
        )
        for family in FAMILIES
        for r in raw(paper, f"data/correlation_results/{family}_correlation_results.json")
    ]
    return pd.DataFrame(rows, columns=["item_id", "family", "dimension", "rho", "p"])


def raw(checkout, path):
    return json.loads((checkout / "results/study/archive" / path).read_text())


def planned(checkout, *arguments):
    """What a dry run would run: the number of jobs by rule, and the reasons."""
    result = run_snakemake(checkout, "-n", "--quiet", "host", *arguments)
    assert result.returncode == 0, result.stdout
    stats = re.search(r"Job stats:\n.*\n-.*\n((?:\w+ +\d+\n)*)", result.stdout)
    jobs = dict(line.split() for line in stats[1].splitlines()) if stats else {}
    jobs.pop("total", None)
    jobs.pop("all", None)
    return {rule: int(n) for rule, n in jobs.items()}, result.stdout


@pytest.fixture
def restored(paper):
    """Puts files of the finished checkout back as they were."""
    saved = {}

    def edit(path, change):
        file = paper / path
        saved.setdefault(file, (file.read_bytes(), file.stat()))
        file.write_text(change(file.read_text()))

    yield edit
    for file, (content, stat) in saved.items():
        file.write_bytes(content)
        os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def test_a_finished_run_has_nothing_to_do(paper):
    assert planned(paper)[0] == {}


def test_the_tidy_study(paper):
    survey = pd.read_parquet(paper / "results/study/survey.parquet")
    assert (len(survey), survey["item_id"].nunique(), survey["participant_id"].nunique()) == (24_320, 520, 559)
    raters = survey.groupby("item_id").size()
    assert (raters.min(), raters.max()) == (41, 48)
    assert len(pd.read_parquet(paper / "results/study/participants.parquet")) == 569 * 19
    assert len(pd.read_parquet(paper / "results/study/prompts.parquet")) == 6 * 2
    assert len(pd.read_parquet(paper / "results/study/pilot_survey.parquet")) == 2 * 3_400


def test_correlations_equal_the_published_ones_but_for_the_first_group(paper, published):
    ours = pd.read_parquet(paper / "results/items/correlations.parquet")
    both = ours.merge(published, on=["item_id", "family", "dimension"], suffixes=("", "_published"))
    assert len(both) == len(ours) == 9_880
    exact = (both["rho"] - both["rho_published"]).abs() < 1e-12
    assert exact.sum() == 9_282
    assert ((both["p"] - both["p_published"]).abs()[exact] < 1e-12).all()
    survey = pd.read_parquet(paper / "results/study/survey.parquet")
    first = set(survey.loc[survey["group"] == 1, "item_id"])
    assert set(both.loc[~exact, "item_id"]) <= first
    assert both.loc[~exact, "item_id"].str.split("-").str[0].nunique() == 8


def test_the_answers_hold_every_error_and_every_recovered_refusal(paper):
    answers = pd.concat(map(pd.read_parquet, sorted(paper.glob("results/responses/*/baseline.parquet"))))
    assert len(answers) == 33 * 6 * 520
    errors = answers[answers["error"].notna()]
    assert len(errors) == 208
    assert errors["raw_response"].notna().sum() == 166
    assert errors["outcome"].isin(["answered", "refusal", "empty", "content_filter", "error"]).all()


def test_the_published_parser_reads_every_answer_as_the_authors_did(paper):
    ratings = pd.read_parquet(paper / "results/scores/ratings.parquet")
    ours = ratings.set_index(["model", "prompt_version", "item_id"])["published_rating"].to_dict()
    checked = 0
    for path in (paper / "results/study/archive/lm_evaluation/outputs/final").glob("*/*_results.json"):
        model, version = re.fullmatch(r"(.+?)_(v\d(?:_reversed)?)_results\.json", path.name).groups()
        for record in json.loads(path.read_text()):
            rating = ours[model, version, f"{record['portrait_id']}-{record['option_id']}"]
            assert record.get("numeric_response", 0) == (0 if pd.isna(rating) else rating)
            checked += 1
    assert checked == 102_960


def test_models_that_lost_no_item_score_as_published(paper, tmp_path):
    overlay = tmp_path / "published.yaml"
    overlay.write_text("results_dir: results/published\nitems: {correlations: published}\n")
    for stage in ("study", "responses"):
        shutil.copytree(paper / "results" / stage, paper / "results/published" / stage, copy_function=link)
    targets = ("results/published/scores/profiles.csv",)
    result = run_snakemake(paper, "--configfile", str(overlay), "--rerun-triggers", "mtime", "--", *targets)
    assert result.returncode == 0, result.stdout
    key = pd.read_csv(paper / "results/published/items/item_key.csv")
    assert (key["family"] == "pvq").sum() == 284
    ours = pd.read_csv(paper / "results/published/scores/profiles.csv").set_index(["model", "family", "dimension"])
    lost = set()
    for model in ours.index.unique("model"):
        name = f"{model}_averaged_results_0.3_pos_centered_scores.json"
        scores = raw(paper, f"lm_evaluation/score_results/final_results_0.3_pos_centered/{name}")["scores"]
        cells = [(family, d, scores[family][d]) for family in ("pvq", "bfi") for d in scores[family]]
        rows = [ours.loc[(model, family, d)] for family, d, _ in cells]
        if any(row["n_items"] != theirs["n"] for row, (_, _, theirs) in zip(rows, cells, strict=True)):
            lost.add(model)
            continue
        for row, (_, _, theirs) in zip(rows, cells, strict=True):
            assert row["mean"] == pytest.approx(theirs["original_mean"], abs=1e-9)
            assert row["centred_mean"] == pytest.approx(theirs["centered_mean"], abs=1e-9)
            assert row["sd"] == pytest.approx(theirs["std_dev"], abs=1e-9)
    assert lost == {"gemini-2.0-flash-thinking-exp-01-21", "llama-3.1-8b-instruct"}
    shutil.rmtree(paper / "results/published")


def link(source, target):
    Path(target).hardlink_to(source)


def test_a_persona_asks_the_papers_3120_questions_and_no_other_condition_shares_them(paper):
    target = make_target("http://127.0.0.1:1/v1")
    row = target.row.model_copy(update={"conditions": ["baseline", "personas", "gender_male@first_turn"]})
    config = check_config(CONFIG, "config.yaml")
    personas = read_personas(ROOT / "config/personas.tsv", config.people.groups, VALUE_PORTRAIT)
    conditions = model_conditions(row, personas, config.framings, "m.tsv", (), VALUE_PORTRAIT)
    tables = [paper / f"results/study/{name}.parquet" for name in ("items", "prompts")]
    questions = read_questions(*tables, config.prompt_versions, VALUE_PORTRAIT)
    keys = {
        name: {planned.key for planned in questions.plan(target, Finding(), condition.message)}
        for name, condition in conditions.items()
    }
    assert {len(own) for own in keys.values()} == {3_120}
    assert len(set().union(*keys.values())) == (1 + 25 + 1) * 3_120


def test_what_the_items_cover_is_what_the_paper_prints(published, paper):
    tags = publication.two_sided_tags(published, 0.3)
    assert (tags["family"] == "pvq").sum() == 553
    shares = coverage.items_per_dimension(tags, VALUE_PORTRAIT.main).set_index("dimension")["share"]
    assert shares.round(3)[["Universalism", "Security", "Self_Direction"]].tolist() == [0.174, 0.047, 0.134]
    assert np.round(coverage.spread_of_shares(shares), 3).tolist() == [0.042, 3.692]
    distances = coverage.cross_loading_distances(tags, VALUE_PORTRAIT.circle)
    counts = distances.groupby("direction")["n_pairs"].apply(list)
    assert counts["same"] == [95, 35, 16, 8, 0]
    assert counts["opposite"] == [19, 38, 66, 101, 66]
    assert round(coverage.mean_distance(distances, "same"), 2) == 1.59
    assert round(coverage.mean_distance(distances, "opposite"), 2) == 3.54
    topics = pd.read_csv(paper / "results/publication/tables/topics.csv")
    assert topics.iloc[0].tolist() == ["Philosophy and ethics", 53, pytest.approx(51.0, abs=0.05)]


# What the numbers are worth: what rests on the people alone, and what reads the ratings of models.
ON_PEOPLE = {"test_tags", "make_other_keys", "vary_correlations", "place_people"}
ON_ANSWERS = {"assess_profiles", "judge_claims"}


def test_changing_one_models_row_collects_that_model_alone(paper, restored):
    restored("config/models.tsv", lambda text: text.replace("DeepSeek\topen\t671\tyes", "DeepSeek\topen\t670\tyes"))
    jobs, text = planned(paper)
    assert jobs["read_answers"] == 1
    assert "deepseek-r1" in text
    assert jobs["parse_answers"] == jobs["score_models"] == jobs["draw_models"] == 1
    assert not [rule for rule in jobs if "persona" in rule or "people" in rule]
    assert set(jobs) > ON_ANSWERS
    assert not {"verify_archive", "unpack_archive", "import_archive", "correlate_items", *ON_PEOPLE} & set(jobs)


@cache
def modules_of_scripts():
    """What each rule's script imports of the library, found by Python's own module finder."""
    modules = {}
    for script in (ROOT / "workflow/scripts").glob("*/*.py"):
        finder = ModuleFinder(path=[str(ROOT / "workflow/scripts")])
        finder.run_script(str(script))
        modules[script.stem] = set(finder.modules)
    return modules


MODULES = (
    "responses/parsing",
    "scores/profiles",
    "scores/reliability",
    "items/coverage",
    "publication/drawing",
    "robustness/beside_people",
    "personas/steering",
    "robustness/null_keys",
)


def test_touching_modules_runs_nothing(paper):
    for module in MODULES:
        (paper / LIBRARY / f"{module}.py").touch()
    assert planned(paper)[0] == {}


@pytest.fixture(scope="module")
def all_rules(paper):
    return set(planned(paper, "--forceall")[0])


@pytest.mark.parametrize("module", MODULES)
def test_editing_a_module_reruns_exactly_the_rules_that_use_it(paper, restored, all_rules, module):
    path = f"{LIBRARY}/{module}.py"
    restored(path, lambda text: text + "# edited\n")
    jobs, text = planned(paper)
    reasons = [re.search(r"^Reason: .*Updated input files: (.*)$", block, re.MULTILINE) for block in text.split("\n\n")]
    assert any(reason and path in reason[1] for reason in reasons)
    # A job that would run anyway names only its nearest reason, so every user must run, and no other for this cause.
    name = "value_portrait." + module.replace("/", ".")
    rules = {rule for rule, modules in modules_of_scripts().items() if name in modules} & all_rules
    assert rules <= set(jobs)
    assert set(jobs) - rules <= DOWNSTREAM_OF(rules)


def DOWNSTREAM_OF(rules):
    """Every rule that takes, at however many removes, what one of ``rules`` gives; read off the rule graph by hand."""
    takers = {
        "verify_archive": {"unpack_archive"},
        "unpack_archive": {
            "import_archive",
            "read_answers",
            "read_published_correlations",
            "read_published",
            "write_certificate",
        },
        "read_published": {"write_certificate"},
        "read_published_correlations": {"explain_correlations", "read_published", "write_certificate", "judge_claims"},
        "explain_correlations": {"write_certificate"},
        "write_certificate": {"write_report", "check_certificate"},
        "import_archive": {
            "write_report",
            "read_answers",
            "correlate_items",
            "score_models",
            "score_raters",
            "write_tables",
            "draw_items",
            "read_published_correlations",
            "read_published",
            "explain_correlations",
            "write_certificate",
            *ON_PEOPLE,
            *ON_ANSWERS,
        },
        "correlate_items": {"write_report", "select_items", "write_tables", "draw_items", "place_people"},
        "select_items": {
            "write_report",
            "score_models",
            "score_raters",
            "write_tables",
            "draw_items",
            "write_certificate",
            *ON_PEOPLE - {"test_tags", "vary_correlations"},
            *ON_ANSWERS - {"judge_claims"},
        },
        "read_answers": {"write_report", "parse_answers"},
        "parse_answers": {
            "write_report",
            "score_models",
            "write_tables",
            "draw_models",
            "write_certificate",
            *ON_ANSWERS,
        },
        "score_models": {
            "write_report",
            "write_tables",
            "draw_models",
            "write_certificate",
        },
        "score_raters": {"score_models", "assess_profiles"},
        "make_other_keys": {"assess_profiles"},
        "vary_correlations": {"judge_claims"},
        "place_people": {"assess_profiles"},
        "test_tags": {"write_report", "write_tables", "draw_items", "assess_profiles"},
        "assess_profiles": {"write_report", "write_tables", "draw_models"},
        "judge_claims": {"write_report", "write_tables", "draw_models"},
        # The paper's personas are known by printed numbers: nothing that answers go through leads here.
        "read_printed_people": {"estimate_personas", "write_persona_tables", "write_certificate"},
        "estimate_personas": {"write_report", "write_persona_tables", "draw_personas", "write_certificate"},
    }
    found, queue = set(), list(rules)
    while queue:
        new = takers.get(queue.pop(), set()) - found
        found |= new
        queue += new
    return found


def test_a_spoilt_archive_is_refused_and_costs_nothing(paper, archive_path, tmp_path):
    whole = Path(archive_path).read_bytes()
    flipped = bytearray(whole)
    flipped[len(flipped) // 2] ^= 1
    kept = {path: path.stat().st_mtime_ns for path in (paper / "results").rglob("*") if path.is_file()}
    copy = tmp_path / "copy"
    shutil.copytree(paper, copy, copy_function=shutil.copy2, ignore=shutil.ignore_patterns("archive"))
    for content in (bytes(flipped), whole[: len(whole) // 2]):
        spoilt = tmp_path / "spoilt.tar.gz"
        spoilt.write_bytes(content)
        result = run_snakemake(
            copy, "--forcerun", "verify_archive", "--", "results/study/verified_archive.txt", archive=str(spoilt)
        )
        assert result.returncode != 0
        assert len(re.findall(r"ERROR: .*(?:cannot be read to its end|differs from the published)", result.stdout)) == 1
        assert "put it into data/raw/" in result.stdout
        assert "Traceback" not in result.stdout
        for path, time in kept.items():
            name = path.relative_to(paper)
            if "archive" not in name.parts and name.name not in ("verified_archive.txt", "verify_archive.log"):
                assert (copy / name).stat().st_mtime_ns == time


def test_without_any_source_one_error_says_what_was_tried(checkout):
    result = run_snakemake(checkout, "--", "results/study/verified_archive.txt", archive=str(checkout / "gone.tar.gz"))
    assert result.returncode != 0
    assert result.stdout.count("there is no such file") == 1
    assert "Traceback" not in result.stdout


def test_the_page_on_the_method_quotes_the_summary(paper):
    summary = (paper / "results/publication/summary.md").read_text()
    lines = (ROOT / "docs/method.md").read_text().splitlines()
    quoted = [line.removeprefix("> ") for line in lines if line.startswith("> ")]
    assert len(quoted) == 3
    assert [line for line in quoted if line not in summary] == []
