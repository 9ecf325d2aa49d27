// A model: its profile beside others and people, the items behind a score, how it answered, and what that cost.
import { address, addressLeft, here } from "../address.js";
import { chart } from "../chart.js";
import { profileRows } from "../chart_profiles.js";
import { part, study } from "../data.js";
import { append, html, printable, words } from "../dom.js";
import { fixed, range, signed } from "../format.js";
import { dataTable } from "../table.js";
import { answersSection, costSection, sensitivitySection, sourcesSection } from "./model_answers.js";
import { compareAddress } from "./model_dock.js";
import { itemsBehind } from "./model_items.js";
import { profileInWords, scoreInWords } from "./model_words.js";

/** @type {string} */
let modelShownLast = "";

/** @type {import("../main.js").View} */
export const model = {
  title: (name) => printable(name) || "A model",
  async show(root, name) {
    const tables = await part("study");
    const about = tables.models.records({ model: name })[0];
    const back = html("p", {}, html("a", { href: addressLeft("models"), class: "back" }, "All models"));
    if (!about) return append(root, html("p", {}, "There is no model of this name here."), back);
    append(root, aboutModel(about));
    const scores = tables.scores.records({ model: name, condition: "baseline" }).filter(({ score }) => score !== null);
    if (!scores.length) return append(root, html("p", {}, about.answers === "printed" ? "It is known by printed scores alone: there are no answers to show." : "It has no scores."), back);
    const own = await part("model");
    const [main] = study.families;
    if (new Set(tables.scores.records({ condition: "baseline" }).filter(({ score }) => score !== null).map(({ model }) => model)).size > 1) append(root, html("p", {}, html("a", { href: compareAddress([name]) }, "Compare it with others")));
    append(root, html("p", { class: "lead" }, profileInWords(/** @type {any[]} */ (scores).filter(({ family }) => family === main.name), titledDimension)));
    await appendItems(root, scores);
    const pairs = (await part("pairs")).pairs;
    for (const family of study.families) append(root, familySection(name, family, tables, own, pairs));
    append(root, peopleSection(name, own), sourcesSection(name, own, titledDimension), sensitivitySection(name, own), answersSection(name, own), costSection(name, own), back);
    // Whoever chose another dimension on this very page goes to its items.
    if (modelShownLast === name && here().choices.get("dimension")) {
      const heading = /** @type {HTMLElement | null} */ (root.querySelector("#behind"));
      heading?.scrollIntoView();
      heading?.focus();
    }
    modelShownLast = name;
  },
};

/** @param {string} dimension */
function titledDimension(dimension) {
  for (const family of study.families) for (const { name, title } of family.dimensions) if (name === dimension) return title;
  return dimension;
}

/** @param {any} about */
function aboutModel(about) {
  const size = about.size_b === null ? "size not public" : `${about.size_b} billion parameters`;
  const reasoning = about.reasoning === "yes" || about.reasoning === true ? "reasons before it answers" : "";
  const conditions = about.conditions ? about.conditions.split("; ").length : 0;
  const asked = { recorded: "published answers", live: "asked live", simulated: "simulated answers", printed: "printed scores" }[/** @type {string} */ (about.answers)] ?? about.answers;
  const facts = [about.family, about.developer, `${about.weights} weights`, size, reasoning, asked, conditions > 1 ? `baseline and ${conditions - 1} other condition${conditions > 2 ? "s" : ""}` : ""];
  return html("p", { class: "soft" }, facts.filter((fact) => fact).map((fact, place) => [place ? " · " : "", words(fact)]).flat());
}

/**
 * @param {HTMLElement} root
 * @param {any[]} scores
 */
async function appendItems(root, scores) {
  const dimension = here().choices.get("dimension");
  const score = scores.find((one) => one.dimension === dimension);
  if (score) append(root, await itemsBehind(score, { name: score.dimension, title: titledDimension(score.dimension) }));
  else if (dimension) append(root, html("p", { role: "status" }, "It has no score of ", words(dimension), "."));
}

/**
 * The profile in one family: a chart beside all other models and their mean, and the table with places.
 * @param {string} name
 * @param {any} family
 * @param {Record<string, import("../data.js").Table>} tables
 * @param {Record<string, import("../data.js").Table>} own
 * @param {import("../data.js").Table | undefined} pairs
 */
