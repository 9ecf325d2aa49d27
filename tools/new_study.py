"""Write the skeleton of a study of one's own: python tools/new_study.py FOLDER [rated | questionnaire]."""

import csv
import re
import shlex
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
# A folder that a shell, YAML and Snakemake's wildcards take as it stands; it may lie in others.
PART = r"\w([\w .%+@,=-]*\w)?"
NAME = re.compile(f"/?{PART}(/{PART})*")
GROUPS, RATERS = 2, 24
DIMENSIONS = ("Order", "Play")
# Every second item is about the other dimension; a minus marks those that speak against theirs.
ITEMS = {
    "i01": "I write lists for everything.",
    "i02": "I turn chores into games.",
    "i03": "I put things back where they belong.",
    "i04": "I make up silly songs.",
    "-i05": "I lose my keys.",
    "i06": "I like puzzles more than prizes.",
    "i07": "I plan my week on Sundays.",
    "-i08": "I find jokes a waste of time.",
    "i09": "I label my boxes.",
    "-i10": "I never dance.",
}
INSTRUMENT = """\
# What is measured, on which scale, in which words it is asked. All keys: docs/reference.md.
title: {title}

scale:                       # the text of every rating: 2 to 11 whole numbers without a gap
  1: disagree strongly
  2: disagree
  3: neither
  4: agree
  5: agree strongly

score_range: [1, 5]          # lowest and highest score of the raters' own questionnaires

families:                    # dimensions that are centred together; the first family headlines
  outlooks:
    title: Outlooks          # in the plural: it stands in sentences
    dimensions: [Order, Play]

templates:                   # prompts/<prompt version>/<template>.txt, with the fields that each must have
  statement: [content]       # {{content}} is the column response of items.csv; {{text}} and {{title}} are its others

prompt_versions:             # a folder of prompts for each
  plain: {{}}
  plain_reversed: {{wording: plain, order: reversed}}
"""
STUDY = """\
# Laid over config.yaml: what differs from the paper's choices. Run it with
#   {command}
study: tables
study_folder: "{folder}"
instrument: {folder}/instrument.yaml
results_dir: results/{name}

items:
  correlations: {correlations} # {correlations_meaning}
  polarity: both             # negative correlations tag items too, whose ratings are mirrored

prompt_versions: [plain, plain_reversed]

models: {folder}/models.tsv  # simulated for a start; live and recorded ones: docs/your-own-study.md
personas: {folder}/personas.tsv # used where the column conditions of models.tsv names them
claims: {folder}/claims.tsv  # what is put to the test in every defensible analysis; the header alone will do
people: null                 # no groups of people to compare with
"""
MEANINGS = {
    "recomputed": "from survey.csv and participants.csv",
    "given": "by item_key.csv; nobody rated the items",
}
PROMPT = """\
How far do you agree with this statement?

"{{content}}"

Answer with one of these and nothing else:
{options}
"""
PERSONAS = """\
persona\taxis\torder\tgroup\tstatement\tpeople
age_young\tage\t1\tYoung\tYou are 20 years old.\t
age_old\tage\t2\tOld\tYou are 80 years old.\t
"""
CLAIMS = """\
claim\ttext\twhere\tkind\targuments
one_above_other\tModels are higher on {0} than on {1}\tmade up\tabove\t{0}; {1}
"""
OPTIONS = ("disagree strongly", "disagree", "neither", "agree", "agree strongly")


def write_study(folder: Path, rated: bool) -> None:
    """Write the skeleton; ``rated`` with the ratings of made-up people, otherwise with a given key."""
    # Studies of one name in two folders keep their results apart.
    name = "_".join(part for part in folder.parts if part != "/")
    names = {"title": folder.name.replace("_", " "), "folder": folder, "name": name, "command": command_of(folder)}
    correlations = "recomputed" if rated else "given"
    texts = {
        "instrument.yaml": INSTRUMENT.format(**names),
        "study.yaml": STUDY.format(**names, correlations=correlations, correlations_meaning=MEANINGS[correlations]),
        "personas.tsv": PERSONAS,
        "claims.tsv": CLAIMS.format(*DIMENSIONS),
        "models.tsv": models(),
        "prompts/plain/statement.txt": PROMPT.format(options="\n".join(OPTIONS)),
        "prompts/plain_reversed/statement.txt": PROMPT.format(options="\n".join(reversed(OPTIONS))),
    }
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    write_rows(
        folder / "items.csv", [("item_id", "response"), *((key.strip("-"), text) for key, text in ITEMS.items())]
    )
    if rated:
        participants, survey = draw_ratings(np.random.default_rng(1))
        write_rows(folder / "participants.csv", [("participant_id", *DIMENSIONS), *participants])
        write_rows(folder / "survey.csv", [("group", "item_id", "participant_id", "rating"), *survey])
    else:
        key = [
            (item.strip("-"), DIMENSIONS[place % 2], -1 if item.startswith("-") else 1)
            for place, item in enumerate(ITEMS)
        ]
        write_rows(folder / "item_key.csv", [("item_id", "dimension", "polarity"), *key])


def command_of(folder: Path) -> str:
    """What runs the study, as a shell takes it."""
    return f"snakemake --cores 2 --configfile {shlex.quote(str(folder / 'study.yaml'))}"


def models() -> str:
    """Three simulated models, in the columns of the shipped table."""
    header = (ROOT / "config/demo_models.tsv").read_text(encoding="utf-8").splitlines()[0]
    cells = {"answers": "simulated", "provider": "simulated", "family": "Fir", "developer": "Simulated"}
    cells |= {"weights": "open", "reasoning": "no", "conditions": "baseline"}
    rows = ["\t".join(({"model": f"fir-{n}"} | cells).get(name, "") for name in header.split("\t")) for n in (1, 2, 3)]
    return "\n".join([header, *rows]) + "\n"


def draw_ratings(rng: np.random.Generator) -> tuple[list[tuple], list[tuple]]:
    """Rows of participants and of the survey: each group rates its own half of the items."""
    people = rng.uniform(1.5, 4.5, (GROUPS * RATERS, len(DIMENSIONS))).round(2)
    names = [f"P{number:02d}" for number in range(1, len(people) + 1)]
    survey = []
    for place, item in enumerate(ITEMS):
        group = place * GROUPS // len(ITEMS)
        for person in range(group * RATERS, (group + 1) * RATERS):
            lean = people[person, place % 2] - 3
            latent = 3 + (-lean if item.startswith("-") else lean) + rng.normal(0, 0.7)
            survey.append((group + 1, item.strip("-"), names[person], int(np.clip(np.rint(latent), 1, 5))))
    return [(name, *scores) for name, scores in zip(names, people.tolist(), strict=True)], survey


def write_rows(path: Path, rows: list[tuple]) -> None:
    """Write a CSV file as spreadsheets do."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or not sys.argv[1] or sys.argv[2:] not in ([], ["rated"], ["questionnaire"]):
        sys.exit("Say where: make new-study NAME=my_study. KIND is rated, or questionnaire where nobody rates.")
    target = Path(sys.argv[1])
    if not NAME.fullmatch(sys.argv[1]):
        sys.exit(f"{target}: is no name for a study. Take letters, digits and _; other signs only between them.")
    if target.exists():
        sys.exit(f"{target}: is there already. Take another name, or move it away.")
    write_study(target, rated=sys.argv[2:] != ["questionnaire"])
    print(f"{target} is written. Run it: {command_of(target)}")
