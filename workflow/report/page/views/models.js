// All models and dimensions as a heat map: sorted, filtered, and the way from a cell to the answers behind it.
import { address, choose, here } from "../address.js";
import { chosen, search, selection, toggle } from "../controls.js";
import { part, study } from "../data.js";
import { append, html, printable } from "../dom.js";
import { fixed, range, signed } from "../format.js";
import { watchHeat } from "./model_dock.js";
import { filterControls, filteredModels } from "./model_filters.js";
import { inWords } from "./model_words.js";

/**
 * @typedef {{name: string, title: string, dimensions: {name: string, title: string}[]}} Family
 * @typedef {Record<string, any> & {model: string, scores: Map<string, any>, spread: number | null}} ModelRow
 */

/** @type {import("../main.js").View} */
export const models = {
  title: () => "Models",
  async show(root) {
    const tables = await part("study");
    const everyone = modelRows(tables);
    const rows = everyone.filter(({ scores }) => scores.size);
    const map = html("div");
    const dock = html("div", { class: "dock" });
    const controls = html("div", { class: "controls", role: "group", "aria-label": "Which models and dimensions" });
    const printed = everyone.filter(({ answers }) => answers === "printed").length;
    const silent = everyone.filter(({ scores, answers }) => !scores.size && answers !== "printed").map(({ model }) => printable(model));
    const without = silent.length ? html("p", { class: "soft" }, `Without a score: ${inWords(silent)}.`) : null;
    if (!rows.length) return append(root, html("p", {}, "No model has a score."), without);
    append(
      root,
      html("p", { class: "lead" }, "How far above (orange) or below (blue) its own mean a model rates the items of a dimension, in scale points. A number leads to the items behind it."),
      controls,
      // By keyboard the bar comes before the hundreds of links of the map; it is shown below.
      html("div", { class: "docked" }, dock, map),
      printed ? html("p", { class: "soft" }, `${printed} more model${printed === 1 ? " is" : "s are"} known by printed scores alone, so there is nothing to show here.`) : null,
      without,
    );
    function draw() {
      const family = chosenFamily();
      const used = [...controls.children].indexOf(/** @type {Element} */ (document.activeElement?.closest(".control")));
      const order = selection("Sorted by", "sort", heatOrders(family), draw);
      controls.replaceChildren();
      append(controls, selection("Dimensions", "family", study.families.map((/** @type {Family} */ own) => [own.name, own.title]), draw), order, filters, toggle("Intervals in cells", "intervals", drawMap));
      /** @type {HTMLElement | null | undefined} */ (controls.children[used]?.querySelector("select, input"))?.focus();
      drawMap();
    }
    function drawMap() {
      const family = chosenFamily();
      const shown = sortedModels(filteredModels(rows), family);
      map.replaceChildren(heatLegend(reachOf(rows, family)), heatMap(shown, rows.length, family, meanRows(tables, family), draw), shown.length ? "" : html("p", {}, "No model is like this."));
      watchHeat(map, dock, new Set(rows.map(({ model: name }) => name)));
    }
    const filters = [search("Name", "name", drawMap), ...filterControls(rows, drawMap)];
    draw();
  },
};

/** @returns {Family} */
export function chosenFamily() {
  const name = chosen("family", study.families.map((/** @type {Family} */ own) => own.name));
  return study.families.find((/** @type {Family} */ own) => own.name === name);
}

/**
 * Every model with its scores at baseline by dimension, and how pronounced its profile is in every family.
 * @param {Record<string, import("../data.js").Table>} tables
 * @returns {ModelRow[]}
 */
function modelRows({ models: table, scores, spread }) {
  const rows = table.records().map((about) => ({ ...about, model: about.model, scores: new Map(), spreads: new Map(), spread: null }));
  const of = new Map(rows.map((row) => [row.model, row]));
  for (const score of scores.records({ condition: "baseline" })) if (score.score !== null) of.get(score.model)?.scores.set(`${score.family}\n${score.dimension}`, score);
  for (const { model: name, family, sd } of spread.records()) of.get(name)?.spreads.set(family, sd);
  return rows;
}

