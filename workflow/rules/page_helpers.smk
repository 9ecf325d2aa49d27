# Helpers of page.smk: what the page says of models, choices and sources, and what made each file. No rule stands here.
import hashlib

from value_portrait.checking import read_yaml

MOST_NAMED = 6


def made_by(path):
    """The rule that makes a file; None for what no rule makes."""
    return next((one for one in workflow.rules if one.is_producer(path)), None)


def summed_up(paths):
    """Paths in words: the first, and how many more there are."""
    named = paths if len(paths) <= MOST_NAMED else [*paths[:MOST_NAMED], f"and {len(paths) - MOST_NAMED:,} more"]
    return "; ".join(named)


def said_of_all(message):
    """A rule's message, of no file in particular."""
    return re.sub(r"{wildcards\.(\w+)}", r"a \1", re.sub(r" of {(?!wildcards)[^}]*}", "", message))


def described_files(inputs):
    """Which rule made each table of the page, what it does, and which files it reads."""
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
                    "does": said_of_all(maker.message or ""),
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


def described_citation():
    """What is to be cited: the pipeline, and of the paper the study and its data."""
    own = read_yaml(shipped("CITATION.cff"), "Restore it from git.")
    authors = ", ".join(author["name"] for author in own["authors"])
    text = f"{authors}. {own['title']}, version {own['version']} ({own['type']}). Licence: {own['license']}."
    pipeline = {"name": "The pipeline", "text": text}
    if CONFIG.study != "paper":
        return [pipeline]
    study, data = own["references"]
    text = (
        f"{study['authors'][0]['family-names']} et al. ({study['year']}). {study['title']}. "
        f"{study['collection-title']}. doi:{study['doi']}. "
        f"Data: {data['url'].removeprefix('https://')}, commit {data['commit']}."
    )
    return [{"name": "The study and its data", "text": text}, pipeline]


def described_method(inputs):
    """What the page says of how it was made."""
    return {
        "config": CHOICES,
        "shipped": checked(read_config, shipped("config.yaml")),
        "files": described_files(inputs),
        "sources": described_sources(),
        "cite": described_citation(),
        "left_out": LEFT_OUT,
    }


def described_conditions():
    """The conditions beside the baseline: what each is about, and what models are told."""
    every = {name: own for of_model in CONDITIONS.values() for name, own in of_model.items() if own.persona}
    described = []
    for name, own in every.items():
        axis, group = own.persona.axis, own.persona.group
        framing = name.partition("@")[2]
        title = f"{axis}: {MEASURED.titles.get(group, group)}" + (f" ({framing})" if framing else "")
        described.append({"name": name, "title": title, "told": own.message["text"]})
    return described


def reported_model(name, row):
    """What the page says of a model itself."""
    return KNOWN_MODELS[row.model] | {"model": row.model, "slug": name, "conditions": "; ".join(CONDITIONS[name])}
