// All values that a model was told to hold, by all that were scored; what was raised, and pairs of values.
import { address, here } from "../address.js";
import { html } from "../dom.js";
import { range, signed } from "../format.js";
import { dataTable } from "../table.js";
import { heat } from "./models.js";
import { dimensionTitle } from "./names.js";
import { stayHere } from "./sections.js";

/**
 * @param {any[]} rows
 * @param {string[]} told
 * @param {any[]} hits
 * @param {(told: string) => void} pick
 */
export function steeringMap(rows, told, hits, pick) {
  const scored = [...new Set(rows.map(({ dimension }) => dimension))];
  const cells = new Map(rows.map((row) => [`${row.group}\n${row.dimension}`, row]));
  const best = hits.filter((row) => row.hit).length;
  return html(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": "All values told" },
    html(
      "table",
      { class: "heat" },
      html("caption", {}, `Rows: the value told; columns: the change of every value. The value told has a frame; it is raised most in ${best} of ${hits.length}. A value told leads to its chart.`),
      html("thead", {}, html("tr", {}, html("th", { scope: "col" }, "Told to hold"), scored.map((name) => html("th", { scope: "col" }, dimensionTitle(name))))),
      html(
        "tbody",
        {},
        told.map((name) =>
          html(
            "tr",
            {},
            html("th", { scope: "row" }, html("a", { href: address("people", "steering", { ...Object.fromEntries(here().choices), told: name }), onclick: (/** @type {MouseEvent} */ event) => stayHere(event, () => pick(name)) }, dimensionTitle(name))),
            scored.map((dimension) => {
              const value = cells.get(`${name}\n${dimension}`)?.effect ?? null;
              if (value === null) return html("td", {}, html("span", { class: "cell" }, "–"));
              return html("td", { style: heat(value) }, html("span", { class: name === dimension ? "cell told" : "cell" }, signed(value)));
            }),
          ),
        ),
      ),
    ),
  );
}

/**
 * @param {any[]} hits
 * @param {any[]} pairs
 */
export function steeringTables(hits, pairs) {
  const expected = (/** @type {string} */ kind) => pairs.filter((row) => row.expected === kind);
  const met = (/** @type {any[]} */ rows) => `${rows.filter((row) => row.as_expected).length} of ${rows.length}`;
  const raised = dataTable(
    "Where the value told stands among all, by how much it rose",
    [
      { title: "Told", value: (row) => dimensionTitle(row.steered), heading: true },
      { title: "Change", value: (row) => row.change, cell: (row) => signed(row.change) },
      { title: "Rank", value: (row) => row.rank },
      { title: "Raised most", value: (row) => dimensionTitle(row.raised_most) },
    ],
    hits,
    { file: "steering-hits.csv" },
  );
  if (!pairs.length) return [raised];
  return [
    raised,
    html("h2", {}, "Pairs of values"),
    html("p", {}, `Of pairs that one higher-order value joins, ${met(expected("together"))} rise together; of pairs that stand against each other, ${met(expected("against"))} fall as the other is told.`),
    dataTable(
      "Change of one value of a pair when the other is told, mean of both ways",
      [
        { title: "Value", value: (row) => dimensionTitle(row.value), heading: true },
        { title: "and", value: (row) => dimensionTitle(row.other) },
        { title: "By theory", value: (row) => row.expected },
        { title: "Change", value: (row) => row.change, cell: (row) => signed(row.change) },
        ...(pairs.some((row) => row.ci_low !== null) ? [{ title: "95 % interval", value: (/** @type {any} */ row) => row.ci_low, cell: (/** @type {any} */ row) => range(row.ci_low, row.ci_high, signed) }] : []),
        { title: "As expected", value: (row) => row.as_expected },
      ],
      pairs,
      { file: "steering-pairs.csv" },
    ),
  ];
}
