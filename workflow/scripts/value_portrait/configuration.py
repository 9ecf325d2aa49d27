"""The config, checked against its types and against itself.

The types are the schema: ``workflow/schemas`` and the reference in ``docs`` are written from them.
"""

import os
import re
from collections.abc import Container, Mapping
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator

from value_portrait.checking import (
    USD,
    Checked,
    Folder,
    Label,
    Where,
    at,
    check,
    check_file_name,
    each_once,
    file_of,
)
from value_portrait.errors import InputError

# What a checkout holds: results among them could take the place of what is not made by a run.
OWN_FOLDERS = ("config", "data", "docs", "envs", "profiles", "tests", "tools", "workflow")

# What a whole run tidies up below its results: folders of that name are no place for another study's.
STAGES = ("items", "scores", "personas", "robustness", "certificate", "comparisons", "publication")

# What only one kind of study has among its results; that of tables says in which folder these lay.
MARKS = {"paper": "study/pilot_survey.parquet", "simulated": "study/truth", "tables": "study/study_folder.txt"}


class Items(Checked):
    """Which items measure what."""

    correlations: Literal["recomputed", "published", "given"] = Field(
        description="recomputed (from the raw surveys), published (the archive's own) or given (a key, without raters)"
    )
    method: Literal["spearman", "pearson"] = Field(description="spearman or pearson")
    threshold: float = Field(ge=0, lt=1, description="a correlation from 0 to below 1, which a tag exceeds")
    max_p: Annotated[float, Field(gt=0, le=1)] | None = Field(description="a p-value that a tag stays below, or null")
    polarity: Literal["positive", "both"] = Field(description="positive, or both (negative correlations tag, too)")
    repeated_participants: Literal["keep", "drop"] = Field(
        description="keep or drop those who sit in more than one survey group"
    )
    panel: Annotated[int, Field(ge=1, le=100_000)] | None = Field(
        description="how many items of each dimension models are asked, or null for all"
    )


class Scoring(Checked):
    """From answers to profiles."""

    parser: Literal["published", "strict"] = Field(
        description="published (the longest option anywhere) or strict (plain answers only)"
    )
    centring: Literal["tagged_items", "all_items", "none"] = Field(description="tagged_items, all_items or none")


class Reliability(Checked):
    """Rows of the matrix from which reliability is estimated."""

    observations: Literal["model_by_version", "model"] = Field(description="model_by_version or model")


class Robustness(Checked):
    """How thoroughly it is worked out what the numbers are worth."""

    resamples: int = Field(
        ge=100, le=1_000_000, description="draws of every resampling and permutation: a whole number, 100 to 1000000"
    )
    universes: int = Field(
        ge=1, le=100_000_000, description="analyses of the multiverse: all, or if there are more, so many of them"
    )


class Plan(Checked):
    """How sure models' scores are to be."""

    standard_error: float = Field(
        gt=0, le=1000, description="scale points: the standard error of a centred mean that a study is to reach"
    )


class Responses(Checked):
    """Where live answers are kept, and what they may cost."""

    store: Folder = Field(description="the folder of the live answers")
    exports: Folder = Field(description="the folder of answers that others collected")
    max_usd: USD = Field(description="USD, 0 or more: all that live answers may cost")


class Report(Checked):
    """What the page holds."""

    texts: Literal["all", "none"] = Field(
        description="all, or none: neither the texts of items nor the words of answers, where others may not have them"
    )


Codes = Annotated[
    list[Annotated[int, Field(ge=-10_000, le=10_000)]],
    Field(min_length=2, max_length=2, description="the lowest and the highest code of the group, as in [20, 39]"),
]
Cuts = Annotated[
    dict[Label, Codes], Field(min_length=2, description="two or more groups, each with its lowest and highest code")
]


class People(Checked):
    """Groups of people that personas are held against."""

    folder: Folder = Field(description="the folder of a file of the European Social Survey")
    edition: Annotated[str, StringConstraints(min_length=1)] | None = Field(
        description='null for any edition, or one in quotes, such as "2.0"'
    )
    groups: dict[Literal["gender", "age", "politics", "education"], Cuts] = Field(
        min_length=1,
        description="by axis (gender, age, politics, education) and group: the lowest and highest code, as [20, 39]",
    )


class Framing(Checked):
    """How a persona's statement reaches a model."""

    role: Literal["system", "user"] = Field(description="system (a system message) or user (before the question)")
    text: str = Field(
        pattern=r"^([^{}]|\{(statement|group)\})*\{statement\}([^{}]|\{(statement|group)\})*$",
        description="a text with the field {statement}; for steering, and only there, also with {group}",
    )


class Simulation(Checked):
    """How hard the simulated study is, and its size."""

    setting: Literal["realistic", "easy"] = Field(
        "realistic",
        description="realistic (effects and noise as in the paper's study) or easy (clear effects)",
    )
    groups: int = Field(ge=1, le=1000, description="survey groups")
    queries_per_group: int = Field(ge=1, le=1000, description="queries that a group rates")
    raters_per_group: int = Field(ge=5, le=100_000, description="raters in a group, at least 5")
    responses_per_query: int = Field(ge=2, le=9, description="responses to a query, 2 to 9")


