"""Every fault of the input ends in one line with file, row and remedy, and costs only what is read from it."""

import json
import re
from pathlib import Path

import pytest
from authors_archive import answer_file
from conftest import SMALL_PAPER_TARGETS, run_snakemake
from value_portrait.paper import raw_files

RAW = "results/small/study/archive"
SURVEY, PEOPLE, ITEMS = (f"{RAW}/{path}" for path in (raw_files.SURVEY, raw_files.PARTICIPANTS, raw_files.ITEMS))
ANSWERS = f"{RAW}/{answer_file('fir-2', 'v2')}"
# What each rule writes that reads raw files.
IMPORTED = {
    Path("results/small/study", name)
    for name in (
        "items.parquet",
        "prompts.parquet",
        "topics.csv",
        "survey.parquet",
        "participants.parquet",
        "data_quality.csv",
        "pilot_survey.parquet",
        "pilot_participants.parquet",
    )
}
READ = {Path("results/small/responses/fir-2/baseline.parquet")}


@pytest.fixture
def small(paper_copy):
    """Run Snakemake on the private copy of the small study."""
    return lambda *arguments: run_snakemake(paper_copy, "--configfile", "small.yaml", *arguments)


def results(checkout):
    """Content of everything that a finished run has made, but for raw files, logs and benchmarks."""
    kept = ("items", "responses", "scores", "personas", "publication", "study")
    return {
        path.relative_to(checkout): path.read_bytes()
        for path in (checkout / "results/small").rglob("*")
        if path.is_file()
        and path.relative_to(checkout / "results/small").parts[0] in kept
        and not path.is_relative_to(checkout / RAW)
    }


def refused(result, *parts):
    """The run failed with a message that has all parts, once, and no traceback of ours."""
    assert result.returncode != 0
    assert "Traceback" not in result.stdout
    lines = [line for line in result.stdout.splitlines() if all(part in line for part in parts)]
    assert len(lines) == 1, result.stdout


def first_option(survey):
    return next(iter(survey[0].values()))[0]


def set_rating(rating):
    def change(survey):
        first_option(survey)["data"][0][0] = rating

    return change


def answer_twice(answers):
    answers.append(answers[0])


