// Charts of dots and intervals, bars and lines: plain SVG, each with the table of its numbers below it.
import { append, html, svg } from "./dom.js";
import { fixed } from "./format.js";

/**
 * Round places for ticks between two numbers.
 * @param {number} low
 * @param {number} high
 * @param {number} [most]
 * @returns {number[]}
 */
export function ticks(low, high, most = 6) {
  const rough = (high - low) / most;
  // Dust of rounding is no width.
  if (!(rough > 1e-9)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((times) => times * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const found = Array.from({ length: last - first + 1 }, (_, place) => (first + place) * step);
  // One alone says nothing of distances.
  return found.length > 1 ? found : ticks(low, high, most + 2);
}

/**
 * From numbers to places along a length.
 * @param {number} low
 * @param {number} high
 * @param {number} from
 * @param {number} to
 */
export function scale(low, high, from, to) {
  return (/** @type {number} */ number) => from + ((number - low) / (high - low || 1)) * (to - from);
}

/**
 * How wide a chart is drawn: as it should be, or as a small screen has place, so that its letters keep their size.
 * @param {number} wide
 */
export function drawnWidth(wide) {
  return Math.max(280, Math.min(wide, document.documentElement.clientWidth - 32));
}

/**
 * What an axis counts, below it, in as many lines as it takes.
 * @param {Element} drawing
 * @param {string} unit
 * @param {number} x
 * @param {number} y
 * @param {number} width
 */
export function axisTitle(drawing, unit, x, y, width) {
  const lines = unit.match(new RegExp(`.{1,${Math.floor(width / 6)}}(?= |$)`, "g")) ?? [];
  lines.forEach((line, place) => append(drawing, svg("text", { class: "tick", x, y: y + 14 * place, "text-anchor": "middle" }, line.trim())));
  return 14 * Math.max(0, lines.length - 1);
}

/**
 * A chart with its title, what there is to say below it, and its numbers as a table that opens.
 * @param {string} title
 * @param {Element} drawing
 * @param {{said?: import("./dom.js").Child, legend?: {name: string, series: number}[], table?: Element}} [about]
 */
export function chart(title, drawing, { said, legend = [], table } = {}) {
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", title);
  return html(
    "figure",
    {},
    html("figcaption", {}, html("strong", {}, title), said ? html("p", {}, said) : null),
    legend.length > 1
      ? html(
          "ul",
          { class: "legend" },
          legend.map(({ name, series }) => html("li", {}, svg("svg", { class: "key", viewBox: "0 0 16 16", "aria-hidden": "true" }, mark(8, 8, series)), html("bdi", {}, name))),
        )
      : null,
    scrolled(drawing),
    table ? html("details", {}, html("summary", {}, "The numbers"), table) : null,
  );
}

/**
 * A drawing in a box that the keyboard reaches where it scrolls, and only there.
 * @param {Element} drawing
 */
function scrolled(drawing) {
  const box = html("div", { class: "drawing" }, drawing);
  new ResizeObserver(() => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }).observe(box);
  return box;
}

/**
 * A mark of a series: another form for each, so that colour is never all that tells them apart.
 * @param {number} x
 * @param {number} y
 * @param {number} series - from 0
 * @param {boolean} [hollow]
 */
export function mark(x, y, series, hollow = false) {
  const look = { class: `series-${(series % 6) + 1}${hollow ? " hollow" : ""} mark` };
  if (series % 4 === 1) return svg("rect", { ...look, x: x - 4, y: y - 4, width: 8, height: 8 });
  if (series % 4 === 2) return svg("path", { ...look, d: `M${x},${y - 5.5}L${x + 5},${y + 4}L${x - 5},${y + 4}Z` });
  if (series % 4 === 3) return svg("path", { ...look, d: `M${x},${y - 6}L${x + 5},${y}L${x},${y + 6}L${x - 5},${y}Z` });
  return svg("circle", { ...look, cx: x, cy: y, r: 4.5 });
}

/**
 * @typedef {{value: number | null, low?: number | null, high?: number | null, series?: number, hollow?: boolean}} Dot
 * @typedef {{name: string, note?: string, dots: Dot[]}} Row
 */

/**
 * Rows of dots with intervals over one axis; the series of a row stand below each other.
 * @param {Row[]} rows
 * @param {{zero?: number | null, unit?: string, low?: number, high?: number, digits?: number, width?: number}} [about] - `zero` a line that dots are read against
 */
export function dotRows(rows, { zero = 0, unit = "", low, high, digits, width: wide = 640 } = {}) {
  const width = drawnWidth(wide);
  // Names and notes above the dots, not beside them.
  const narrow = width < Math.min(wide, 520);
  const head = narrow ? 16 : 0;
  const reach = rows.flatMap(({ dots }) => dots.flatMap((dot) => [dot.value, dot.low ?? null, dot.high ?? null])).filter((one) => one !== null);
  if (zero !== null) reach.push(zero);
  const first = low ?? Math.min(...reach);
  const last = high ?? Math.max(...reach);
  const pad = last - first > 1e-9 ? (last - first) * 0.03 : 0.1;
  const labels = narrow ? 12 : Math.min(0.36 * width, 16 + 7 * Math.max(...rows.map(({ name }) => name.length), 0));
  const notes = narrow ? 12 : Math.min(170, 6.6 * Math.max(...rows.map(({ note = "" }) => note.length), 0)) + 12;
  const heights = rows.map(({ dots }) => Math.max(1, new Set(dots.map(({ series = 0 }) => series)).size) * 13 + 9 + head);
  const height = heights.reduce((sum, one) => sum + one, 0);
  const x = scale(first - pad, last + pad, labels, width - notes);
  const drawing = svg("svg", { class: "rows" });
  const step = ticks(first, last, narrow ? 4 : 6);
  for (const tick of step) {
    const places = digits ?? Math.max(0, Math.ceil(-Math.log10((step[1] ?? step[0] + 1) - step[0]) - 1e-9));
    append(drawing, svg("line", { class: "grid", x1: x(tick), x2: x(tick), y1: 0, y2: height }), svg("text", { class: "tick", x: x(tick), y: height + 15, "text-anchor": "middle" }, fixed(tick, places)));
  }
  if (zero !== null) append(drawing, svg("line", { class: "zero", x1: x(zero), x2: x(zero), y1: 0, y2: height }));
  let top = 0;
  rows.forEach(({ name, note, dots }, place) => {
    const middle = top + (heights[place] + head) / 2;
    if (narrow) append(drawing, svg("text", { class: "label", x: 0, y: top + 15 }, clipped(name, Math.floor((width - 6.6 * (note ?? "").length) / 7))), svg("text", { class: "note", x: width, y: top + 15, "text-anchor": "end" }, note));
    else append(drawing, svg("text", { class: "label", x: labels - 10, y: middle + 4, "text-anchor": "end" }, clipped(name, Math.ceil((labels - 16) / 7))), note ? svg("text", { class: "note", x: width - notes + 8, y: middle + 4 }, note) : null);
    const series = [...new Set(dots.map((dot) => dot.series ?? 0))];
    for (const dot of dots) {
      const y = series.length > 1 ? top + head + 11 + 13 * series.indexOf(dot.series ?? 0) : middle;
      if (dot.low != null && dot.high != null) append(drawing, svg("line", { class: `interval series-${((dot.series ?? 0) % 6) + 1}`, x1: x(dot.low), x2: x(dot.high), y1: y, y2: y }));
      if (dot.value !== null) append(drawing, mark(x(dot.value), y, dot.series ?? 0, dot.hollow));
    }
    top += heights[place];
  });
  const more = axisTitle(drawing, unit, (labels + width - notes) / 2, height + 33, narrow ? width : wide);
  drawing.setAttribute("viewBox", `0 0 ${width} ${height + 38 + more}`);
  return drawing;
}

/**
 * Bars, one for each name.
 * @param {{name: string, value: number, said?: string}[]} bars
 * @param {{unit?: string}} [about]
 */
export function bars(bars, { unit = "" } = {}) {
  const width = 640;
  const height = 150;
  const each = width / bars.length;
  const y = scale(0, Math.max(...bars.map(({ value }) => value), 1e-9), height, 18);
  const drawing = svg("svg", { viewBox: `0 0 ${width} ${height + 40}`, class: "bars" });
  bars.forEach(({ name, value, said }, place) => {
    const x = place * each;
    append(
      drawing,
      svg("rect", { class: "series-1 bar", x: x + each * 0.12, width: each * 0.76, y: y(value), height: height - y(value) }),
      svg("text", { class: "tick", x: x + each / 2, y: y(value) - 5, "text-anchor": "middle" }, said ?? String(value)),
      svg("text", { class: "tick", x: x + each / 2, y: height + 16, "text-anchor": "middle" }, clipped(name, Math.max(4, Math.floor(each / 6.6)))),
    );
  });
  append(drawing, svg("line", { class: "zero", x1: 0, x2: width, y1: height, y2: height }));
  if (unit) append(drawing, svg("text", { class: "tick", x: width / 2, y: height + 35, "text-anchor": "middle" }, unit));
  return drawing;
}

/**
 * @param {string} text
 * @param {number} most
 */
export function clipped(text, most) {
  // No half of a pair is left at the end.
  return text.length > most ? `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, "")}…` : text;
}
