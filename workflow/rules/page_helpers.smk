# Helpers of page.smk: what the page says of models, choices and sources, and what made each file. No rule stands here.
import hashlib
import tomllib

from value_portrait.paper.archive import COMMIT

CITED = {
    "paper": {
        "The study and its data": "Han et al. (2025). Value Portrait. Proceedings of the 63rd Annual Meeting of the Association for Computational Linguistics (ACL 2025), Long Papers. doi:10.18653/v1/2025.acl-long.838. Data: github.com/holi-lab/ValuePortrait, commit {}.".format(
            COMMIT
        )
    }
}
MOST_NAMED = 6


def made_by(path):
    """The rule that makes a file; None for what no rule makes."""
    return next((one for one in workflow.rules if one.is_producer(path)), None)


def summed_up(paths):
    """Paths in words: the first, and how many more there are."""
    named = paths if len(paths) <= MOST_NAMED else [*paths[:MOST_NAMED], f"and {len(paths) - MOST_NAMED:,} more"]
    return "; ".join(named)


def described_files(inputs):
    """Which rule made each table of the page, what it does, and of which files."""
    records = []
    for name, given in inputs.items():
        for path in [given] if isinstance(given, str) else list(given)[:1]:
            maker = made_by(path)
            if maker is None:
                continue
            own = [str(one).removeprefix(f"{HOME}/") for one in maker.input if not callable(one)]
            data = [one for one in own if not one.endswith((".py", ".lock", ".js"))]
            many = "" if isinstance(given, str) or len(given) == 1 else f" and {len(given) - 1} more"
            records.append(
                {
                    "table": name,
                    "file": f"{path}{many}",
                    "rule": maker.name,
                    "does": re.sub(r"{wildcards\.(\w+)}", r"a \1", maker.message or ""),
                    "made_from": summed_up(data),
                }
            )
    return records


def described_sources():
    """Where the data come from, and how they are known to be the same."""
    if CONFIG.study == "paper":
        listed = hashlib.sha256(Path(SUMS).read_bytes()).hexdigest()
        text = f"The authors' archive: {len(ARCHIVE_FILES)} files, each checked by its SHA-256 before anything reads it; the list of these (data/raw/SHA256SUMS) has the SHA-256 {listed}."
    elif SIMULATED:
        text = f"A simulated study, drawn with the seed {CONFIG.seed}: the same seed makes the same study."
    else:
        text = f"The tables of the folder {FOLDER}."
    sources = [{"name": "Study", "text": text}]
    answers = {}
    for row in MODELS.values():
        answers[row.answers] = answers.get(row.answers, 0) + 1
    said = "; ".join(f"{count} {kind}" for kind, count in answers.items())
    return [*sources, {"name": "Answers of models", "text": f"Models by where their answers are from: {said}."}]


def described_method(inputs):
    """What the page says of how it was made."""
    release = tomllib.loads(Path(shipped("pyproject.toml")).read_text())["project"]["version"]
    cite = [{"name": name, "text": text} for name, text in CITED.get(CONFIG.study, {}).items()]
    return {
        "config": CHOICES,
        "shipped": checked(read_config, shipped("config.yaml")),
        "files": described_files(inputs),
        "sources": described_sources(),
        "cite": [*cite, {"name": "The pipeline", "text": f"Value Portrait pipeline, version {release}."}],
        "left_out": LEFT_OUT,
    }


def reported_model(name, row):
    """What the page says of a model itself."""
    about = row.model_dump(include={"model", "family", "developer", "weights", "size_b", "reasoning", "answers"})
    return about | {"slug": name, "conditions": "; ".join(CONDITIONS[name])}
