// All models and dimensions as a heat map: sorted, filtered, and the way from a cell to the answers behind it.
import { address } from "../address.js";
import { chosen, selection, toggle } from "../controls.js";
import { part, study } from "../data.js";
import { append, html } from "../dom.js";
import { range, signed } from "../format.js";

/** @type {import("../main.js").View} */
export const models = {
  title: () => "Models",
  async show(root) {
    const { models: rows, scores } = await part("study");
    const map = html("div");
    append(root, html("p", { class: "lead" }, lead()), controls(draw), map);
    function draw() {
      map.replaceChildren(heatMap(rows.records(), scores.records({ condition: "baseline" })));
    }
    draw();
  },
};

function lead() {
  return "Centred means in scale points: how far above (orange) or below (blue) a model's own mean it rates the items of a dimension. Bold: the 95 % interval leaves out 0. A cell leads to the items behind it.";
}

/** @param {() => void} changed */
function controls(changed) {
  return html(
    "div",
    { class: "controls", role: "group", "aria-label": "Which models and dimensions" },
    selection("Dimensions", "family", study.families.map((/** @type {any} */ own) => [own.name, own.title]), changed),
    toggle("Intervals", "intervals", changed),
  );
}

/**
 * @param {any[]} rows
 * @param {any[]} scores
 */
function heatMap(rows, scores) {
  const family = study.families.find((/** @type {any} */ own) => own.name === chosen("family", study.families.map((/** @type {any} */ one) => one.name)));
  const intervals = chosen("intervals", ["", "yes"]) === "yes";
  const of = new Map(scores.map((score) => [`${score.model}\n${score.dimension}`, score]));
  return html(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": "Scores of all models" },
    html(
      "table",
      { class: "heat" },
      html("caption", {}, `${family.title}: centred means of ${rows.length} models`),
      html("thead", {}, html("tr", {}, html("th", { scope: "col" }, "Model"), family.dimensions.map((/** @type {any} */ own) => html("th", { scope: "col" }, own.title)))),
      html(
        "tbody",
        {},
        rows.map((row) =>
          html(
            "tr",
            {},
            html("th", { scope: "row" }, html("a", { href: address("model", row.model) }, html("bdi", {}, row.model))),
            family.dimensions.map((/** @type {any} */ own) => cell(row.model, own, of.get(`${row.model}\n${own.name}`), intervals)),
          ),
        ),
      ),
    ),
  );
}

/**
 * @param {string} model
 * @param {any} dimension
 * @param {any} score
 * @param {boolean} intervals
 */
function cell(model, dimension, score, intervals) {
  if (!score || score.score === null) return html("td", {}, "");
  const clear = score.low > 0 || score.high < 0;
  const said = range(score.low, score.high, signed);
  return html(
    "td",
    { style: { ...heat(score.score), fontWeight: clear ? "700" : "400" } },
    html(
      "a",
      { href: address("model", model, { dimension: dimension.name }), title: `${model}, ${dimension.title}: ${signed(score.score)} ${said}` },
      signed(score.score),
      intervals ? html("small", {}, html("br"), said) : null,
    ),
  );
}

const REACH = 1.2;

/**
 * Background and ink of a score: blue below 0, orange above, both readable.
 * @param {number} score
 */
export function heat(score) {
  const depth = Math.min(1, Math.abs(score) / REACH);
  const [red, green, blue] = score < 0 ? [26, 90, 150] : [200, 85, 10];
  const mixed = [red, green, blue].map((channel) => Math.round(250 - (250 - channel) * depth));
  const luminance = mixed.map((channel) => (channel / 255) ** 2.2).reduce((sum, one, place) => sum + one * [0.2126, 0.7152, 0.0722][place], 0);
  return { backgroundColor: `rgb(${mixed.join(",")})`, color: luminance > 0.18 ? "#000" : "#fff" };
}
