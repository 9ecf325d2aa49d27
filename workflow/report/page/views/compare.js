// Two to four models on one chart: which of their differences hold, and which do not.
import { address, addressLeft, here, replace } from "../address.js";
import { chart } from "../chart.js";
import { profileRows } from "../chart_profiles.js";
import { selection } from "../controls.js";
import { part, study } from "../data.js";
import { append, html, printable } from "../dom.js";
import { count, probability, range, signed } from "../format.js";
import { dataTable } from "../table.js";
import { compareAddress } from "./model_dock.js";
import { inWords } from "./model_words.js";
import { chosenFamily } from "./models.js";

const COMPARED_AT_ONCE = 4;

/**
 * @typedef {object} Difference - between two models, the first less the second
 * @property {string} dimension
 * @property {string} title
 * @property {number} first - place among the models compared
 * @property {number} second
 * @property {number} difference
 * @property {number | null} half - of the 95 % interval on these items
 * @property {number | null} half_beyond - on items like these
 * @property {number | null} p
 * @property {number | null} p_beyond
 * @property {string | null} clear - no, here or everywhere; null where it cannot be told
 */

/** @type {import("../main.js").View} */
export const compare = {
  title: () => "Models compared",
  async show(root) {
    const { models, scores } = await part("study");
    const { pairs, left_out: leftOut } = await part("pairs");
    const scored = new Set(scores.records({ condition: "baseline" }).filter(({ score }) => score !== null).map(({ model }) => model));
    const known = models.records().map(({ model }) => model).filter((name) => scored.has(name));
    const asked = [...new Set(here().choices.getAll("models"))];
    const unknown = asked.filter((name) => !scored.has(name));
    const found = html("div");
    /** @param {string[]} names */
    const draw = (names) => found.replaceChildren(...(names.length < 2 ? [html("p", {}, known.length < 2 ? "It takes two models with scores to compare them." : "Choose two to four models.")] : comparison(names, scores, pairs, leftOut?.records()[0])));
    append(root, unknown.length ? html("p", { role: "status" }, "There are no scores of ", inWords(unknown.map(printable)), ".") : null, compareControls(asked.filter((name) => scored.has(name)).slice(0, COMPARED_AT_ONCE), known, draw), found, html("p", {}, html("a", { href: addressLeft("models"), class: "back" }, "All models")));
  },
};

/**
 * As many lists as there can be models, each change at once in the address.
 * @param {string[]} names
 * @param {string[]} known
 * @param {(names: string[]) => void} draw
 */
function compareControls(names, known, draw) {
  let now = names;
  const changed = () => {
    const picked = lists.map((list) => /** @type {HTMLSelectElement} */ (list.querySelector("select")).value);
    now = picked.filter((name) => name);
    bar();
    replace(compareAddress(now, here().choices.get("family")));
    draw(now);
  };
  const lists = Array.from({ length: Math.min(COMPARED_AT_ONCE, known.length) }, (_, place) =>
    html(
      "label",
      { class: "control" },
      html("span", {}, ["First", "Second", "Third", "Fourth"][place]),
      html("select", { onchange: changed }, html("option", { value: "" }, place < 2 ? "choose" : "none"), known.map((name) => html("option", { value: name, selected: name === now[place] }, printable(name)))),
    ),
  );
  // What one list has, the others cannot choose.
  const bar = () => {
    for (const list of lists) for (const option of /** @type {HTMLSelectElement} */ (list.querySelector("select")).options) option.disabled = !option.selected && now.includes(option.value);
  };
  bar();
  const families = study.families.map((/** @type {any} */ own) => [own.name, own.title]);
  draw(now);
  if (known.length < 2) return null;
  return html("div", { class: "controls", role: "group", "aria-label": "What is compared" }, lists, selection("Dimensions", "family", families, () => draw(now)));
}

/**
 * @param {string[]} names
 * @param {import("../data.js").Table} scores
 * @param {import("../data.js").Table | undefined} pairs
 * @param {any} leftOut
 * @returns {HTMLElement[]}
 */
function comparison(names, scores, pairs, leftOut) {
  const family = chosenFamily();
  const of = new Map(names.flatMap((name) => scores.records({ model: name, family: family.name, condition: "baseline" }).map((row) => [`${name}\n${row.dimension}`, row])));
  const differences = pairs ? differencesOf(names, family, pairs) : [];
  const drawing = profileRows(
    family.dimensions.map(({ name: dimension, title }) => ({
      name: title,
      note: differences.some((one) => one.dimension === dimension && one.clear === "no") && !differences.some((one) => one.dimension === dimension && isReal(one)) ? "not clear" : undefined,
      lanes: names.map((name) => of.get(`${name}\n${dimension}`)).map((row) => (row && row.score !== null ? { value: row.score, low: row.low, high: row.high } : null)),
      verdicts: differences.filter((one) => one.dimension === dimension && isReal(one)).map(({ first, second, difference, clear }) => ({ left: difference > 0 ? first : second, right: difference > 0 ? second : first, strong: clear === "everywhere" })),
    })),
    { unit: "centred mean, in scale points" },
  );
  const some = differences.some(isReal);
  return [
    html("p", { class: "lead" }, pairs ? realInWords(differences, names) : leftOut ? `Whether differences hold is left out here: ${count(leftOut.rows)} differences between all models are more than a page can carry (${count(leftOut.most)}). The table robustness/pairs.csv has them.` : "Whether differences hold is not known here."),
    chart(`${family.title} of ${inWords(names.map(printable))}`, drawing, {
      said: `Each score with its own 95 % interval.${some ? " Beside a dimension stand its differences that hold on these items: the mark of the higher model, > and that of the lower; ≫ where that holds on other items like these, too. A difference that does not stand there is not clear." : ""} Answers to the same items go together, so two intervals may overlap where the difference holds.`,
      legend: names.map((name, series) => ({ name: printable(name), series })),
    }),
    ...(differences.length ? [differenceTable(differences, names, family)] : []),
    html("p", { class: "soft" }, "Their own pages: ", names.map((name, place) => [place ? ", " : "", html("a", { href: address("model", name) }, html("bdi", {}, printable(name)))]).flat(), "."),
  ];
}