function familySection(name, family, { scores, mean_profile: means }, own, pairs) {
  const all = scores.records({ family: family.name, condition: "baseline" }).filter(({ score }) => score !== null);
  const mean = new Map(means.records({ family: family.name, inference: "these_items" }).map((row) => [row.dimension, row]));
  /** @type {any[]} */
  const mine = all.filter((row) => row.model === name);
  const standing = new Map((own.standing?.records({ model: name, family: family.name }) ?? []).map((row) => [row.dimension, row]));
  const rows = mine.map((score) => ({ ...score, title: titledDimension(score.dimension), average: mean.get(score.dimension), standing: standing.get(score.dimension), of: all.filter(({ dimension }) => dimension === score.dimension).length }));
  if (!rows.length) return html("section", {}, html("h2", {}, family.title), html("p", {}, "No score."));
  const beside = all.length > mine.length;
  const drawing = profileRows(
    rows.map((row) => ({
      name: row.title,
      lanes: [{ value: row.score, low: row.low, high: row.high, hollow: !scoreIsClear(row) }, ...(beside ? [{ value: row.average?.score ?? null, low: row.average?.low, high: row.average?.high }] : [])],
      others: all.filter(({ dimension, model: other }) => dimension === row.dimension && other !== name).map(({ score }) => score),
    })),
    { unit: "centred mean, in scale points" },
  );
  const said = `With 95 % intervals, each by itself; the model's, for items like these, is filled where it leaves out 0.${beside ? ` Ticks: the other models.` : ""}`;
  return html(
    "section",
    {},
    html("h2", {}, family.title),
    family === study.families[0] ? null : html("p", {}, profileInWords(mine, titledDimension)),
    chart(`${family.title} of ${printable(name)}${beside ? " beside the mean of all models" : ""}`, drawing, { said, legend: [{ name: printable(name), series: 0 }, ...(beside ? [{ name: "mean of all models, on these items", series: 1 }] : [])] }),
    dataTable(`${family.title}: scores, places and clear differences`, profileHeadings(name, rows, family, pairs), rows, { file: "profile.csv" }),
    beside && own.standing && family === study.families[0] ? html("p", { class: "soft" }, "Places count from the highest, with 95 % intervals on these items. Models are clearly lower or higher where the difference on these items has an adjusted p below 0.05 (over all pairs and dimensions of the family); in bold where that holds on other items like these, too.") : null,
  );
}

/** @param {any} row */
function scoreIsClear({ low, high }) {
  return low !== null && (low > 0 || high < 0);
}

/**
 * @param {string} name
 * @param {any[]} rows
 * @param {any} family
 * @param {import("../data.js").Table | undefined} pairs
 * @returns {import("../table.js").Heading[]}
 */
function profileHeadings(name, rows, family, pairs) {
  const clear = pairs ? clearDifferences(name, family.name, pairs) : null;
  const standing = rows.some((row) => row.standing && row.of > 1);
  const counted = rows.some((row) => (row.standing?.lower ?? null) !== null);
  /** @param {any} row @param {"lower" | "higher"} side */
  const others = (row, side) => (clear ? clearModels(name, clear.filter((one) => one.dimension === row.dimension && one.side === side)) : String(row.standing?.[side] ?? ""));
  /** @type {(import("../table.js").Heading | null)[]} */
  const headings = [
    { title: family.title, value: (row) => row.title, heading: true },
    { title: "Score", value: (row) => row.score, cell: (row) => html("span", { style: { fontWeight: scoreIsClear(row) ? "700" : "" } }, scoreInWords(row)) },
    { title: "Items", value: (row) => row.n_items, cell: (row) => html("a", { href: address("model", name, { dimension: row.dimension }), "aria-label": `${itemsCounted(row)} behind ${row.title}` }, itemsCounted(row)) },
    rows.some((row) => row.of > 1) ? { title: "Mean of models", value: (row) => row.average?.score ?? null, cell: (row) => signed(row.average?.score ?? null) } : null,
    standing ? { title: "Place", value: (row) => row.standing?.rank ?? null, cell: (row) => (row.standing?.rank ? `${row.standing.rank} ${range(row.standing.low, row.standing.high, (end) => fixed(end, 0))} of ${row.of}` : "") } : null,
    standing && counted ? { title: "Clearly lower", value: (row) => row.standing?.lower ?? null, cell: (row) => others(row, "lower") } : null,
    standing && counted ? { title: "Clearly higher", value: (row) => row.standing?.higher ?? null, cell: (row) => others(row, "higher") } : null,
  ];
  return headings.filter((heading) => heading !== null);
}

