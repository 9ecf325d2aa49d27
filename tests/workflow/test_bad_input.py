"""Every fault of the input ends in one line that names file, row and remedy, and costs no earlier result."""

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import run_snakemake


def refused(result, *parts):
    """The run failed with a message that has all parts, once, and no traceback of ours."""
    assert result.returncode != 0
    assert "Traceback" not in result.stdout
    lines = [line for line in result.stdout.splitlines() if all(part in line for part in parts)]
    assert len(lines) == 1, result.stdout


def test_a_prompt_version_that_the_archive_lacks(checkout):
    (checkout / "versions.yaml").write_text("prompt_versions: [v1, v7]\n")
    result = run_snakemake(checkout, "-n", "--configfile", "versions.yaml")
    refused(result, "model gpt-4o-2024-05-13", "prompt version v7", "prompt_versions")


def test_a_model_without_its_files(checkout):
    models = (checkout / "config/models.tsv").read_text()
    (checkout / "config/models.tsv").write_text(models.replace("\nqwen-max\t", "\nqwen-maxi\t"))
    refused(run_snakemake(checkout, "-n"), "model qwen-maxi", "no files of recorded answers", "config/models.tsv")


def test_a_model_that_lacks_one_prompt_version(checkout):
    sums = checkout / "data/raw/SHA256SUMS"
    lines = [line for line in sums.read_text().splitlines() if not line.endswith("/qwen-max_v3_results.json")]
    sums.write_text("\n".join(lines) + "\n")
    refused(run_snakemake(checkout, "-n"), "model qwen-max", "prompt version v3", "Correct")


def change_row(checkout, old, new):
    path = checkout / "config/models.tsv"
    path.write_text(path.read_text().replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("\nqwen-plus\t", "\nqwen-max\t", ("config/models.tsv, row 23", "'qwen-max' stands in an earlier row too")),
        ("\nclaude-3.7-sonnet\t", "\nclaude-3.7-sonnet_thinking\t", ("config/models.tsv, row 16", "get one file name")),
        ("\topen\t", "\tajar\t", ("config/models.tsv, row", "weights: 'ajar' is not one of", "open or closed")),
        ("reasoning\tconditions", "thinking\tconditions", ("config/models.tsv, row 1", "has other columns")),
    ],
)
def test_a_faulty_table_of_models(checkout, old, new, parts):
    change_row(checkout, old, new)
    refused(run_snakemake(checkout, "-n"), *parts)


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("seed: 42", "seed: 42\ncolour: red", ("config.yaml", "'colour' was unexpected")),
        ("method: spearman", "methode: spearman", ("config.yaml: items", "'methode' was unexpected")),
        ("threshold: 0.30", "threshold: high", ("config.yaml: items.threshold", "'high' is not of type 'number'")),
        ("models: config/models.tsv", "models: config/model.tsv", ("config/model.tsv", "is missing", "'models'")),
    ],
)
def test_a_faulty_config(checkout, old, new, parts):
    path = checkout / "config.yaml"
    path.write_text(path.read_text().replace(old, new))
    refused(run_snakemake(checkout, "-n"), *parts)


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        (
            "gender_female\t",
            "gender_male\t",
            ("config/personas.tsv, row 3", "'gender_male' stands in an earlier row too"),
        ),
        ("\tage\t2\t", "\tage\t\t", ("config/personas.tsv, row 5", "only some groups of the axis 'age' have an order")),
        ("You are a man.", "", ("config/personas.tsv, row 2", "statement: an empty cell", "second person")),
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


def test_the_refusal_names_the_log(demo_copy, small):
    survey = demo_copy / "results/small/study/survey.parquet"
    pq.write_table(pq.read_table(survey).drop_columns(["rating"]), survey)
    result = small()
    log = Path(demo_copy, re.search(r"^Logfile (.*\.log):", result.stdout, re.MULTILINE)[1])
    assert "lacks the column(s) rating" in log.read_text()
