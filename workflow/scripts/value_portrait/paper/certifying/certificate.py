"""The certificate from beginning to end: all sources compared under all causes, and every cause put to the test."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from value_portrait.items import coverage
from value_portrait.items.validation import select_items
from value_portrait.paper.certifying import findings as shown
from value_portrait.paper.certifying import sources
from value_portrait.paper.certifying.alphas import vary_alpha
from value_portrait.paper.certifying.effects import trace_effects
from value_portrait.paper.certifying.findings import READ_BY_PARSERS, Finding, parser_answers
from value_portrait.paper.certifying.lost_items import (
    lost_items,
    read_untagged_records,
    reproduce_scores,
    without_lost_items,
)
from value_portrait.paper.certifying.paper import (
    CENTRING,
    KEPT_PAIR,
    LOST,
    MAX_P,
    OF_TABLE_8,
    THRESHOLD,
    TWO_PROFILES,
    VERSIONS,
)
from value_portrait.paper.certifying.printed import read_printed
from value_portrait.paper.certifying.published_scores import read_published_scores
from value_portrait.paper.certifying.published_tags import read_published_tags
from value_portrait.paper.certifying.rows import judge
from value_portrait.paper.certifying.switched_pairs import add_pairs, judge_pairs, pairs_beyond_p
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.paper.raw_files import PUBLISHED_TAGS
from value_portrait.publication import findings as publication
from value_portrait.scores.profiles import profile_models
from value_portrait.scores.ratings import Ratings, read_ratings
from value_portrait.tables import read_parts, read_table, schemas


@dataclass(frozen=True)
class Material:
    """What is compared.

    Attributes
    ----------
    survey, item_table, prompts, topics : tables of those names.
    n_people : participants in the archive, pilots included.
    published, recomputed, explained, without_repeated : tables ``correlations``: the archive's; from the raw surveys;
        those with the second profiles of participants in two groups; and those without these participants.
    tags : the archive's tags: item_id, family, dimension and rho.
    scores : the archive's score files, as by ``read_published_scores``.
    by_published, by_strict : ratings of the recorded models' baseline, one subject for each model, by either parser.
    read_apart : their answers that the parsers read differently, as by ``parser_answers``.
    others : ratings of the other models of Table 12 at baseline, asked in this run.
    persona_effects, people : tables of those names; no people where the config wants none.
    untagged : records without tags, as by ``read_untagged_records``.
    openai : models that were asked by the authors' client for OpenAI.
    archived : models whose answers the archive holds.
    """

    survey: pd.DataFrame
    item_table: pd.DataFrame
    prompts: pd.DataFrame
    topics: pd.DataFrame
    n_people: int
    published: pd.DataFrame
    recomputed: pd.DataFrame
    explained: pd.DataFrame
    without_repeated: pd.DataFrame
    tags: pd.DataFrame
    scores: pd.DataFrame
    by_published: Ratings
    by_strict: Ratings
    read_apart: pd.DataFrame
    others: Ratings
    persona_effects: pd.DataFrame
    people: pd.DataFrame
    untagged: pd.DataFrame
    openai: Sequence[str]
    archived: Sequence[str]


@dataclass(frozen=True)
class Certificate:
    """The certificate's rows, the findings, and by name the tables behind them, each as its function describes it."""

    rows: pd.DataFrame
    findings: list[Finding]
    tables: Mapping[str, pd.DataFrame]