/** @param {any} row */
function itemsCounted({ n_items: count }) {
  return `${count} item${count === 1 ? "" : "s"}`;
}

/**
 * Differences of a model from others that hold.
 * @param {string} name
 * @param {string} family
 * @param {import("../data.js").Table} pairs
 */
function clearDifferences(name, family, pairs) {
  return /** @type {[string, string][]} */ ([["first", "second"], ["second", "first"]]).flatMap(([mine, others]) =>
    pairs.records({ [mine]: name, family }).filter(({ clear }) => clear === "here" || clear === "everywhere").map((pair) => {
      const ahead = pair.difference * (mine === "first" ? 1 : -1);
      return { dimension: pair.dimension, other: pair[others], ahead, side: ahead > 0 ? "lower" : "higher", beyond: pair.clear === "everywhere" };
    }),
  );
}

/**
 * How many models, opening to their names, each of which leads to the comparison.
 * @param {string} name
 * @param {ReturnType<typeof clearDifferences>} differences
 */
function clearModels(name, differences) {
  if (!differences.length) return "0";
  const ordered = [...differences].sort((one, other) => Number(other.beyond) - Number(one.beyond) || Math.abs(other.ahead) - Math.abs(one.ahead));
  const links = ordered.map(({ other, beyond }) => html("li", {}, html("a", { href: compareAddress([name, other]) }, html(beyond ? "b" : "bdi", {}, printable(other)))));
  return html("details", { class: "names" }, html("summary", {}, `${ordered.length} model${ordered.length === 1 ? "" : "s"}`), html("ul", {}, links));
}

/**
 * @param {string} name
 * @param {Record<string, import("../data.js").Table>} own
 */
function peopleSection(name, { people, as_seen: seen }) {
  if (!people || !seen) return null;
  const mine = new Map(seen.records({ model: name }).map((row) => [`${row.family}\n${row.dimension}`, row.score]));
  /** @type {any[]} */
  const rows = people.records().flatMap((row) => {
    const score = mine.get(`${row.family}\n${row.dimension}`) ?? null;
    return score === null && row.people_mean === null ? [] : [{ ...row, score, title: titledDimension(row.dimension) }];
  });
  if (!rows.length) return null;
  const drawing = profileRows(
    rows.map((row, place) => ({
      name: row.title,
      first: place > 0 && row.family !== rows[place - 1].family,
      lanes: [{ value: row.score }, { value: row.people_mean, low: row.people_low, high: row.people_high }],
      band: row.people_q10 === null ? null : { low: row.people_q10, high: row.people_q90 },
    })),
    { unit: "centred mean within survey groups, in scale points", series: [0, 2] },
  );
  const known = rows.some((row) => row.score !== null && row.people_low !== null);
  const table = dataTable("The model and people on the same items", [
    { title: "Dimension", value: (row) => row.title, heading: true },
    { title: "Model", value: (row) => row.score, cell: (row) => signed(row.score) },
    { title: "People", value: (row) => row.people_mean, cell: (row) => `${signed(row.people_mean)} ${range(row.people_low, row.people_high, signed)}` },
    { title: "Eight in ten people", value: (row) => row.people_q10, cell: (row) => range(row.people_q10, row.people_q90, signed) },
    { title: "Raters", value: (row) => row.people_n },
  ], rows, { file: "model_and_people.csv" });
  return html(
    "section",
    {},
    html("h2", {}, "Beside people on the same items"),
    html("p", {}, known ? "Intervals are those of people's mean. The model's own error is not in them, and nothing is adjusted for their number: a score outside one is no finding." : "How sure people's mean is cannot be told.", " Items and centring are those of each group of raters, so the model's numbers differ from those above."),
    chart(`${printable(name)} and people on the same items`, drawing, { said: "Bands: the middle eight in ten people.", legend: [{ name: printable(name), series: 0 }, { name: "mean of people, with 95 % interval", series: 2 }], table }),
  );
}