class Config(Checked):
    """The choices of the analysis."""

    study: Literal["paper", "simulated", "tables"] = Field(description="paper, simulated or tables")
    study_folder: Folder | None = Field(description="the folder of a study of tables, or null")
    instrument: Folder = Field(description="the path of a file that says what is measured and how it is asked")
    results_dir: Folder = Field(description="a folder below this one, apart from those of the checkout")
    seed: int = Field(ge=0, description="a whole number from 0, for everything that is drawn at random")
    items: Items
    prompt_versions: list[str] = Field(
        min_length=1, description="a list of prompt versions of the instrument, each once"
    )
    prompts: Folder | None = Field(description="a folder of prompt templates of one's own, or null")
    scoring: Scoring
    reliability: Reliability
    robustness: Robustness
    plan: Plan
    report: Report
    responses: Responses
    models: Folder = Field(description="the path of a table of models")
    providers: Folder = Field(description="the path of providers.yaml")
    families: Folder = Field(description="the path of a table of colours and markers of model families")
    personas: Folder = Field(description="the path of a table of personas")
    claims: Folder = Field(description="the path of a table of claims")
    people: People | None = Field(description="groups of people, or null for none")
    framings: dict[str, Framing]
    simulation: Simulation | None = None

    @field_validator("results_dir")
    @classmethod
    def _keeps_apart(cls, folder: str) -> str:
        parts = PurePosixPath(folder).parts
        if folder != "/".join(parts) or parts[0].startswith((".", "/")) or ".." in parts:
            raise ValueError(f"'{folder}' is no folder below this one")
        if parts[0].casefold() in OWN_FOLDERS:
            raise ValueError(f"'{folder}' is in a folder of the checkout, where no result may go")
        return folder

    @field_validator("prompt_versions")
    @classmethod
    def _each_once(cls, versions: list[str]) -> list[str]:
        return each_once(versions)

    @field_validator("framings")
    @classmethod
    def _framings_have_names(cls, framings: dict[str, Framing]) -> dict[str, Framing]:
        for needed in ("personas", "steering"):
            if needed not in framings:
                raise ValueError(f"'{needed}' is missing")
        for name in framings:
            if name == "default" or not re.fullmatch(r"[a-z0-9][a-z0-9_]*", name):
                raise ValueError(f"'{name}' is no name of small letters, digits and _ other than default")
            check_file_name(name)
        return framings


def check_config(content: Mapping[str, Any], where: Where) -> Config:
    """The config, checked against its types and against itself; ``where`` it is from, as for ``checking.check``.

    Raises
    ------
    InputError : with the key, what is wrong with it and what it may be.
    """
    config = check(Config, content, where)
    # What two keys do not agree on may be mended in any file.
    name = file_of(where, [])
    if config.study == "simulated" and config.simulation is None:
        raise InputError(name, "study is simulated, but there is no section 'simulation'.", "Add it.")
    if config.study == "tables" and config.study_folder is None:
        raise InputError(f"{name}: study_folder", "is null, but the study is tables.", "Name the folder of its tables.")
    needed = {"published": "paper", "given": "tables"}.get(config.items.correlations, config.study)
    if config.study != needed:
        raise InputError(
            f"{name}: items.correlations",
            f"is '{config.items.correlations}', but the study is {config.study}, not {needed}.",
            "Use 'recomputed'.",
        )
    if config.items.polarity == "both" and config.scoring.centring == "none":
        raise InputError(
            f"{name}: scoring.centring",
            "is 'none', but items.polarity is 'both': a mirrored rating needs a level to be mirrored on.",
            "Centre the ratings, or let only positive correlations tag (positive).",
        )
    return config


def check_versions(versions: list[str], known: Container[str], where: Where, instrument: str) -> None:
    """Raise an InputError for a prompt version that the instrument does not define."""
    for version in versions:
        if version not in known:
            raise InputError(
                at(where, ["prompt_versions"]),
                f"prompt version {version} is none of the instrument's.",
                f"Define it in {instrument}, or remove it here.",
            )


def check_folder(path: str | Path, key: str) -> None:
    """Raise an InputError where ``path`` or a parent of it is there and not a folder."""
    for folder in (Path(path), *Path(path).parents):
        if os.path.lexists(folder) and not folder.is_dir():
            problem = "is a link that leads nowhere" if folder.is_symlink() else "is a file"
            raise InputError(folder, f"{problem} where a folder is needed.", f"Move it away, or change {key}.")


def check_places(config: Config) -> None:
    """Raise an InputError where results would lie among what no run makes, or among another study's."""
    results = _really(config.results_dir)
    own: dict[str, str | None] = {name: name for name in OWN_FOLDERS}
    own |= {"responses.store": config.responses.store, "responses.exports": config.responses.exports}
    own |= {"study_folder": config.study_folder, "prompts": config.prompts}
    own |= {"people.folder": config.people.folder if config.people else None}
    for name, folder in own.items():
        there = _really(folder) if folder else None
        if there and (results == there or results in there.parents or there in results.parents):
            raise InputError(
                f"results_dir {config.results_dir}", f"and {name} ({folder}) lie in one another.", "Keep them apart."
            )
    if taken := [part for part in Path(config.results_dir).parts[1:] if part in STAGES]:
        raise InputError(
            f"results_dir {config.results_dir}",
            f"lies where the results above it keep their {taken[0]}.",
            "Choose another folder.",
        )
    for study, mark in MARKS.items():
        if study != config.study and Path(results, mark).exists():
            raise InputError(
                f"results_dir {config.results_dir}",
                f"holds the results of a study that is {study}, and this one is {config.study}.",
                "Choose another folder, or remove that one.",
            )
    origin = Path(results, MARKS["tables"])
    if config.study_folder and origin.is_file():
        former = origin.read_text(encoding="utf-8", errors="replace")
        # Of two folders one may be gone, moved, or misspelt.
        if all(map(os.path.isdir, (former, config.study_folder))) and _really(former) != _really(config.study_folder):
            raise InputError(
                f"results_dir {config.results_dir}",
                f"holds the results of the study in {former}, and this one is in {config.study_folder}.",
                "Choose another folder, or remove that one.",
            )


def _really(folder: str) -> Path:
    """Where a folder lies; unlike ``Path.resolve`` it does not mind links that go round in a circle."""
    return Path(os.path.realpath(folder))