def gather(
    tables: Mapping[str, str],
    archive: Path,
    first_answers: Mapping[str, str],
    archived: Mapping[str, str],
    printed: Mapping[str, str],
) -> Material:
    """Read the material.

    Parameters
    ----------
    tables : path of each table, by its name among the rule's inputs; a config without groups has no table ``people``.
    archive : folder of the verified archive.
    first_answers : for each recorded model its file of answers to the first prompt version.
    archived : the same for each model whose answers the archive holds, recorded in this run or not.
    printed : path of every printed table, by the names of ``PRINTED``.
    """
    study = ("survey", "item_table", "prompts", "topics")
    frames = {
        name: read_table(tables[name], name.replace("item_table", "items"), VALUE_PORTRAIT).to_pandas()
        for name in study
    }
    frames |= {
        name: read_table(tables[name], "correlations", VALUE_PORTRAIT).to_pandas()
        for name in ("published", "recomputed", "explained", "without_repeated")
    }
    archived_people = [
        read_table(tables[name], "participants", VALUE_PORTRAIT, columns=["participant_id"])
        for name in ("participants", "pilot_participants")
    ]
    ids = list(frames["item_table"]["item_id"])
    everyone, strictly = (
        read_ratings(tables["ratings"], f"{parser}_rating", VERSIONS, ids, VALUE_PORTRAIT).under("baseline")
        for parser in ("published", "strict")
    )
    by_published, by_strict = _of(everyone, first_answers), _of(strictly, first_answers)
    asked_anew = set(read_printed(printed["open_weight_scores"], "model").index) - first_answers.keys()
    subjects = zip(by_published.subjects, by_published.rated, strict=True)
    unanswered = [model for (model, _), rated in subjects if not rated[0].all()]
    stored = read_parts(tables["ratings"], "ratings", VALUE_PORTRAIT, READ_BY_PARSERS)
    read_apart = pd.concat(map(parser_answers, stored))
    recorded = read_apart["model"].isin(first_answers) & (read_apart["condition"] == "baseline")
    people = pd.DataFrame(columns=list(schemas(VALUE_PORTRAIT)["people"].columns))
    if "people" in tables:
        people = read_table(tables["people"], "people", VALUE_PORTRAIT).to_pandas()
    return Material(
        **frames,
        n_people=sum(len(table["participant_id"].unique()) for table in archived_people),
        tags=read_published_tags(Path(archive, PUBLISHED_TAGS)).to_pandas(),
        scores=read_published_scores(archive).to_pandas(),
        read_apart=read_apart[recorded].reset_index(drop=True),
        by_published=by_published,
        by_strict=by_strict,
        others=_of(everyone, asked_anew),
        persona_effects=read_table(tables["persona_effects"], "persona_effects", VALUE_PORTRAIT).to_pandas(),
        people=people,
        # An answer file is large, and only one with an error among its answers can hold records without tags.
        untagged=read_untagged_records({model: first_answers[model] for model in unanswered}),
        openai=sorted(model for model, path in archived.items() if "/openai/" in path),
        archived=list(archived),
    )


def _of(ratings: Ratings, models: Container[str]) -> Ratings:
    return ratings.take([place for place, (model, _) in enumerate(ratings.subjects) if model in models])


def _values_of(ratings: Ratings, key: pd.DataFrame) -> pd.DataFrame:
    """Value scores, one row for each model and value; none without models."""
    if not ratings.subjects:
        return pd.DataFrame()
    return profile_models(ratings, key, CENTRING, VALUE_PORTRAIT).query("family == 'pvq'")


