"""What no recomputation can mend, reported."""

import re
from collections.abc import Sequence

import pandas as pd

from value_portrait.paper.certifying.findings import Finding


def reach_of_repeated(tags: pd.DataFrame, profiles: pd.DataFrame) -> Finding:
    """How far one participant's profile reaches; frames as by ``trace_effects``, against the published correlations."""
    parts = []
    for scenario, own in profiles[profiles["family"] == "pvq"].groupby("scenario", sort=False):
        changed = tags[(tags["scenario"] == scenario) & (tags["family"] == "pvq")]["change"].value_counts()
        largest = own.iloc[own["difference"].abs().argmax()]
        parts.append(
            f"{scenario}: {changed.get('gained', 0)} value tags gained, {changed.get('lost', 0)} lost, largest change "
            f"of a value score {largest['difference']:+.3f} ({largest['model']}, {largest['dimension']})"
        )
    return Finding(
        "reach of one participant",
        "fact",
        "One participant decides over tags of the item key, and so over every model's profile.",
        True,
        "against the published correlations, " + "; ".join(parts),
    )


def odd_words(prompts: pd.DataFrame) -> Finding:
    """Words that all prompt files of a template have but one; ``prompts`` like the table ``prompts``."""
    found = []
    for template, own in prompts.groupby("template", observed=True):
        words = {
            str(version): set(re.findall(r"\S+", text))
            for version, text in zip(own["prompt_version"], own["text"], strict=True)
        }
        for word in sorted(set().union(*words.values())):
            lacking = [version for version, present in words.items() if word not in present]
            if len(lacking) == 1 < len(words) - 1:
                found.append(
                    f'{lacking[0]} of template {template} lacks "{word}", which the other {len(words) - 1} have'
                )
    return Finding(
        "prompt files",
        "fact",
        "One prompt file misses a word that its siblings have, so its answers were given to another wording; no "
        "recomputation can mend that.",
        True,
        "; ".join(found) or "every word stands in all versions, or is missing from several",
    )


def provider_defaults(models: Sequence[str]) -> Finding | None:
    """The recorded ``models`` whose answers came by the client that sent no settings."""
    if not models:
        return None
    which = "1 model has its" if len(models) == 1 else f"{len(models)} models have their"
    return Finding(
        "provider's defaults",
        "fact",
        "The authors' client for OpenAI models, by their code, leaves out temperature, token limit and seed (its "
        "condition for sending them is never met), so these rows were collected at the provider's defaults. The "
        "answers themselves do not show it.",
        True,
        f"{which} answers from that client: {', '.join(models)}",
    )
