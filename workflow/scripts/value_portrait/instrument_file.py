"""The file of an instrument: its keys, and what must fit together in it."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from value_portrait.checking import Checked, Label, Name, check, read_yaml

Effect = Annotated[float, Field(ge=-100, le=100)]


class DimensionEntry(Checked):
    """What items measure."""

    title: Label | None = Field(None, description="as people read it; the name with spaces for _ unless given")
    code: Annotated[Label, StringConstraints(max_length=4)] | None = Field(
        None, description="a short name for figures, up to four letters; the first two of the name unless given"
    )
    made_of: list[str] = Field([], description="dimensions of another family that this one sums up")
    opposite: str | None = Field(
        None, description="the dimension of its family that stands against it, and names it in turn"
    )


class FamilyEntry(Checked):
    """Dimensions that are centred together."""

    title: Label = Field(description="as figures, tables and sentences name all of them: a plural")
    dimensions: dict[Label, DimensionEntry] = Field(
        min_length=1, max_length=100, description="names in order, as a list, or with what is to be said of each"
    )
    circle: bool = Field(False, description="true where the order is that around a circle")
    statistic: Literal["centred_mean", "mean"] = Field(
        "centred_mean", description="what its table of scores shows: centred_mean or mean"
    )
    factor: float = Field(1.0, gt=0, le=1_000_000, description="what these are multiplied by there")
    table: Name | None = Field(description="the name of its table of scores, or null; <family>_scores unless given")
    figure: Name | None = Field(description="the name of its own figure, or null; <family>_profiles unless given")

    @field_validator("dimensions", mode="before")
    @classmethod
    def _names_alone(cls, dimensions: Any) -> Any:
        if isinstance(dimensions, list):
            if not all(isinstance(name, str) for name in dimensions) or len(set(dimensions)) < len(dimensions):
                raise ValueError("the names are not all different words")
            return {name: {} for name in dimensions}
        return {name: about or {} for name, about in dimensions.items()} if isinstance(dimensions, dict) else dimensions


class VersionEntry(Checked):
    """One way to put all questions."""

    wording: Name | None = Field(
        None, description="the wording; versions in two orders share one. The version's name unless given"
    )
    order: Literal["original", "reversed"] = Field("original", description="of the options: original or reversed")


class SimulationEntry(Checked):
    """What the simulated study plants beside chance."""

    questions: dict[str, Annotated[int, Field(ge=1, le=1000)]] = Field(
        {}, description="questions of the raters' questionnaire, by dimension"
    )
    links: dict[str, str] = Field({}, description="the dimension that another one goes together with")
    shared_profile: dict[str, Effect] = Field({}, description="what simulated models share, in SD of people")
    acquiescence: dict[str, Effect] = Field(
        {}, description="how much higher people rate everything, in its SD, for an SD of the dimension"
    )


class InstrumentFile(Checked):
    """What is measured, on which scale, and in which wordings it is asked."""

    title: Label = Field(description="the instrument's name")
    scale: dict[int, Annotated[str, StringConstraints(pattern=r"^\S(.*\S)?$", max_length=200)]] = Field(
        min_length=2,
        max_length=11,
        description="the option's text of every rating: 2 to 11 whole numbers without a gap",
    )
    also_read: dict[str, int] = Field({}, description="further words that the published parser takes for a rating")
    score_range: list[Annotated[float, Field(ge=-1_000_000_000, le=1_000_000_000)]] = Field(
        min_length=2, max_length=2, description="lowest and highest score of the raters' own questionnaires"
    )
    families: dict[Name, FamilyEntry] = Field(min_length=1, description="families of dimensions, the main one first")
    templates: dict[Name, list[Literal["title", "text", "content"]]] = Field(
        min_length=1, description="prompt templates with the fields that each must have: title, text, content"
    )
    prompt_versions: dict[Name, VersionEntry] = Field(
        min_length=1, description="prompt versions with wording and order"
    )
    simulation: SimulationEntry = Field(default_factory=lambda: SimulationEntry.model_validate({}))

    @field_validator("score_range", mode="before")
    @classmethod
    def _whole_numbers_are_numbers(cls, ends: Any) -> Any:
        return [float(end) if type(end) is int else end for end in ends] if isinstance(ends, list) else ends

    @field_validator("families", mode="before")
    @classmethod
    def _usual_names(cls, families: Any) -> Any:
        if not isinstance(families, dict):
            return families
        return {
            name: {"table": f"{name}_scores", "figure": f"{name}_profiles"} | own if isinstance(own, dict) else own
            for name, own in families.items()
        }

    @field_validator("prompt_versions", mode="before")
    @classmethod
    def _nothing_to_say(cls, versions: Any) -> Any:
        return {name: about or {} for name, about in versions.items()} if isinstance(versions, dict) else versions

    @model_validator(mode="after")
    def _fits_together(self) -> "InstrumentFile":
        ratings = sorted(self.scale)
        if ratings != list(range(ratings[0], ratings[-1] + 1)):
            raise ValueError("scale: the ratings leave a gap")
        if not -100 <= ratings[0] <= 100:
            raise ValueError("scale: the lowest rating is not within -100 to 100")
        options = [text.lower() for text in self.scale.values()]
        if len(set(options)) < len(options):
            raise ValueError("scale: two ratings have the same text")
        if unknown := set(self.also_read.values()) - set(ratings):
            raise ValueError(f"also_read: {unknown.pop()} is no rating of the scale")
        if self.score_range[0] >= self.score_range[1]:
            raise ValueError("score_range: the lowest score is not below the highest")
        home: dict[str, str] = {}
        for family, own in self.families.items():
            for name in own.dimensions:
                if home.setdefault(name, family) != family:
                    raise ValueError(f"families: '{name}' stands in {home[name]} and in {family}")
        for family, own in self.families.items():
            for name, about in own.dimensions.items():
                for part in about.made_of:
                    if home.get(part) in (None, family) or self.families[home[part]].dimensions[part].made_of:
                        raise ValueError(f"families.{family}.{name}: '{part}' is no simple dimension of another family")
                if (other := about.opposite) is None:
                    continue
                if home.get(other) != family:
                    raise ValueError(f"families.{family}.{name}: the opposite '{other}' is not of the family")
                if other == name or own.dimensions[other].opposite != name:
                    raise ValueError(f"families.{family}.{name}: the opposite of '{other}' is another or none")
        for kind in ("table", "figure"):
            names = [name for own in self.families.values() if (name := getattr(own, kind))]
            if len(set(names)) < len(names):
                raise ValueError(f"families: two have the same {kind}")
        if sum(own.circle for own in self.families.values()) > 1:
            raise ValueError("families: more than one has an order around a circle")
        if any(about.made_of for about in next(iter(self.families.values())).dimensions.values()):
            raise ValueError("families: the first one is made of another")
        for family, own in self.families.items():
            if len({bool(about.made_of) for about in own.dimensions.values()}) > 1:
                raise ValueError(f"families.{family}: only some of its dimensions are made of others")
        simple = {name for own in self.families.values() for name, about in own.dimensions.items() if not about.made_of}
        links = self.simulation.links
        for key in ("questions", "links", "shared_profile", "acquiescence"):
            for name in getattr(self.simulation, key):
                if name not in simple:
                    raise ValueError(f"simulation.{key}: '{name}' is no dimension, or is made of others")
        if strangers := set(links.values()) - simple:
            raise ValueError(f"simulation.links: '{strangers.pop()}' is no dimension, or is made of others")
        for name, other in links.items():
            if name == other or self.families[home[name]].circle:
                raise ValueError(f"simulation.links: '{name}' stands on the circle, or is linked to itself")
        orders = [(about.wording or name, about.order) for name, about in self.prompt_versions.items()]
        if len(set(orders)) < len(orders):
            raise ValueError("prompt_versions: two have the same wording and order")
        return self

    def completed(self) -> dict[str, Any]:
        """The content with everything that follows from names filled in, as ``instrument.as_instrument`` takes it."""
        content = self.model_dump()
        for own in content["families"].values():
            for name, about in own["dimensions"].items():
                about["title"] = about["title"] or name.replace("_", " ")
                about["code"] = about["code"] or name[:2]
        for name, about in content["prompt_versions"].items():
            about["wording"] = about["wording"] or name
        return content


def read_instrument(path: str | Path) -> dict[str, Any]:
    """The checked and completed content of an instrument's file, as ``instrument.as_instrument`` takes it.

    Raises
    ------
    InputError : the file is missing or is no YAML, a key is unknown or missing, or its parts do not fit together.
    """
    content = read_yaml(path, "Correct the key 'instrument' of the config.")
    return check(InstrumentFile, content, str(path)).completed()
