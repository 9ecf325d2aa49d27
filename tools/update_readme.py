"""Puts what the last run of the paper found into the README and docs/certificate.md, and draws the README's picture."""

import html
import sys
from pathlib import Path

import matplotlib
import pandas as pd
from matplotlib.figure import Figure

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "workflow/scripts"))

from value_portrait.instrument import as_instrument  # noqa: E402
from value_portrait.instrument_file import read_instrument  # noqa: E402
from value_portrait.publication.drawing import COLOURS, LINES, RULE_GREY, TEXT_GREY, house_style  # noqa: E402
from value_portrait.robustness.groups import holm  # noqa: E402
from value_portrait.robustness.level import LEVEL  # noqa: E402

PICTURE = Path("docs/value_profile.svg")
# The claims that the README names, in their own words; what becomes of them is the run's.
FINDINGS = (
    "Models hold Self-Transcendence above Self-Enhancement",
    "Models emphasise Benevolence, Security and Self-Direction most",
    "The larger a model, the more pronounced its profile",
)
INSTRUMENT = as_instrument(read_instrument(ROOT / "config/instruments/value_portrait.yaml"))


def between_marks(text: str, part: str, content: str) -> str:
    """The text with ``content`` between the marks of a ``part``.

    Raises
    ------
    ValueError : the text has not exactly one of each mark.
    """
    start, end = f"<!-- {part}: start, by make readme -->\n", f"<!-- {part}: end -->\n"
    if text.count(start) != 1 or text.count(end) != 1:
        raise ValueError(f"There must be one line {start.strip()} and one line {end.strip()}.")
    before, _, rest = text.partition(start)
    return f"{before}{start}{content}{end}{rest.partition(end)[2]}"


def mean_profile(results: Path) -> pd.DataFrame:
    """The mean over models of every value, highest first: both 95 % intervals, and what keys from shuffled raters give.

    Columns ``title``, ``score``, ``low`` and ``high`` on these items and ``low_elsewhere`` and ``high_elsewhere`` on
    others like these, ``expected_low``, ``expected_high``, ``beyond`` (p < 0.05 after Holm).
    """
    means = _of_main(results / "robustness/mean_profile.csv")
    here, elsewhere = (means[means["inference"] == name] for name in ("these_items", "items_like_these"))
    by_chance = _of_main(results / "robustness/alternatives.csv")
    by_chance = by_chance.query("statistic == 'mean_profile' and without == 'nothing'")
    by_chance = by_chance.assign(beyond=holm(by_chance["p"]) < LEVEL)
    table = here.join(elsewhere[["low", "high"]].add_suffix("_elsewhere")).join(
        by_chance[["expected_low", "expected_high", "beyond"]]
    )
    return table.assign(title=table.index.map(INSTRUMENT.titles)).sort_values("score", ascending=False)


def _of_main(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path)
    return table[table["family"] == INSTRUMENT.main.name].set_index("dimension")


def describe(profile: pd.DataFrame) -> str:
    """The picture in words, for who does not see it."""
    cells = [
        f"{row['title']} {row['score']:+.2f} [{row['low_elsewhere']:.2f}, {row['high_elsewhere']:.2f}]"
        for row in profile.to_dict("records")
    ]
    beyond = ", ".join(profile.loc[profile["beyond"], "title"]) or "none"
    return (
        f"Mean value profile of {profile['models'].iloc[0]} models in scale points, with 95 % intervals over other "
        f"items like these: {'; '.join(cells)}. Beyond what chance gives: {beyond}."
    )


