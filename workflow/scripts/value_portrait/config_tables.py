"""The tables that the config names, row by row: models, their families, personas, claims."""

from collections.abc import Container
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from value_portrait.checking import USD, Checked, Date, FileLabel, FileName, Label, Name, each_once, read_rows
from value_portrait.errors import InputError
from value_portrait.files import slug


class Model(Checked):
    """A row of the table of models."""

    model: FileLabel = Field(description="the model's name in tables and figures")
    answers: Literal["recorded", "live", "simulated", "printed"] = Field(
        description="recorded, live, simulated or printed"
    )
    provider: Label = Field(description="who serves or served it")
    model_id: Label | None = Field(description="the provider's id of the model")
    request: Label | None = Field(description="the named set of request parameters")
    family: Label = Field(description="the models that a figure shows together")
    developer: Label = Field(description="who made it")
    weights: Literal["open", "closed"] = Field(description="open or closed")
    size_b: Annotated[float, Field(gt=0, le=1_000_000)] | None = Field(
        description="parameters in billions where public"
    )
    reasoning: Literal["yes", "no"] = Field(description="yes or no")
    conditions: list[
        Annotated[
            str,
            StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]*(@[a-z0-9][a-z0-9_]*)?$"),
            Field(description="a name such as gender, or with a framing gender@first_turn"),
        ]
    ] = Field(
        description="baseline, axes of personas.tsv, personas, steering or single ids, each once, each optionally with "
        "@framing; empty for a printed model"
    )
    batch: Literal["yes", "no"] | None = Field(
        description="yes (a live model is asked through the batch API), no, or empty"
    )
    usd_in: USD | None = Field(description="USD per million tokens asked")
    usd_out: USD | None = Field(description="USD per million tokens answered")
    priced_on: Date | None = Field(description="the date of the prices, YYYY-MM-DD")

    @field_validator("conditions")
    @classmethod
    def _each_once(cls, conditions: list[str]) -> list[str]:
        return each_once(conditions)


class FamilyMark(Checked):
    """A row of the table of model families: how figures mark a family."""

    family: Label = Field(description="the family, as in the table of models")
    colour: str = Field(pattern=r"^#[0-9A-Fa-f]{6}$", description="red, green and blue in hexadecimal, as in #0072B2")
    marker: Literal["o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "*"] = Field(
        description="the shape of its marks: o, s, ^, D, v, P, X, <, >, p or *, as Matplotlib names them"
    )


class Persona(Checked):
    """A row of the table of personas: a persona, or a value that a model can be told to hold."""

    persona: FileName = Field(description="an id of small letters, digits and _, which is a file name, too")
    axis: Name = Field(description="a name of small letters, digits and _: gender, age, ... or steering")
    order: Annotated[int, Field(ge=-1000, le=1000)] | None = Field(
        description="the group's place on an ordered axis, a whole number; empty on any other"
    )
    group: Label = Field(description="the group's label in tables and figures; for steering the value")
    statement: str = Field(pattern=r"\S", description="what the model is told, in the second person")
    people: Label | None = Field(description="the label of the group in the human reference data, or empty")


class Claim(Checked):
    """A row of the table of claims: what is said of the models, and how it is put to the test in every analysis."""

    claim: Name = Field(description="an id of small letters, digits and _")
    text: Label = Field(description="the claim in words")
    where: Label = Field(description="where it stands")
    kind: Literal[
        "highest",
        "lowest",
        "highest_in_most_models",
        "above",
        "group_above",
        "rises_with_size",
        "model_families_differ",
        "condition_above",
    ] = Field(
        description="what is looked at, and its arguments: highest, lowest, highest_in_most_models (the dimensions "
        "that are exactly those), above (two dimensions, higher first), group_above (two groups of models, higher "
        "first, and a score), rises_with_size, model_families_differ (a score) or condition_above (two conditions, "
        "higher first, and a dimension)"
    )
    arguments: list[Annotated[str, StringConstraints(min_length=1, max_length=200)]] = Field(
        min_length=1,
        description="parted by ;. A score is a dimension, or spread (of the main family's dimensions within a model); "
        "a group is a column of the table of models with a setting: weights=open, reasoning=yes, family=..., "
        "developer=..., size_b>=30 or size_b<30",
    )


def read_marks(path: str | Path) -> dict[str, FamilyMark]:
    """The rows of the table of model families, by family.

    Raises
    ------
    InputError : with the row, for a bad cell or a family given twice.
    """
    marks: dict[str, FamilyMark] = {}
    for where, mark in read_rows(path, "families", FamilyMark):
        if mark.family in marks:
            raise InputError(where, f"'{mark.family}' stands in an earlier row too.", "Keep one of them.")
        marks[mark.family] = mark
    return marks


def read_models(path: str | Path, study: str, exported: Container[str] = ()) -> list[Model]:
    """The rows of the table of models; ``responses.conditions.model_conditions`` tells what their conditions stand for.

    Parameters
    ----------
    exported : file names of models whose recorded answers come with an export, not with the study.

    Raises
    ------
    InputError : with the row, for an unknown or missing column, a bad cell, a name or file name given twice, or
        answers that the study does not have; or no model has answers.
    """
    models: list[Model] = []
    slugs: dict[str, str] = {}
    for where, model in read_rows(path, "models", Model):
        name = model.model
        if (other := slugs.get(slug(name), name)) != name:
            raise InputError(where, f"'{name}' and '{other}' get one file name, {slug(name)}.", "Rename one.")
        if slug(name) in slugs:
            raise InputError(where, f"'{name}' stands in an earlier row too.", "Keep one of them.")
        slugs[slug(name)] = name
        has_answers = {"simulated": study != "paper", "recorded": study != "simulated" or slug(name) in exported}
        if not has_answers.get(model.answers, True):
            raise InputError(where, f"answers are {model.answers}, but the study is {study}.", "Change one.")
        models.append(model)
    if all(model.answers == "printed" for model in models):
        remedy = "Add one whose answers are recorded, live or simulated."
        raise InputError(str(path), "has only models that are known by their printed scores.", remedy)
    return models
