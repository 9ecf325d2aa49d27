"""Draws docs/architecture.svg from the code: the stages with their rules, and which stage reads what of which."""

import re
import subprocess
import sys
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

ROOT = Path(__file__).resolve().parents[1]
STAGES = ("study", "items", "responses", "scores", "personas", "robustness", "publication")
# Where the file of a stage's rules has another name than the stage.
STAGE_OF = {"queries": "responses", "people": "personas"}
STAGE_OF |= dict.fromkeys(("robustness_models", "claims", "plan"), "robustness")
STAGE_OF |= dict.fromkeys(("figures", "certificate", "no_certificate", "page", "publication_models"), "publication")
STAGE_OF["report"] = "publication"
WIDTH, GAP, LINE = 3.3, 1.1, 0.27


def main() -> None:
    """Draw and save."""
    text = stage_texts()
    rules = {stage: re.findall(r"^ *rule (\w+):", text[stage], re.MULTILINE) for stage in STAGES}
    rules = {stage: [name for name in names if name not in STAGES] for stage, names in rules.items()}
    with matplotlib.rc_context({"svg.hashsalt": "value_portrait", "svg.fonttype": "path", "font.size": 8}):
        figure = Figure(figsize=(13, 4.1), layout="constrained")
        axes = figure.subplots()
        places = draw_stages(axes, rules)
        draw_reading(axes, readers(rules), places)
        axes.set_axis_off()
        axes.autoscale_view()
        axes.set_aspect("equal")
        figure.savefig(ROOT / "docs/architecture.svg", metadata={"Date": None})
        if len(sys.argv) > 1:
            figure.savefig(sys.argv[1], dpi=110)


def stage_texts() -> dict[str, str]:
    """The rules of every stage, as text; KeyError for a file with rules of no stage."""
    texts = dict.fromkeys(STAGES, "")
    for path in sorted((ROOT / "workflow/rules").glob("*.smk")):
        text = path.read_text(encoding="utf-8")
        if re.search(r"^ *rule \w+:", text, re.MULTILINE):
            texts[STAGE_OF.get(path.stem, path.stem)] += text + "\n"
    return texts


def draw_stages(axes: Axes, rules: dict[str, list[str]]) -> dict[str, tuple[float, float]]:
    """A box with its rules for every stage, side by side; returns the middle of each box's upper edge."""
    places = {}
    for number, (stage, names) in enumerate(rules.items()):
        left, height = number * (WIDTH + GAP), 0.65 + LINE * len(names)
        box = FancyBboxPatch((left, -height), WIDTH, height, "round,pad=0.06", fc="#eef4fa", ec="#0072B2", lw=1)
        axes.add_patch(box)
        axes.text(left + WIDTH / 2, -0.25, stage, weight="bold", size=10, ha="center", va="center")
        for line, name in enumerate(names):
            axes.text(left + 0.12, -0.62 - LINE * line, name, va="center", size=6.5)
        places[stage] = (left + WIDTH / 2, 0.06)
    axes.set_xlim(-0.3, len(rules) * (WIDTH + GAP))
    axes.set_ylim(-0.85 - LINE * max(map(len, rules.values())), 4.4)
    return places


def readers(rules: dict[str, list[str]]) -> set[tuple[str, str]]:
    """Pairs of stages of which the second reads what the first gives, by Snakemake's graphs of paper and demo."""
    stage_of = {name: stage for stage, names in rules.items() for name in names}
    pairs = set()
    for config in ([], ["--configfile", "config/demo.yaml"]):
        command = [sys.executable, "-m", "snakemake", "--rulegraph", "dot", "--forceall", *config]
        graph = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        name_of = dict(re.findall(r'^\s*(\d+)\s*\[\s*label = "(\w+)"', graph, re.MULTILINE))
        edges = re.findall(r"^\s*(\d+) -> (\d+)", graph, re.MULTILINE)
        pairs |= {(stage_of.get(name_of[one]), stage_of.get(name_of[other])) for one, other in edges}
    return {(one, other) for one, other in pairs if one and other and one != other}


def draw_reading(axes: Axes, pairs: set[tuple[str, str]], places: dict[str, tuple[float, float]]) -> None:
    """An arrow from each stage to every other one that reads what it gives."""
    for one, other in sorted(pairs):
        (x0, y), (x1, _) = places[one], places[other]
        style = {"connectionstyle": "arc3,rad=-0.3", "arrowstyle": "-|>", "mutation_scale": 9}
        axes.add_patch(FancyArrowPatch((x0 + 0.3, y), (x1 - 0.3, y), ec="0.45", fc="0.45", lw=0.9, **style))


if __name__ == "__main__":
    main()
