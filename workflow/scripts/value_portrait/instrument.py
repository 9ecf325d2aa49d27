"""The instrument: what is measured, on which scale, and in which wordings it is asked.

It is data: a file of ``config/instruments``, which ``instrument_file.read_instrument`` reads and checks.
This module makes one frozen object of its content, which is passed to whatever needs it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Dimension:
    """What items measure: a value, a trait, a foundation, ...

    Attributes
    ----------
    name : as in tables. title : as people read it. code : a short name, for places around a circle.
    made_of : the dimensions of another family that it sums up; empty for a dimension of its own.
    opposite : the dimension of its family that stands against it; None without.
    """

    name: str
    family: str
    title: str
    code: str
    made_of: tuple[str, ...] = ()
    opposite: str | None = None


@dataclass(frozen=True)
class Family:
    """Dimensions that are centred together.

    Attributes
    ----------
    circle : whether the order of the dimensions is that around a circle, neighbours being alike.
    statistic, factor : what its table of scores shows: ``centred_mean`` or ``mean``, times the factor.
    table, figure : the names of its table of scores and of its figure; None for a family that has none.
    """

    name: str
    title: str
    dimensions: tuple[Dimension, ...]
    circle: bool
    statistic: str
    factor: float
    table: str | None
    figure: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its dimensions, in order."""
        return tuple(dimension.name for dimension in self.dimensions)

    @property
    def made_up(self) -> bool:
        """Whether its dimensions sum up those of another family."""
        return any(dimension.made_of for dimension in self.dimensions)


@dataclass(frozen=True)
class PromptVersion:
    """One way to put all questions: a wording, and whether the options stand in reversed order."""

    name: str
    wording: str
    reversed: bool


@dataclass(frozen=True)
class Instrument:
    """What is measured and how it is asked.

    Attributes
    ----------
    options : the text of every rating, from the lowest up, which is ``lowest``.
    also_read : further words that the published parser takes for a rating.
    score_range : lowest and highest score of the raters' own questionnaires.
    templates : for each prompt template the fields that it must have, of ``title``, ``text`` and ``content``.
    simulation : what the simulated study plants beside chance; see ``simulation``.
    """

    title: str
    lowest: int
    options: tuple[str, ...]
    also_read: tuple[tuple[str, int], ...]
    families: tuple[Family, ...]
    score_range: tuple[float, float]
    templates: tuple[tuple[str, tuple[str, ...]], ...]
    prompt_versions: tuple[PromptVersion, ...]
    simulation: Mapping[str, Any] = field(hash=False)

    @property
    def highest(self) -> int:
        """The highest rating."""
        return self.lowest + len(self.options) - 1

    @property
    def span(self) -> int:
        """From the lowest rating to the highest, in scale points."""
        return len(self.options) - 1

    @property
    def mirror(self) -> int:
        """What a rating and its mirror image add up to: a negatively keyed item counts ``mirror - rating``."""
        return self.lowest + self.highest

    @cached_property
    def rating_of(self) -> dict[str, int]:
        """The rating of every option's text, in small letters as answers are compared."""
        return {option.lower(): rating for rating, option in enumerate(self.options, self.lowest)}

    @cached_property
    def dimensions(self) -> tuple[tuple[str, str], ...]:
        """Family and name of every dimension, in the order in which tables and figures show them."""
        return tuple((family.name, name) for family in self.families for name in family.names)

    @property
    def main(self) -> Family:
        """The family that headlines are about: the first."""
        return self.families[0]

    @property
    def circle(self) -> Family | None:
        """The family whose order is that around a circle; None without one."""
        return next((family for family in self.families if family.circle), None)

    @cached_property
    def planted(self) -> tuple[tuple[str, str], ...]:
        """Family and name of every dimension of its own, not made up of others."""
        return tuple((family.name, name) for family in self.families if not family.made_up for name in family.names)

    def family(self, name: str) -> Family:
        """The family of this name."""
        return next(family for family in self.families if family.name == name)

    @cached_property
    def titles(self) -> dict[str, str]:
        """The title of every dimension, by its name."""
        return {dimension.name: dimension.title for family in self.families for dimension in family.dimensions}

    def version(self, name: str) -> PromptVersion:
        """The prompt version of this name."""
        return next(version for version in self.prompt_versions if version.name == name)


def as_instrument(content: Mapping[str, Any]) -> Instrument:
    """The instrument of a content that ``instrument_file.read_instrument`` has checked and completed."""
    families = tuple(
        Family(
            name,
            own["title"],
            tuple(
                Dimension(
                    dimension,
                    name,
                    about["title"],
                    about["code"],
                    tuple(about["made_of"]),
                    about["opposite"],
                )
                for dimension, about in own["dimensions"].items()
            ),
            own["circle"],
            own["statistic"],
            own["factor"],
            own["table"],
            own["figure"],
        )
        for name, own in content["families"].items()
    )
    low, high = content["score_range"]
    return Instrument(
        title=content["title"],
        lowest=min(content["scale"]),
        options=tuple(content["scale"][rating] for rating in sorted(content["scale"])),
        also_read=tuple(content["also_read"].items()),
        families=families,
        score_range=(low, high),
        templates=tuple((name, tuple(fields)) for name, fields in content["templates"].items()),
        prompt_versions=tuple(
            PromptVersion(name, about["wording"], about["order"] == "reversed")
            for name, about in content["prompt_versions"].items()
        ),
        simulation=content["simulation"],
    )


def mid_sentence(family: Family) -> str:
    """The family's title as it stands within a sentence: "Values" loses its capital, "Big Five traits" does not."""
    return family.title.lower() if family.title == family.title.capitalize() else family.title