/** @param {Difference} one */
function isReal({ clear }) {
  return clear === "here" || clear === "everywhere";
}

/**
 * The differences between these models, turned so that the one chosen earlier comes first.
 * @param {string[]} names
 * @param {import("./models.js").Family} family
 * @param {import("../data.js").Table} pairs
 * @returns {Difference[]}
 */
function differencesOf(names, family, pairs) {
  const found = names.flatMap((name, first) =>
    names.slice(first + 1).flatMap((other, after) => {
      const second = first + 1 + after;
      const straight = pairs.records({ family: family.name, first: name, second: other });
      const turned = pairs.records({ family: family.name, first: other, second: name }).map((row) => ({ ...row, difference: -row.difference }));
      return [...straight, ...turned].map((row) => ({ .../** @type {any} */ (row), first, second }));
    }),
  );
  return family.dimensions.flatMap(({ name, title }) => found.filter(({ dimension, difference }) => dimension === name && difference !== null).map((row) => ({ ...row, title })));
}

/**
 * @param {Difference[]} differences
 * @param {string[]} names
 */
function realInWords(differences, names) {
  const told = differences.filter(({ clear }) => clear !== null);
  const real = told.filter(isReal);
  const everywhere = real.filter(({ clear }) => clear === "everywhere");
  if (!told.length) return "Whether the differences hold cannot be told.";
  const dimensions = [...new Set(real.map(({ title }) => title))];
  const found = names.length === 2 ? real.map(({ title, difference, first, second }) => `${title} (${printable(names[difference > 0 ? first : second])} higher)`) : dimensions;
  if (!real.length) return `${told.length === 1 ? "The difference does not hold" : `None of the ${told.length} differences holds`}, p adjusted, even on these very items.`;
  const beyond = everywhere.length === real.length ? "That holds on other items like these, too." : everywhere.length ? `On other items like these, ${everywhere.length} of them hold${everywhere.length === 1 ? "s" : ""}.` : "None holds on other items like these.";
  return `${real.length} of ${told.length} difference${told.length === 1 ? "" : "s"} ${real.length === 1 ? "holds" : "hold"} on these items, p adjusted: ${inWords(found)}. ${beyond}`;
}

/**
 * @param {Difference[]} differences
 * @param {string[]} names
 * @param {import("./models.js").Family} family
 */
function differenceTable(differences, names, family) {
  /** @param {number} difference @param {number | null} half */
  const interval = (difference, half) => (half === null ? "" : range(difference - half, difference + half, signed));
  const verdicts = { no: "not clear", here: "on these items", everywhere: "on items like these, too" };
  const said = (/** @type {Difference} */ { clear }) => (clear === null ? "cannot be told" : verdicts[/** @type {"no"} */ (clear)]);
  return html(
    "section",
    {},
    html("h2", {}, "The differences"),
    dataTable(
      `${family.title}: the first model less the second, in scale points`,
      [
        { title: family.title, value: (row) => row.title, heading: true },
        ...(names.length > 2 ? [{ title: "First", value: (/** @type {Difference} */ row) => names[row.first] }, { title: "Second", value: (/** @type {Difference} */ row) => names[row.second] }] : []),
        { title: "Difference", value: (row) => row.difference, cell: (row) => html("span", { style: { fontWeight: isReal(row) ? "700" : "" } }, signed(row.difference)) },
        { title: "Holds", value: said, cell: (row) => html(isReal(row) ? "strong" : "span", { class: "held" }, said(row)) },
        { title: "On these items", value: (row) => row.half, cell: (row) => interval(row.difference, row.half) },
        { title: "Adjusted p", value: (row) => row.p, cell: (row) => probability(row.p) },
        { title: "On items like these", value: (row) => row.half_beyond, cell: (row) => interval(row.difference, row.half_beyond) },
        { title: "Adjusted p, there", value: (row) => row.p_beyond, cell: (row) => probability(row.p_beyond) },
      ],
      differences,
      { file: "differences.csv" },
    ),
    html("p", { class: "soft" }, "Intervals are 95 % ones of a single difference. p is adjusted over all pairs of models and all dimensions of the family, so a difference can be unclear though its own interval leaves out 0. On these items: if these models answered these items again. On items like these: if other queries had been chosen. The one is estimated from how answers vary over prompt versions, the other from how they vary over queries, so the second can by chance be a little narrower."),
  );
}