def certify(material: Material, printed: Mapping[str, str], known: Sequence[Finding | None]) -> Certificate:
    """Compare every published number, apply the causes one after the other, and test each cause.

    Parameters
    ----------
    printed : path of every printed table, by the names of ``PRINTED``.
    known : findings that were made before.
    """
    m = material
    ratings, recorded = m.by_published, [model for model, _ in m.by_published.subjects]
    table_8 = read_printed(printed["value_scores"], "model").astype(float)
    of_table_8 = _of(ratings, set(table_8.index))
    correlations = {"": m.recomputed, TWO_PROFILES: m.explained}
    keys = {cause: select_items(frame, THRESHOLD, MAX_P) for cause, frame in correlations.items()}
    pairs = judge_pairs(pairs_beyond_p(m.explained, THRESHOLD, MAX_P), ratings, keys[TWO_PROFILES], m.scores)
    keys[KEPT_PAIR] = add_pairs(keys[TWO_PROFILES], pairs[pairs["contained"].fillna(False)])
    lost = lost_items(m.untagged, ratings, keys[KEPT_PAIR])
    reproduced = reproduce_scores(ratings, keys[KEPT_PAIR], lost, m.scores, CENTRING)
    profiles = {cause: profile_models(ratings, key, CENTRING, VALUE_PORTRAIT) for cause, key in keys.items()}
    profiles[LOST] = profile_models(without_lost_items(ratings, lost), keys[KEPT_PAIR], CENTRING, VALUE_PORTRAIT)
    values = {
        cause: publication.family_scores(frame, VALUE_PORTRAIT.family("pvq")) for cause, frame in profiles.items()
    }
    traits = {
        cause: publication.family_scores(frame, VALUE_PORTRAIT.family("bfi")) for cause, frame in profiles.items()
    }
    alphas = {
        (cause, who): shown.alphas_by_formula(block.observations("model_by_version"), ratings.items, keys[cause])["pvq"]
        for cause in ("", TWO_PROFILES)
        for who, block in (("all", ratings), (OF_TABLE_8, of_table_8))
    }
    alpha_steps = {
        "": alphas["", "all"],
        OF_TABLE_8: alphas["", OF_TABLE_8],
        TWO_PROFILES: alphas[TWO_PROFILES, OF_TABLE_8],
    }
    all_of_table_8 = len(of_table_8.subjects) == len(table_8)
    complete = set(m.archived) <= set(recorded)
    parts = {
        "correlations": sources.correlations(m.published, correlations),
        "tags": sources.tags(m.tags, correlations, THRESHOLD),
        "scores": sources.score_files(m.scores, profiles, recorded, m.archived),
        "topics": sources.topics(printed["topics"], coverage.topic_shares(m.topics)),
        "items_per_value": sources.items_per_value(printed["items_per_value"], correlations, THRESHOLD),
        "value_scores": sources.model_scores("Table 8", printed["value_scores"], values, recorded),
        "order": sources.order_of_values(printed["value_scores"], values),
        "trait_scores": sources.model_scores("Table 9", printed["trait_scores"], traits, recorded),
        "query_funnel": sources.query_funnel(printed["query_funnel"], m.item_table),
        "cross_loading": sources.cross_loading(printed["cross_loading"], correlations, THRESHOLD),
        "reliability": sources.alphas(printed["reliability"], alpha_steps, all_of_table_8),
        "counts": sources.counts(printed["counts"], m.survey, m.n_people, correlations, THRESHOLD, MAX_P),
        "claims": sources.claims(printed["claims"], list(table_8.index), values[""], values[LOST], complete),
        "new_data": sources.new_data(printed, _values_of(m.others, keys[""]), m.persona_effects, m.people),
    }
    published_key = select_items(m.published, THRESHOLD, MAX_P)
    scenarios = {
        "published": published_key,
        "recomputed": keys[""],
        "without repeated participants": select_items(m.without_repeated, THRESHOLD, MAX_P),
    }
    tag_changes, profile_changes = trace_effects(scenarios, "published", ratings)
    parser_effects = shown.parser_effects(ratings, m.by_strict, published_key)
    with_p = {TWO_PROFILES: m.explained[m.explained["p"] < MAX_P]}
    tests = [
        *known,
        shown.reach_of_repeated(tag_changes, profile_changes),
        shown.kept_pair(pairs),
        shown.lost_in_averaging(reproduced, lost),
        shown.models_of_alpha(
            read_printed(printed["reliability"], "dimension"), alpha_steps[TWO_PROFILES], alphas[TWO_PROFILES, "all"]
        )
        if complete
        else None,
        shown.counted_without_p(
            pd.concat([parts["items_per_value"], parts["cross_loading"]]),
            pd.concat(
                [
                    sources.items_per_value(printed["items_per_value"], with_p, THRESHOLD),
                    sources.cross_loading(printed["cross_loading"], with_p, THRESHOLD),
                ]
            ),
        ),
        shown.trait_scale(parts["trait_scores"], profiles[LOST]),
        shown.population_sd(m.scores, profiles[LOST]),
        shown.whole_raters(parts["counts"]),
        shown.third_place(parts["claims"], table_8, values[LOST]),
        shown.two_routes(
            "distances on the circle",
            "Pairs of appendix D.2",
            {
                "sums over a matrix of signs": sources.distances(m.recomputed, THRESHOLD),
                "the publication's loop over pairs": sources.tabulated_distances(m.recomputed, THRESHOLD),
            },
            0,
        ),
        shown.parsers(m.read_apart, parser_effects, ratings.values.size, len(recorded)),
        shown.odd_words(m.prompts),
        shown.provider_defaults([model for model in m.openai if model in recorded]),
    ]
    found = [finding for finding in tests if finding is not None]
    unproven = [finding.name for finding in found if not finding.holds]
    listed = pd.read_csv(printed["open_differences"], comment="#")
    rows = judge(pd.concat(parts.values(), ignore_index=True), unproven, listed)
    without_p = select_items(m.explained, THRESHOLD, None)
    return Certificate(
        rows,
        [*found, shown.open_differences(rows, listed)],
        {
            "tag_changes": tag_changes,
            "profile_changes": profile_changes,
            "switched_pairs": pairs,
            "lost_items": reproduced[reproduced["model"].isin(lost["model"])],
            "alpha_choices": vary_alpha(of_table_8, {"p < 0.05": keys[TWO_PROFILES], "any p": without_p}),
            "parser_answers": m.read_apart,
            "parser_effects": parser_effects,
        },
    )
