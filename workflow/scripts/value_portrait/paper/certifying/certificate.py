"""The certificate from beginning to end: all sources compared under all causes, and every cause put to the test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from value_portrait.items import coverage
from value_portrait.items.validation import select_items
from value_portrait.paper.certifying import causes, facts, in_archive, in_print, parsing, unscored
from value_portrait.paper.certifying.alphas import vary_alpha
from value_portrait.paper.certifying.applying import Applied, apply_causes
from value_portrait.paper.certifying.distances import distances, tabulated_distances
from value_portrait.paper.certifying.effects import trace_effects
from value_portrait.paper.certifying.findings import Finding, open_differences, two_routes
from value_portrait.paper.certifying.lost_items import reproduce_scores
from value_portrait.paper.certifying.material import Material, of_models
from value_portrait.paper.certifying.new_data import new_data
from value_portrait.paper.certifying.rows import judge
from value_portrait.paper.certifying.stated import KEPT_PAIR, LOST, MAX_P, THRESHOLD, TWO_PROFILES


@dataclass(frozen=True)
class Certificate:
    """The certificate's rows by source, the findings, and by name the tables behind them."""

    parts: Mapping[str, pd.DataFrame]
    findings: list[Finding]
    tables: Mapping[str, pd.DataFrame]

    @property
    def rows(self) -> pd.DataFrame:
        """All rows."""
        return pd.concat(self.parts.values(), ignore_index=True)


def certify(m: Material, known: Sequence[Finding | None]) -> Certificate:
    """Compare every published number with the one that is expected, and test each cause.

    ``known`` are findings that were made before.
    """
    applied = apply_causes(m)
    parts = compare_sources(m, applied)
    published_key = select_items(m.published, THRESHOLD, MAX_P)
    scenarios = {
        "published": published_key,
        "recomputed": applied.keys[""],
        "without repeated participants": select_items(m.without_repeated, THRESHOLD, MAX_P),
    }
    tables = dict(
        zip(("tag_changes", "profile_changes"), trace_effects(scenarios, "published", m.by_published), strict=True)
    )
    reproduced = reproduce_scores(applied.profiles[LOST], applied.profiles[KEPT_PAIR], m.scores)
    tables |= {
        "switched_pairs": applied.pairs,
        "lost_items": reproduced[reproduced["model"].isin(applied.lost["model"])],
        "alpha_choices": vary_alpha(
            of_models(m.by_published, m.printed["value_scores"].index),
            {"p < 0.05": applied.keys[TWO_PROFILES], "any p": select_items(m.explained, THRESHOLD, None)},
        ),
        "parser_answers": m.read_apart,
        "parser_effects": parsing.parser_effects(m.by_published, m.by_strict, published_key),
        "record_differences": unscored.record_differences(m.records, m.by_published),
    }
    tests = [*known, *examine_causes(m, applied, parts, reproduced), *report(m, tables)]
    found = [finding for finding in tests if finding is not None]
    unproven = [own.name for own in found if not own.holds]
    judged = {name: judge(part, unproven, m.printed["open_differences"]) for name, part in parts.items()}
    is_open = open_differences(list(judged.values()), m.printed["open_differences"])
    return Certificate(judged, [*found, is_open], tables)


def compare_sources(m: Material, applied: Applied) -> dict[str, pd.DataFrame]:
    """The rows of every source, what is printed first."""
    printed, recorded = m.printed, [model for model, _ in m.by_published.subjects]
    table_8 = printed["value_scores"]
    complete = set(m.archived) <= set(recorded)
    n_people = sum(table["participant_id"].nunique() for table in (m.participants, m.pilot_participants))
    correlations = applied.correlations
    return {
        "topics": in_print.topics(printed["topics"], coverage.topic_shares(m.topics)),
        "items_per_value": in_print.items_per_value(printed["items_per_value"], correlations, THRESHOLD),
        "value_scores": in_print.model_scores("Table 8", table_8, applied.values, recorded, m.archived),
        "trait_scores": in_print.model_scores("Table 9", printed["trait_scores"], applied.traits, recorded, m.archived),
        "query_funnel": in_print.query_funnel(printed["query_funnel"], m.item_table),
        "cross_loading": in_print.cross_loading(printed["cross_loading"], correlations, THRESHOLD),
        "reliability": in_print.alphas(printed["reliability"], applied.alphas, set(table_8.index) <= set(recorded)),
        "counts": in_print.counts(printed["counts"], m.survey, n_people, correlations, THRESHOLD, MAX_P),
        "claims": in_print.claims(printed["claims"], list(table_8.index), applied.values, complete),
        "new_data": new_data(printed, m.others, applied.keys[""], m.persona_effects, m.people),
        "order": in_print.order_of_values(table_8, applied.values),
        "correlations": in_archive.correlations(m.published, correlations),
        "tags": in_archive.tags(m.tags, correlations, THRESHOLD),
        "scores": in_archive.score_files(m.scores, applied.profiles, recorded, m.archived),
    }


def examine_causes(
    m: Material, applied: Applied, parts: Mapping[str, pd.DataFrame], reproduced: pd.DataFrame
) -> list[Finding | None]:
    """The causes and conjectures on these data; ``parts`` as by ``compare_sources``."""
    printed, final = m.printed, applied.profiles[LOST]
    everybody = set(m.archived) <= {model for model, _ in m.by_published.subjects}
    return [
        causes.kept_pair(applied.pairs),
        causes.lost_in_averaging(reproduced, applied.lost),
        causes.counted_without_p(printed["items_per_value"], printed["cross_loading"], m.explained),
        causes.trait_scale(parts["trait_scores"], final),
        causes.population_sd(m.scores, final),
        causes.models_of_alpha(printed["reliability"], applied.alphas[TWO_PROFILES], applied.all_alphas)
        if everybody
        else None,
        causes.whole_raters(parts["counts"]),
        causes.third_place(parts["claims"], printed["value_scores"], applied.values[LOST]),
    ]


def report(m: Material, tables: Mapping[str, pd.DataFrame]) -> list[Finding | None]:
    """The checks and facts; ``tables`` are those of the certificate."""
    models = [model for model, _ in m.by_published.subjects]
    return [
        *unscored.records_hold(m.records, tables["record_differences"]),
        *m.on_sources,
        two_routes(
            "distances on the circle",
            "Pairs of appendix D.2",
            {
                "sums over a matrix of signs": distances(m.recomputed, THRESHOLD),
                "the publication's loop over pairs": tabulated_distances(m.recomputed, THRESHOLD),
            },
            0,
        ),
        facts.reach_of_repeated(tables["tag_changes"], tables["profile_changes"]),
        parsing.parsers(m.read_apart, tables["parser_effects"], m.by_published.values.size, len(models)),
        facts.odd_words(m.prompts),
        facts.provider_defaults([model for model in models if model in m.openai]),
    ]
