// Errors of scores: kinds of intervals, differences between models, where the variance is, what more items would bring.
import { chart, dotRows } from "../chart.js";
import { chosen, selection } from "../controls.js";
import { part, study } from "../data.js";
import { append, html } from "../dom.js";
import { count, counted, fixed, percent, range } from "../format.js";
import { dataTable } from "../table.js";
import { lines, saidOf } from "./certainty_key.js";
import { dimensionTitle, familyTitle } from "./names.js";

const INFERENCES = new Map([["these_items", "these items"], ["items_like_these", "items like these"]]);
const SCORE_KINDS = [["centred", "centred, as in the study"], ["raw", "raw, with the model's general level"]];
const SOURCES = new Map([["queries", "other queries"], ["wordings", "other wordings"], ["raters", "other raters"], ["all", "all of these"], ["undiluted", "all, of undiluted scores"]]);

/**
 * @param {HTMLElement} root
 * @param {Record<string, import("../data.js").Table>} tables
 * @param {Map<string, string>} said
 */
export function scoreErrors(root, tables, said) {
  const content = html("div");
  const families = study.families.map((/** @type {any} */ own) => own.name);
  append(
    root,
    html("p", { class: "lead" }, "A score would have come out otherwise with other queries, wordings or raters. An interval says how far; which interval is right depends on what the score is to be true of: these very items, or items like these."),
    html(
      "div",
      { class: "controls", role: "group", "aria-label": "Which scores" },
      selection("Dimensions", "family", families.map((/** @type {string} */ name) => [name, familyTitle(name)]), draw),
      selection("Scores in variance and precision", "scores", /** @type {[string, string][]} */ (SCORE_KINDS), draw),
    ),
    content,
  );
  async function draw() {
    const { mean_profile: means } = await part("study");
    const family = chosen("family", families);
    const kind = chosen("scores", SCORE_KINDS.map(([name]) => name));
    const own = saidOf(family, said);
    content.replaceChildren(
      ...meanIntervals(means.records({ family }), family, own),
      ...explanations(own),
      html("h2", {}, "A model's score"),
      sources(tables.intervals.records({ family }), family, own),
      html("h2", {}, "Differences between models"),
      differences(tables.differences.records({ family }), family, own),
      ...varianceAndPrecision(tables, family, kind, own),
    );
  }
  draw();
}

/**
 * What keys by chance, people's liking and one common profile have to do with it, as far as it is said.
 * @param {Map<string, string>} said
 */
function explanations(said) {
  const topics = ["profile", "liking", "common"].filter((topic) => said.get(topic));
  return topics.length ? [html("h2", {}, "What else could explain the profiles"), lines(said, topics)] : [];
}

/**
 * @param {any[]} rows
 * @param {string} family
 * @param {Map<string, string>} said
 */
function meanIntervals(rows, family, said) {
  const head = html("h2", {}, "The mean over models");
  const models = Math.max(0, ...rows.map((row) => (row.score === null ? 0 : row.models)));
  if (models < 2) return [head, html("p", {}, models ? "There is one model: no mean to speak of." : "No model has a score.")];
  const dimensions = [...new Set(rows.map((row) => row.dimension))];
  const kinds = [...INFERENCES.keys()];
  return [head, chart(
    "The same mean, to be true of these items or of items like these",
    dotRows(
      dimensions.map((dimension) => ({
        name: dimensionTitle(dimension),
        dots: rows.filter((row) => row.dimension === dimension).map((row) => ({ value: row.score, low: row.low, high: row.high, series: kinds.indexOf(row.inference) })),
      })),
      { unit: "mean centred score of the models, 95 % interval (scale points)" },
    ),
    {
      said: said.get("mean"),
      legend: [...INFERENCES.values()].map((name, series) => ({ name, series })),
      table: dataTable(
        `${familyTitle(family)}: means over models`,
        [
          { title: "Dimension", value: (row) => dimensionTitle(row.dimension), heading: true },
          { title: "True of", value: (row) => INFERENCES.get(row.inference) ?? row.inference },
          { title: "Models", value: (row) => row.models },
          { title: "Mean", value: (row) => row.score, digits: 2 },
          { title: "95 % interval", value: (row) => row.low, cell: (row) => range(row.low, row.high) },
        ],
        rows,
        { file: "mean-profile.csv" },
      ),
    },
  )];
}

