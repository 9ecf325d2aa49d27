"""What becomes of a claim: one verdict each, by the rules that stand here and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass

# A claim holds that holds in so many of the defensible analyses,
MOST_ANALYSES = 0.9
# that chance gives less often than this where it is a test,
LEVEL = 0.05
# and that a model chosen at random shares more likely than not.
MOST_MODELS = 0.5


@dataclass(frozen=True)
class Evidence:
    """What is known of a claim; None where it does not apply or is not known.

    Attributes
    ----------
    holds : in the main analysis; None where it could not be put to the test.
    share_holds : of the defensible analyses. decides_most : the option of the analysis that matters most.
    p : chance of such a finding with nothing behind it, models of one developer taken as one group of draws.
    tested : whether the claim is a test at all, so that a missing p means that nobody can tell.
    share_of_models : mean probability, over models, that what holds on average holds for a model.
    """

    holds: bool | None
    share_holds: float | None = None
    decides_most: str | None = None
    p: float | None = None
    tested: bool = False
    share_of_models: float | None = None


OPTIONS: Mapping[str, str] = {
    "method": "the kind of correlation",
    "threshold": "the threshold of tags",
    "max_p": "the p-limit of tags",
    "polarity": "whether negative items count",
    "repeated_participants": "participants who sit twice",
    "correlations": "whose correlations are taken",
    "parser": "the parser of answers",
    "centring": "the centring of scores",
    "prompt_versions": "the prompt versions",
    "rounding": "the rounding of questionnaire scores",
    "adjustment": "how a rater's mean rating is allowed for",
    "raters": "which raters count as careful",
}


def verdict(found: Evidence) -> str:
    """The verdict in words, as it completes a sentence about the claim."""
    if found.holds is None:
        return "cannot be tested here"
    if not found.holds:
        return "does not hold"
    if found.tested and (found.p is None or found.p >= LEVEL):
        return "cannot be told from chance"
    if found.share_holds is not None and found.share_holds < MOST_ANALYSES:
        option = found.decides_most
        return f"depends on {OPTIONS.get(option, option) if option else 'the analysis'}"
    if found.share_of_models is not None and found.share_of_models <= MOST_MODELS:
        return "holds for the average model only"
    return "holds"
