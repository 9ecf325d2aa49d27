// How a model answered: where its uncertainty comes from, its sensitivity, kinds of answers, and the cost.
import { address, here } from "../address.js";
import { chart } from "../chart.js";
import { profileRows } from "../chart_profiles.js";
import { study } from "../data.js";
import { html, printable, words } from "../dom.js";
import { count, counted, fixed, percent } from "../format.js";
import { dataTable } from "../table.js";

/** @typedef {Record<string, import("../data.js").Table>} OwnTables */

const ERROR_SOURCES = ["queries", "wordings", "raters"];
/** The section that an address may name. */
const SENSITIVITY = "sensitivity";
const SENSITIVITY_TITLES = [
  ["wording_sensitivity", "two wordings"],
  ["order_sensitivity", "two orders of the options"],
  ["repeat_sensitivity", "the same question twice"],
  ["prompt_sensitivity", "any of the wordings"],
];

/**
 * @param {string} name
 * @param {OwnTables} own
 * @param {(dimension: string) => string} titled
 */
export function sourcesSection(name, { sources }, titled) {
  const known = ERROR_SOURCES.filter((source) => sources.columns[source]);
  const rows = inOrder(sources.records({ model: name }).filter((row) => known.some((source) => row[source] !== null)));
  if (!rows.length) return null;
  const medians = known.flatMap((source) => {
    const errors = rows.map((row) => row[source]).filter((error) => error !== null).sort((one, other) => one - other);
    return errors.length ? [`${fixed((errors[(errors.length - 1) >> 1] + errors[errors.length >> 1]) / 2)} by ${source}`] : [];
  });
  const table = dataTable("Standard errors by source, in scale points", [{ title: "Dimension", value: (row) => titled(row.dimension), heading: true }, ...known.map((source) => ({ title: capitalised(source), value: (/** @type {any} */ row) => row[source], digits: 3 }))], rows, { file: "sources.csv" });
  return html("section", {}, html("h2", {}, "Where the uncertainty comes from"), html("p", {}, `Standard error, median over all dimensions: ${medians.join(", ")}.${medians.length > 1 ? " Sources overlap, so these do not add up." : ""} Queries stand for others that could have been chosen${known.includes("raters") ? ", raters for the people who made the key" : ""}.`), html("details", {}, html("summary", {}, "The numbers"), table));
}

/**
 * @param {string} name
 * @param {OwnTables} own
 */
export function sensitivitySection(name, { sensitivity }) {
  if (!sensitivity) return null;
  const all = sensitivity.records();
  const mine = all.find((row) => row.model === name);
  const measures = SENSITIVITY_TITLES.filter(([column]) => mine && (mine[column] ?? null) !== null);
  if (!mine || !measures.length) return null;
  const rows = measures.map(([column, title]) => {
    const others = all.filter((row) => row.model !== name && row[column] !== null).map((row) => row[column]);
    return { title, share: mine[column], others, less: others.filter((share) => share < mine[column]).length };
  });
  const drawing = profileRows(rows.map((row) => ({ name: row.title, lanes: [{ value: 100 * row.share }], others: row.others.map((share) => 100 * share) })), { unit: "% of items with another rating" });
  const said = rows.filter(({ others }) => others.length).map(({ title, share, others, less }) => `${percent(share)} under ${title} (more than in ${less} of ${others.length} other model${others.length === 1 ? "" : "s"})`);
  const table = dataTable("Items with another rating", [{ title: "Under", value: (row) => row.title, heading: true }, { title: "Share", value: (row) => row.share, cell: (row) => percent(row.share, 1) }, { title: "Other models that are less sensitive", value: (row) => row.less }], rows);
  const alone = (mine.repeat_sensitivity ?? null) === null ? "It was asked no question twice, so part of this may be answers that vary by themselves." : "";
  const heading = html("h2", { tabindex: "-1" }, "Sensitivity to the prompt");
  if (here().choices.get("section") === SENSITIVITY) {
    setTimeout(() => {
      heading.scrollIntoView({ behavior: "instant" });
      heading.focus({ preventScroll: true });
    });
  }
  return html(
    "section",
    {},
    heading,
    said.length || alone ? html("p", {}, said.length ? `Share of items with another rating: ${said.join("; ")}. ` : "", alone) : null,
    chart(`How often ${printable(name)} gives an item another rating`, drawing, { said: rows[0].others.length ? "Ticks: the other models." : "", table }),
  );
}

/**
 * @param {string} name
 * @param {OwnTables} own
 */
export function answersSection(name, { answer_counts: counts }) {
  const rows = counts?.records({ model: name }) ?? [];
  if (!rows.length) return null;
  const total = new Map();
  for (const row of rows) total.set(row.condition, (total.get(row.condition) ?? 0) + row.answers);
  const all = [...total.values()].reduce((sum, one) => sum + one, 0);
  const plain = (/** @type {any} */ row) => row.outcome === "answered" && row.answer_class === "plain";
  const odd = rows.filter((row) => !plain(row));
  const clean = all - odd.reduce((sum, row) => sum + row.answers, 0);
  const said = odd.length ? `${count(clean)} of ${counted(all, "answer")} ${clean === 1 ? "is" : "are"} plain: the words of one option and no others.` : `${all === 1 ? "The answer is" : `All ${count(all)} answers are`} plain: the words of one option and no others.`;
  const table = () =>
    dataTable("Answers that are not plain", [
      ...(total.size > 1 ? [{ title: "Condition", value: (/** @type {any} */ row) => row.condition }] : []),
      { title: "Outcome", value: (row) => row.outcome.replaceAll("_", " ") },
      { title: "Read as", value: (row) => row.answer_class.replaceAll("_", " ") },
      { title: "Answers", value: (row) => row.answers },
      { title: "Share", value: (row) => row.answers / total.get(row.condition), cell: (row) => percent(row.answers / total.get(row.condition), 1) },
      { title: "Parsers disagree", value: (row) => row.disagreements },
    ], odd, { file: "answers.csv" });
  return html("section", {}, html("h2", {}, "Answers"), html("p", {}, said), odd.length ? (total.size > 1 ? html("details", {}, html("summary", {}, "The others, by condition"), table()) : table()) : null, total.size > 1 ? html("p", {}, `It was asked under ${total.size} conditions; `, html("a", { href: address("people") }, "what personas change"), ".") : null);
}

/**
 * @param {string} name
 * @param {OwnTables} own
 */
export function costSection(name, { asked }) {
  const rows = asked?.records({ model: name }) ?? [];
  if (!rows.length) return null;
  const [requests, usd] = ["requests", "usd"].map((column) => rows.reduce((sum, row) => sum + row[column], 0));
  const table = dataTable("Cost by condition", [
    { title: "Condition", value: (row) => row.condition, heading: true },
    { title: "Questions", value: (row) => row.requests },
    { title: "USD", value: (row) => row.usd, digits: 2 },
    { title: "Served as", value: (row) => row.served, cell: (row) => words(row.served) },
    { title: "By", value: (row) => row.by, cell: (row) => words(row.by) },
  ], rows, { file: "cost.csv" });
  return html("section", {}, html("h2", {}, "Cost"), html("p", {}, `${counted(requests, "question")}, ${fixed(usd)} USD.`), table);
}

/**
 * Rows in the order of the study's dimensions.
 * @param {any[]} rows
 */
function inOrder(rows) {
  const order = study.families.flatMap((/** @type {any} */ own) => own.dimensions.map((/** @type {any} */ { name }) => name));
  return rows.sort((one, other) => order.indexOf(one.dimension) - order.indexOf(other.dimension));
}

/** @param {string} word */
function capitalised(word) {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