/**
 * @param {any[]} rows
 * @param {string} family
 * @param {Map<string, string>} said
 */
function sources(rows, family, said) {
  if (!rows.length) return html("p", {}, "No score has an interval: too few queries.");
  const dimensions = [...new Set(rows.map((row) => row.dimension))];
  const named = [...SOURCES.keys()].filter((source) => rows.some((row) => row.source === source));
  const together = named.length > 2 ? "Sources overlap, so they do not add up: what wordings or raters do to single queries is in the spread of queries, too." : "";
  const undiluted = named.includes("undiluted") ? " Undiluted: what a score would be by a key of infinitely many raters, without wrong tags; it is larger, and known less exactly." : "";
  return html(
    "div",
    {},
    lines(said, ["intervals"]),
    together || undiluted ? html("p", { class: "soft" }, together, undiluted) : null,
    dataTable(
      `${familyTitle(family)}: half the width of a model's 95 % interval, by what might have been otherwise (median over models, scale points)`,
      [
        { title: "Dimension", value: (row) => dimensionTitle(row.dimension), heading: true },
        ...named.map((source) => ({ title: SOURCES.get(source) ?? source, value: (/** @type {any} */ row) => row[source]?.half ?? null, digits: 2 })),
        { title: "Models told from 0", value: (row) => row.all?.clear ?? null, cell: (row) => percent(row.all?.clear ?? null) },
      ],
      dimensions.map((dimension) => ({ dimension, ...Object.fromEntries(rows.filter((row) => row.dimension === dimension).map((row) => [row.source, row])) })),
      { file: "intervals.csv" },
    ),
  );
}

/**
 * @param {any[]} rows
 * @param {string} family
 * @param {Map<string, string>} said
 */
function differences(rows, family, said) {
  if (!rows.length) return html("p", {}, "No difference between two models could be put to the test.");
  return html(
    "div",
    {},
    lines(said, ["pairs"]),
    dataTable(
      `${familyTitle(family)}: differences between two models that hold after adjustment (p < 0.05, max-t), and how many places a rank covers`,
      [
        { title: "Dimension", value: (row) => dimensionTitle(row.dimension), heading: true },
        { title: "True of", value: (row) => INFERENCES.get(row.inference) ?? row.inference },
        { title: "Pairs", value: (row) => row.n },
        { title: "Hold", value: (row) => row.share, cell: (row) => percent(row.share, 1) },
        { title: "Places of a rank", value: (row) => row.places, cell: (row) => (row.places === null ? "" : `${count(row.places)} of ${count(row.n_models)}`) },
      ],
      rows,
      { file: "differences.csv" },
    ),
  );
}

/**
 * @param {Record<string, import("../data.js").Table>} tables
 * @param {string} family
 * @param {string} scores
 * @param {Map<string, string>} said
 */