/** @param {Family} family @returns {[string, string][]} */
function heatOrders(family) {
  return [["", "order of the list"], ["name", "name"], ["kin", "family"], ["size", "size"], ["spread", "how pronounced it is"], ...family.dimensions.map(({ name, title }) => /** @type {[string, string]} */ ([`score:${name}`, title]))];
}

/**
 * @param {ModelRow[]} rows
 * @param {Family} family
 */
function sortedModels(rows, family) {
  const order = chosen("sort", heatOrders(family).map(([value]) => value));
  const sign = (here().choices.get("turned") === "yes" ? -1 : 1) * (isNumericOrder(order) ? -1 : 1);
  if (!order) return rows;
  return [...rows].sort((one, other) => {
    const [left, right] = [heatSortValue(one, order, family), heatSortValue(other, order, family)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (typeof left === "number" ? left - right : left.localeCompare(right, "en", { numeric: true }));
  });
}

/** @param {string} order */
function isNumericOrder(order) {
  return !["", "name", "kin"].includes(order);
}

/**
 * @param {ModelRow} row
 * @param {string} order
 * @param {Family} family
 * @returns {any}
 */
function heatSortValue(row, order, family) {
  if (order === "name") return row.model;
  if (order === "kin") return row.family;
  if (order === "size") return row.size_b;
  if (order === "spread") return row.spreads.get(family.name) ?? null;
  return row.scores.get(`${family.name}\n${order.slice("score:".length)}`)?.score ?? null;
}

/**
 * The mean over all models with its interval, under each inference; none of a single model.
 * @param {Record<string, import("../data.js").Table>} tables
 * @param {Family} family
 */
function meanRows({ mean_profile: table }, family) {
  const said = { these_items: "on these items", items_like_these: "on items like these" };
  return Object.entries(said).flatMap(([inference, where]) => {
    const rows = table.records({ inference, family: family.name });
    const most = Math.max(0, ...rows.map((row) => row.models));
    return most > 1 ? [{ title: `Mean of ${most} models, ${where}`, of: new Map(rows.map((row) => [row.dimension, row])) }] : [];
  });
}

/**
 * @param {ModelRow[]} rows - those shown
 * @param {number} all
 * @param {Family} family
 * @param {ReturnType<typeof meanRows>} mean
 * @param {() => void} changed
 */
function heatMap(rows, all, family, mean, changed) {
  const intervals = here().choices.get("intervals") === "yes";
  const order = chosen("sort", heatOrders(family).map(([value]) => value));
  const turned = here().choices.get("turned") === "yes";
  /** @param {string} value @param {string} title @param {string | null} [look] */
  const heading = (value, title, look = null) => {
    const now = order === value;
    const sort = now ? (isNumericOrder(value) === turned ? "ascending" : "descending") : null;
    return html("th", { scope: "col", class: look, "aria-sort": sort }, html("button", { type: "button", class: "sort", "data-sort": value, onclick: () => sortHeat(value, now && !turned, changed) }, title));
  };
  const reach = reachOf(rows, family);
  const box = html(
    "div",
    { class: "scroll map", tabindex: "0", role: "region", "aria-label": "Scores of all models" },
    html(
      "table",
      { class: "heat" },
      html("caption", {}, `${family.title}: centred means of ${rows.length === all ? all : `${rows.length} of ${all}`} model${all === 1 ? "" : "s"}. Bold: the 95 % interval of the score by itself leaves out 0.`),
      html("thead", {}, html("tr", {}, heading("name", "Model"), family.dimensions.map(({ name, title }) => heading(`score:${name}`, title, "number")), heading("spread", "SD", "number"))),
      html("tbody", { class: "means" }, mean.map(({ title, of }) => html("tr", {}, html("th", { scope: "row" }, title), family.dimensions.map(({ name }) => meanCell(of.get(name), reach)), html("td", {})))),
      html("tbody", {}, rows.map((row) => modelLine(row, family, { intervals, order, reach, several: all > 1 }))),
    ),
  );
  // The head stays in sight: of the window where the map is no wider than its box, else of the box, which then scrolls.
  new ResizeObserver(() => box.classList.toggle("whole", box.scrollWidth <= box.clientWidth)).observe(box);
  return box;
}

/**
 * @param {string} value
 * @param {boolean} turn
 * @param {() => void} changed
 */
function sortHeat(value, turn, changed) {
  choose({ sort: value, turned: turn ? "yes" : "" });
  changed();
  /** @type {HTMLElement | null} */ (document.querySelector(`[data-sort="${CSS.escape(value)}"]`))?.focus();
}

/**
 * @param {ModelRow} row
 * @param {Family} family
 * @param {{intervals: boolean, order: string, reach: number, several: boolean}} look
 */
function modelLine(row, family, { intervals, order, reach, several }) {
  const note = order === "kin" ? row.family : order === "size" ? (row.size_b === null ? "not public" : `${row.size_b} B`) : "";
  const box = several && html("input", { type: "checkbox", class: "pick", "aria-label": `Compare ${printable(row.model)}`, "data-model": row.model });
  return html(
    "tr",
    {},
    html("th", { scope: "row" }, box, html("a", { href: address("model", row.model), title: printable(row.model) }, html("bdi", {}, printable(row.model))), note ? html("small", { class: "soft" }, " ", html("bdi", {}, note)) : null),
    family.dimensions.map(({ name, title }) => scoreCell(row.model, title, row.scores.get(`${family.name}\n${name}`), intervals, reach)),
    html("td", { class: "spread" }, fixed(row.spreads.get(family.name) ?? null)),
  );
}

/**
 * @param {string} name - of the model
 * @param {string} title - of the dimension
 * @param {any} score
 * @param {boolean} intervals
 * @param {number} reach
 */
function scoreCell(name, title, score, intervals, reach) {
  if (!score) return html("td", {}, "");
  const clear = score.low > 0 || score.high < 0;
  const interval = range(score.low, score.high, signed);
  const said = `${printable(name)}, ${title}: ${signed(score.score)}${interval ? ` ${interval}` : ", no interval"}`;
  const link = { href: address("model", name, { dimension: score.dimension }), "aria-label": said };
  return html("td", { style: { ...heat(score.score, reach), fontWeight: clear ? "700" : "400" } }, html("a", link, signed(score.score), intervals ? html("small", {}, interval) : null));
}

/** @param {any} row @param {number} reach */
function meanCell(row, reach) {
  if (!row || row.score === null) return html("td", {}, "");
  const clear = row.low > 0 || row.high < 0;
  return html("td", { style: { ...heat(row.score, reach), fontWeight: clear ? "700" : "400" } }, signed(row.score), html("small", {}, range(row.low, row.high, signed)));
}

/**
 * The largest score there is, to which colours reach.
 * @param {ModelRow[]} rows
 * @param {Family} family
 */
function reachOf(rows, family) {
  const scores = rows.flatMap((row) => family.dimensions.map(({ name }) => Math.abs(row.scores.get(`${family.name}\n${name}`)?.score ?? 0)));
  return Math.ceil(10 * Math.max(...scores, 0.1)) / 10;
}

/** @param {number} reach */
function heatLegend(reach) {
  const steps = [-1, -2 / 3, -1 / 3, 0, 1 / 3, 2 / 3, 1].map((part) => part * reach);
  return html("ul", { class: "scale", "aria-label": "Colours of scores" }, steps.map((step) => html("li", { style: heat(step, reach) }, signed(step, reach < 0.5 ? 2 : 1))));
}

/**
 * Background of a score, under ink: blue below 0, orange above.
 * @param {number} score
 * @param {number} [reach] - the score of the deepest colour
 */
export function heat(score, reach = 1.2) {
  const depth = Math.round(100 * Math.min(1, Math.abs(score) / reach));
  return { backgroundColor: `color-mix(in srgb, var(--${score < 0 ? "cool" : "warm"}) ${depth}%, var(--paper))` };
}
