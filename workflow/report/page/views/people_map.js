// All personas of a model as a heat map: groups by dimensions, each cell leading to its group.
import { address, here } from "../address.js";
import { html } from "../dom.js";
import { signed } from "../format.js";
import { dimensionTitle, familyTitle } from "./names.js";
import { stayHere } from "./sections.js";
import { heat } from "./models.js";

/**
 * @param {any[]} rows - effects of one model on one family
 * @param {string} family
 * @param {string} against
 * @param {(axis: string, group: string) => void} pick
 */
export function effectMap(rows, family, against, pick) {
  const off = against === "axis_mean";
  const dimensions = [...new Set(rows.map(({ dimension }) => dimension))];
  const axes = [...new Set(rows.map(({ axis }) => axis))];
  const cells = new Map(rows.map((row) => [`${row.axis}\n${row.group}\n${row.dimension}`, row]));
  const body = axes.flatMap((axis) => {
    const groups = [...new Set(rows.filter((row) => row.axis === axis).map(({ group }) => group))];
    return groups.map((group, place) =>
      html(
        "tr",
        { class: place ? null : "first" },
        html("th", { scope: "row" }, html("a", { href: to(axis, group), onclick: (/** @type {MouseEvent} */ event) => stayHere(event, () => pick(axis, group)) }, html("bdi", {}, group)), html("small", { class: "soft" }, ` ${axis}`)),
        dimensions.map((dimension) => {
          const row = cells.get(`${axis}\n${group}\n${dimension}`);
          const value = row ? (off ? row.off_axis : row.effect) : null;
          if (value === null) return html("td", {}, html("span", { class: "cell" }, "–"));
          const clear = !off && row.ci_low !== null && (row.ci_low > 0 || row.ci_high < 0);
          return html("td", { style: { ...heat(value), fontWeight: clear ? "700" : "400" } }, html("span", { class: "cell" }, signed(value)));
        }),
      ),
    );
  });
  return html(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": "All personas" },
    html(
      "table",
      { class: "heat" },
      html("caption", {}, `${familyTitle(family)}: ${off ? "persona less the mean over the axis's groups" : `persona minus no persona${rows.some((row) => row.ci_low !== null) ? "; bold: the 95 % interval leaves out 0" : ""}`} (scale points). A group leads to its chart.`),
      html("thead", {}, html("tr", {}, html("th", { scope: "col" }, "Persona"), dimensions.map((dimension) => html("th", { scope: "col" }, dimensionTitle(dimension))))),
      html("tbody", {}, body),
    ),
  );
}

/**
 * @param {string} axis
 * @param {string} group
 */
function to(axis, group) {
  return address("people", "personas", { ...Object.fromEntries(here().choices), axis, group });
}