function varianceAndPrecision(tables, family, scores, said) {
  const variance = tables.variance.records({ family, scores });
  const precision = tables.precision.records({ family, scores });
  const head = html("h2", {}, "Where the variance is");
  if (!variance.length) return [head, html("p", {}, "It takes several models and items to see where the variance is.")];
  const components = [...new Set(variance.map((row) => row.component))];
  const shares = components.map((component) => ({ name: component, value: (100 * mean(variance.filter((row) => row.component === component).map((row) => row.share))) }));
  shares.sort((one, other) => other.value - one.value);
  return [
    head,
    chart("What a single rating consists of", dotRows(shares.map(({ name, value }) => ({ name: crossed(name), note: `${fixed(value, 0)} %`, dots: [{ value }] })), { low: 0, unit: "% of the variance, mean over dimensions" }), {
      said: "The part of the model alone is what a score is about; the rest is noise to that, or what all models share. The part in which everything meets holds what is left over, too.",
      table: dataTable(
        `${familyTitle(family)}: components of variance, ${scores} scores`,
        [
          { title: "Dimension", value: (row) => dimensionTitle(row.dimension), heading: true },
          { title: "Component", value: (row) => crossed(row.component) },
          { title: "Variance", value: (row) => row.variance, digits: 3 },
          { title: "95 % interval", value: (row) => row.low, cell: (row) => range(row.low, row.high, (own) => fixed(own, 3)) },
          { title: "Share", value: (row) => row.share, cell: (row) => percent(row.share, 1) },
        ],
        variance,
        { file: "variance.csv" },
      ),
    }),
    html("h2", {}, "What more items or versions would bring"),
    ...(precision.length ? [otherDesigns(tables.designs.records({ family, scores }), said, precisionTable(precision, family))] : [html("p", {}, "Nothing can be said of it here.")]),
  ];
}

/**
 * @param {any[]} rows
 * @param {Map<string, string>} said
 * @param {HTMLElement} table
 */
function otherDesigns(rows, said, table) {
  const like = rows.filter((row) => row.inference === "items_like_these");
  if (!like.length) return html("div", {}, lines(said, ["precision"]), table);
  const versions = [...new Map(like.map((row) => [`${row.n_wordings} × ${row.n_orders}`, row]))].sort(([, one], [, other]) => one.n_wordings * one.n_orders - other.n_wordings * other.n_orders);
  const shown = versions.length > 3 ? [versions[0], versions[Math.floor(versions.length / 2)], versions[versions.length - 1]] : versions;
  const sizes = [...new Set(like.map((row) => row.n_items))].sort((one, other) => one - other);
  const dot = (/** @type {number} */ size, /** @type {any} */ about, /** @type {number} */ series) =>
    like.filter((row) => row.n_items === size && row.n_wordings === about.n_wordings && row.n_orders === about.n_orders).map((row) => ({ value: row.median, low: row.low, high: row.high, series }));
  return chart(
    "How reliably other items like these would tell models apart",
    dotRows(
      sizes.map((size) => ({ name: counted(size, "item"), dots: shown.flatMap(([, about], series) => dot(size, about, series)) })),
      { low: 0, high: 1, unit: "generalizability coefficient (1: no error), median and middle half of dimensions" },
    ),
    { said: said.get("precision"), legend: shown.map(([name], series) => ({ name: `${name} (wordings × orders)`, series })), table },
  );
}

/**
 * A component of variance with the sign of a product between its facets.
 * @param {string} component
 */
function crossed(component) {
  return component.replaceAll(" x ", " × ");
}

/** @param {number[]} numbers */
function mean(numbers) {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}

/**
 * @param {any[]} rows
 * @param {string} family
 */
function precisionTable(rows, family) {
  return dataTable(
    `${familyTitle(family)}: generalizability coefficient (1: no error), and the standard error of measurement in scale points`,
    [
      { title: "Dimension", value: (row) => dimensionTitle(row.dimension), heading: true },
      { title: "True of", value: (row) => INFERENCES.get(row.inference) ?? row.inference },
      { title: "Items", value: (row) => row.n_items },
      { title: "Wordings", value: (row) => row.n_wordings },
      { title: "Orders", value: (row) => row.n_orders },
      { title: "Design", value: (row) => (row.this_study ? "this study" : "") },
      { title: "Coefficient", value: (row) => row.relative, digits: 2 },
      { title: "95 % interval", value: (row) => row.relative_low, cell: (row) => range(row.relative_low, row.relative_high) },
      { title: "Error", value: (row) => row.sem, digits: 2 },
    ],
    [...rows].sort((one, other) => other.this_study - one.this_study),
    { file: "precision.csv" },
  );
}