@house_style()
def draw(profile: pd.DataFrame) -> Figure:
    """A row for every value: what chance gives, the mean, its two intervals."""
    figure = Figure(figsize=(7.1, 0.8 + 0.24 * len(profile)), facecolor="white")
    axes = figure.subplots()
    for place, row in enumerate(profile.to_dict("records")):
        axes.barh(place, row["expected_high"] - row["expected_low"], 0.62, row["expected_low"], color="0.88")
        axes.hlines(place, row["low_elsewhere"], row["high_elsewhere"], color=COLOURS[0], lw=1)
        axes.hlines(place, row["low"], row["high"], color=COLOURS[0], lw=3.4)
        face = COLOURS[0] if row["beyond"] else "white"
        axes.plot(row["score"], place, "o", color=COLOURS[0], markerfacecolor=face, markersize=6.5)
    axes.axvline(0, color=TEXT_GREY, lw=0.8, ls=LINES[0])
    axes.set_yticks(range(len(profile)), profile["title"], size=8)
    axes.invert_yaxis()
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=RULE_GREY)
    names = ", ".join(profile.loc[profile["beyond"], "title"]) or "none"
    axes.set_title(f"Beyond what chance gives: {names}", size=9)
    axes.set_xlabel(
        f"Centred mean rating of {profile['models'].iloc[0]} models (scale points). "
        "Thick: 95 % interval on these very items; thin: on other items like these.\n"
        f"Grey: 95 % of the means by keys from shuffled raters; filled: beyond chance (p < {LEVEL} after Holm).",
        size=7,
    )
    return figure


def findings(results: Path) -> str:
    """The picture, and what becomes of ``FINDINGS``, as Markdown.

    Raises
    ------
    ValueError : the run's page on what its numbers are worth lacks a claim.
    """
    page = (results / "publication/robustness.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page if line.startswith("|")]
    columns = next((row for row in rows if row[0] == "claim"), [])
    claims = {row[0]: dict(zip(columns, row, strict=True)) for row in rows if len(row) == len(columns)}
    lines = [f'<img src="{PICTURE}" width="780" alt="{html.escape(describe(mean_profile(results)))}">\n']
    for number, claim in enumerate(FINDINGS, 1):
        if claim not in claims:
            raise ValueError(f"publication/robustness.md lacks the claim {claim!r}.")
        of = claims[claim]
        worth = [f"{of['this run']} ({of['models']} models)", of["by chance"]]
        if of["by chance"].startswith("p ") and "shuffled" not in of["by chance"]:
            worth[1] += " with the models of one developer together"
        worth += [f"the numbers go this way in {of['analyses']} of the analyses"]
        lines.append(f"{number}. *{claim}* ({of['where']}): {of['verdict']}. {'; '.join(filter(None, worth))}.")
    return "\n".join([*lines, ""])


def verdict(results: Path) -> str:
    """The certificate in four lines, as a Markdown list."""
    lines = (results / "publication/verdict.txt").read_text(encoding="utf-8").splitlines()
    return "".join(f"- {line}\n" for line in lines if line)


def forensics(results: Path) -> str:
    """The certificate as a section, without the part that only who asks models anew needs."""
    whole = (results / "publication/certificate.md").read_text(encoding="utf-8")
    return whole.partition("\n## What the others need")[0].partition("\n")[2].lstrip("\n")


def with_results(root: Path, results: Path) -> dict[Path, str]:
    """The texts of the pages, with what a run found between their marks."""
    readme = between_marks((root / "README.md").read_text(encoding="utf-8"), "findings", findings(results))
    page = (root / "docs/certificate.md").read_text(encoding="utf-8")
    return {
        Path("README.md"): between_marks(readme, "verdict", verdict(results)),
        Path("docs/certificate.md"): between_marks(page, "certificate", forensics(results)),
    }


if __name__ == "__main__":
    if not (ROOT / "results/publication/certificate.md").exists():
        sys.exit("Error: results/publication/certificate.md is missing. Run 'make paper' first.")
    try:
        texts = with_results(ROOT, ROOT / "results")
    except ValueError as problem:
        sys.exit(f"Error: {problem}")
    for path, text in texts.items():
        (ROOT / path).write_text(text, encoding="utf-8")
    profile = mean_profile(ROOT / "results")
    # Letters as outlines, since whoever shows the page may have other fonts.
    with house_style(), matplotlib.rc_context({"svg.fonttype": "path"}):
        draw(profile).savefig(ROOT / PICTURE, metadata={"Date": None, "Description": describe(profile)})