def change_file(path, change):
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("path", "change", "parts"),
    [
        (SURVEY, set_rating(7), ("survey.json, group 1, item", "participant P", "the rating 7 is not", "Correct it")),
        (ANSWERS, answer_twice, ("fir-2_v2_results.json, record 25", "a second time", "Keep one")),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_faulty_raw_file_costs_nothing(paper_copy, small, path, change, parts):
    read, imported = (
        "Reading the recorded answers of fir-2 (baseline)",
        "Reading the raw surveys, items and prompt templates",
    )
    job, tables = (read, READ) if path == ANSWERS else (imported, IMPORTED)
    before = results(paper_copy)
    assert tables <= before.keys()
    right = (paper_copy / path).read_text()
    change_file(paper_copy / path, change)
    failed = small("--", *SMALL_PAPER_TARGETS)
    refused(failed, *parts)
    log = Path(paper_copy, re.search(r"^Logfile (.*\.log):", failed.stdout, re.MULTILINE)[1])
    assert parts[-2] in log.read_text()
    # What the reading rule had written is put back; the mended file gives the same again, and nothing else is renewed.
    assert f"Put back {len(tables)} file(s) below results/small" in failed.stdout
    assert results(paper_copy) == before
    (paper_copy / path).write_text(right)
    mended = small("--", *map(str, tables))
    assert mended.returncode == 0, mended.stdout
    assert re.findall(r"^ +0:\d\d +\d+ of \d+  (.*)$", mended.stdout, re.MULTILINE) == [job]
    assert results(paper_copy) == before
    assert "Nothing to be done" in small("-n", "--", *SMALL_PAPER_TARGETS).stdout


def test_what_people_keep_outlives_a_failed_run(paper_copy, small):
    summary, ranks = (
        paper_copy / "results/small" / name for name in ("publication/summary.md", "robustness/ranks.csv")
    )
    before, right = summary.read_bytes(), ranks.read_bytes()
    ranks.write_bytes(right[: len(right) // 2] + b",,,,\0\n")
    target = "results/small/publication/summary.md"
    failed = small("--", target)
    refused(failed, "ranks.csv", "cannot be read")
    # What the summary is made with, too.
    made = 2 + len(list(summary.with_name("tables").iterdir()))
    assert f"Put back {made} file(s) below results/small" in failed.stdout
    assert summary.read_bytes() == before
    # It does not pass for the new run's, whatever the clock says.
    assert "write_tables" in small("-n", "--", target).stdout
    ranks.write_bytes(right)
    mended = small("--", target)
    assert mended.returncode == 0, mended.stdout
    assert summary.read_bytes() == before
    assert summary.stat().st_mtime > 1
    assert not list((paper_copy / ".snakemake/value_portrait/before").glob("*"))


def test_a_prompt_version_that_the_archive_lacks(checkout):
    (checkout / "versions.yaml").write_text("prompt_versions: [v1, v7]\n")
    result = run_snakemake(checkout, "-n", "--configfile", "versions.yaml")
    refused(result, "versions.yaml", "prompt version v7 is none of the instrument's", "Define it")


def test_a_model_without_its_files(checkout):
    models = (checkout / "config/models.tsv").read_text()
    (checkout / "config/models.tsv").write_text(models.replace("\nqwen-max\t", "\nqwen-maxi\t"))
    refused(run_snakemake(checkout, "-n"), "model qwen-maxi", "no files of recorded answers", "config/models.tsv")


def test_models_that_lack_a_prompt_version_do_without_it(checkout):
    sums = checkout / "data/raw/SHA256SUMS"
    lines = [line for line in sums.read_text().splitlines() if not line.endswith("/qwen-max_v3_results.json")]
    sums.write_text("\n".join(lines) + "\n")
    result = run_snakemake(checkout, "-n", "--quiet", "all", "--", "responses")
    assert result.returncode == 0, result.stdout
    assert result.stdout.count("1 recorded model has no answers to prompt version v3;") == 1


def with_own_version(checkout):
    """Define a prompt version v4, and ask for it."""
    instrument = checkout / "config/instruments/value_portrait.yaml"
    instrument.write_text(instrument.read_text().replace("prompt_versions: ", "prompt_versions:\n  v4: {}", 1))
    (checkout / "own.yaml").write_text("prompt_versions: [v1, v4]\nprompts: mine\n")
    return lambda *arguments: run_snakemake(checkout, "-n", "--quiet", "all", "--configfile", "own.yaml", *arguments)


def test_a_prompt_version_of_ones_own(checkout):
    run = with_own_version(checkout)
    refused(run(), "prompt version v4", "has no templates", "Put them into mine/v4")
    (checkout / "mine/v4").mkdir(parents=True)
    (checkout / "mine/v4/reddit.txt").write_text("{title} {text} {content}")
    refused(run(), "mine/v4/sharegpt.txt", "is missing", "Write it")
    (checkout / "mine/v4/sharegpt.txt").write_text("{text} {content}")
    result = run("--", "responses")
    assert result.returncode == 0, result.stdout
    assert "33 recorded models have no answers to prompt version v4;" in result.stdout


def change_row(checkout, old, new):
    path = checkout / "config/models.tsv"
    path.write_text(path.read_text().replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("\nqwen-plus\t", "\nqwen-max\t", ("config/models.tsv, row 23", "'qwen-max' stands in an earlier row too")),
        ("\nclaude-3.7-sonnet\t", "\nclaude-3.7-sonnet_thinking\t", ("config/models.tsv, row 16", "get one file name")),
        ("\topen\t", "\tajar\t", ("config/models.tsv, row", "weights: 'ajar' does not fit", "open or closed")),
        ("reasoning\tconditions", "thinking\tconditions", ("config/models.tsv, row 1", "has other columns")),
    ],
)
def test_a_faulty_table_of_models(checkout, old, new, parts):
    change_row(checkout, old, new)
    refused(run_snakemake(checkout, "-n"), *parts)


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("seed: 42", "seed: 42\ncolour: red", ("config.yaml", "'colour' is no key")),
        ("method: spearman", "methode: spearman", ("config.yaml: items", "'methode' is no key", "method")),
        (
            "threshold: 0.30",
            "threshold: high",
            ("config.yaml: items.threshold", "'high' does not fit. It may be: a correlation"),
        ),
        ("models: config/models.tsv", "models: config/model.tsv", ("config/model.tsv", "is missing", "'models'")),
    ],
)
def test_a_faulty_config(checkout, old, new, parts):
    path = checkout / "config.yaml"
    path.write_text(path.read_text().replace(old, new))
    refused(run_snakemake(checkout, "-n"), *parts)


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        (b"a: [1,\nb: }", ("given.yaml, line 2", "is no YAML", "Correct its indentation")),
        (b"a: \xff", ("given.yaml, line 1", "is no UTF-8 text", "Save the file")),
        (b"__use_yte__: true\na: ?open('ran', 'w').close()", ("given.yaml: is a template that runs code", "Write its")),
        (None, ("given.yaml: is missing", "Correct --configfile")),
    ],
)
def test_a_given_config_is_read_by_us_before_snakemake_reads_it(checkout, content, parts):
    if content is not None:
        (checkout / "given.yaml").write_bytes(content)
    refused(run_snakemake(checkout, "-n", "--configfile", "given.yaml"), *parts)
    assert not (checkout / "ran").exists()


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        (
            "gender_female\t",
            "gender_male\t",
            ("config/personas.tsv, row 3", "'gender_male' stands in an earlier row too"),
        ),
        ("\tage\t2\t", "\tage\t\t", ("config/personas.tsv, row 5", "only some groups of the axis 'age' have an order")),
        ("You are a man.", "", ("config/personas.tsv, row 2", "statement: an empty value", "second person")),
    ],
)
def test_a_faulty_table_of_personas(checkout, old, new, parts):
    path = checkout / "config/personas.tsv"
    path.write_text(path.read_text().replace(old, new, 1))
    refused(run_snakemake(checkout, "-n"), *parts)


@pytest.mark.parametrize(
    ("conditions", "parts"),
    [
        ("baseline;gender", ("config/models.tsv, model qwen-max", "recorded at baseline alone", "responses.exports")),
        ("baseline;mood", ("config/models.tsv, model qwen-max", "recorded at baseline alone", "'mood'")),
        ("gender", ("config/models.tsv, model qwen-max", "lacks the condition baseline", "Add it")),
    ],
)
def test_conditions_that_recorded_answers_do_not_have(checkout, conditions, parts):
    path = checkout / "config/models.tsv"
    rows = [
        row.replace("\tbaseline\t", f"\t{conditions}\t") if row.startswith("qwen-max\t") else row
        for row in path.read_text().splitlines()
    ]
    path.write_text("\n".join(rows) + "\n")
    refused(run_snakemake(checkout, "-n"), *parts)


def test_a_file_in_the_place_of_the_results(checkout):
    (checkout / "results").write_text("mine")
    refused(run_snakemake(checkout, "-n"), "results: is a file where a folder is needed", "results_dir")
    assert (checkout / "results").read_text() == "mine"
