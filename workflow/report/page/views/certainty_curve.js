// The specification curve of a claim: its value in all analyses, sorted, and below which settings are frequent where.
import { address } from "../address.js";
import { chart, clipped, dotRows, drawnWidth, scale, ticks } from "../chart.js";
import { chosen } from "../controls.js";
import { append, html, svg } from "../dom.js";
import { count, fixed, percent, signed } from "../format.js";
import { dataTable } from "../table.js";
import { CURVE_KINDS, byValue, modelsOfThisRun } from "./analyses.js";
import { verdictMark } from "./names.js";

const SHARES = 62; // the width of the shares at the right
const HIGH = 210;
const ROW = 13;
const BINS = 60;

/**
 * @param {Record<string, import("../data.js").Table>} tables
 * @param {import("./analyses.js").Option[]} options
 * @param {Int32Array} rows - analyses with the options chosen
 * @param {any} claim
 */
export function claimCurve(tables, options, rows, claim) {
  const head = [html("p", { class: "claim" }, claim.text), aboutClaim(claim)];
  if (!tables.universes.columns[`value ${claim.claim}`]) return html("section", {}, head);
  const { sorted, values } = byValue(tables.universes, claim.claim, rows);
  if (!sorted.length) return html("section", {}, head, html("p", {}, "It could be put to the test in none of these analyses."));
  const board = boardOf(tables.universes, claim.claim, options, sorted);
  const drawing = drawCurve(tables.universes, claim, sorted, values, board);
  const holds = board.share;
  const tested = claim.share_significant !== null;
  const kinds = tested ? CURVE_KINDS : CURVE_KINDS.slice(0, -1);
  const found = chart(sorted.length === 1 ? `In this one analysis it ${holds ? "holds" : "does not hold"}` : `In ${percent(holds)} of ${count(sorted.length)} analyses it holds`, drawing, {
    table: boardTable(claim, board, sorted.length, tested),
  });
  const said = html("p", { class: "soft" }, `Above: ${claim.measure}, in each analysis, sorted; the claim holds above the line${tested ? "" : "; a single analysis has no p for it"}. Below: where on the curve each setting is frequent (twice its share fills the row), and in what share of the analyses with it the claim holds.${withoutScore(rows.length - sorted.length)}`);
  const legend = html("ul", { class: "legend" }, kinds.map((name, kind) => html("li", {}, svg("svg", { class: "key", viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { class: `dots kind-${kind}`, d: "M3,8h0M8,8h0M13,8h0" })), `${name} (${count(board.counts[kind])})`)), html("li", {}, svg("svg", { class: "key", viewBox: "0 0 16 16", "aria-hidden": "true" }, diamond(8, 8)), "this run"), html("li", {}, svg("svg", { class: "key", viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("line", { class: "turn", x1: 8, x2: 8, y1: 0, y2: 16 })), "from here on it holds"));
  const box = found.querySelector(".drawing");
  box?.before(legend);
  box?.after(said);
  return html("section", {}, head, found, decisions(tables, options, claim));
}

/** @param {number} analyses */
function withoutScore(analyses) {
  return analyses ? ` In ${count(analyses)} other${analyses === 1 ? "" : "s"} a dimension or model that it is about has no score.` : "";
}

/** @param {any} claim */
function aboutClaim(claim) {
  const about = [claim.where && `said in: ${claim.where}`, claim.found && `this run: ${claim.found} (${claim.measure})`, claim.subjects && `models: ${claim.subjects}`, claim.chance, claim.note?.replace(/\.$/, "")].filter(Boolean).join("; ");
  return html("p", {}, verdictMark(claim.verdict), ` ${about}.${withoutPrinted(claim)}`);
}

/**
 * Whom the analyses leave out: models that this run's comparison has by their printed scores alone.
 * @param {any} claim
 */
function withoutPrinted(claim) {
  const inRun = modelsOfThisRun(claim);
  if (!inRun) return "";
  const printed = inRun - claim.models;
  return ` Without the ${count(printed)} model${printed === 1 ? " that is" : "s that are"} known by printed scores alone, as in the analyses below, it is ${signed(claim.value)}.`;
}

/**
 * @typedef {object} BoardRow
 * @property {string} title - of the option; empty but for its first setting
 * @property {string} setting
 * @property {number} size - analyses with it
 * @property {number | null} holds - share of these in which the claim holds
 * @property {number | null} significant - share of these in which it does with a small p
 * @property {Float64Array} density - along the curve, against its share in all of it
 */

/**
 * @param {import("../data.js").Table} universes
 * @param {string} claim
 * @param {import("./analyses.js").Option[]} options
 * @param {Int32Array} sorted
 */
function boardOf(universes, claim, options, sorted) {
  const kinds = universes.columns[`kind ${claim}`].numbers;
  const bins = Math.min(BINS, sorted.length);
  const counts = CURVE_KINDS.map(() => 0);
  for (const row of sorted) counts[kinds[row]]++;
  const sizes = new Float64Array(bins);
  const binOf = sorted.map((_, place) => Math.floor((place * bins) / sorted.length));
  for (const bin of binOf) sizes[bin]++;
  /** @type {BoardRow[]} */
  const rows = [];
  // A setting that was chosen stands in all of them.
  for (const { option, title, settings, words } of options.filter((own) => !chosen(own.option, ["", ...own.settings]))) {
    const column = universes.columns[option];
    const along = settings.map(() => new Float64Array(bins));
    const tallies = settings.map(() => [0, 0, 0]);
    const places = column.texts.map((text) => settings.indexOf(text));
    for (let place = 0; place < sorted.length; place++) {
      const setting = places[column.numbers[sorted[place]]];
      along[setting][binOf[place]]++;
      tallies[setting][kinds[sorted[place]]]++;
    }
    settings.forEach((setting, number) => {
      const [not, only, clear] = tallies[number];
      const size = not + only + clear;
      const density = along[number].map((own, bin) => (size ? own / sizes[bin] / (size / sorted.length) : 0));
      rows.push({ title: number ? "" : title, setting: words[setting], size, holds: size ? (only + clear) / size : null, significant: size ? clear / size : null, density });
    });
  }
  return { rows, counts, share: (counts[1] + counts[2]) / sorted.length };
}

/**
 * Where the curve begins and ends; where there is no place beside it, options stand above their settings.
 */
function places() {
  const width = drawnWidth(862);
  const above = width < 700;
  return { from: above ? 138 : 388, to: width - SHARES, above };
}

/**
 * @param {import("../data.js").Table} universes
 * @param {any} claim
 * @param {Int32Array} sorted
 * @param {Float64Array} values
 * @param {ReturnType<typeof boardOf>} board
 */
function drawCurve(universes, claim, sorted, values, board) {
  const kinds = universes.columns[`kind ${claim.claim}`].numbers;
  const reach = [values[0], values[values.length - 1], claim.bound, claim.value ?? claim.bound];
  const y = scale(Math.min(...reach), Math.max(...reach), HIGH, 14);
  const { from, to, above } = places();
  const x = scale(0, sorted.length, from, to);
  const gaps = board.rows.filter(({ title }) => title).length * (above ? ROW + 8 : 5);
  const drawing = svg("svg", { viewBox: `0 0 ${to + SHARES} ${HIGH + 34 + board.rows.length * ROW + gaps}`, class: "curve" });
  for (const tick of ticks(Math.min(...reach), Math.max(...reach), 5)) {
    append(drawing, svg("line", { class: "grid", x1: from, x2: to, y1: y(tick), y2: y(tick) }), svg("text", { class: "tick", x: from - 8, y: y(tick) + 4, "text-anchor": "end" }, fixed(tick, 2)));
  }
  append(drawing, svg("line", { class: "zero", x1: from, x2: to, y1: y(claim.bound), y2: y(claim.bound) }));
  append(drawing, svg("text", { class: "tick", x: above ? from : from - 46, y: above ? 11 : HIGH / 2, "text-anchor": above ? "start" : "end" }, "how far it holds"));
  // Points that would lie on each other are drawn once.
  const paths = CURVE_KINDS.map(() => "");
  const last = CURVE_KINDS.map(() => -1);
  for (let place = 0; place < sorted.length; place++) {
    const kind = kinds[sorted[place]];
    const [across, down] = [Math.round(2 * x(place + 0.5)), Math.round(2 * y(values[place]))];
    if (last[kind] !== across * 10000 + down) paths[kind] += `M${across / 2},${down / 2}h0`;
    last[kind] = across * 10000 + down;
  }
  paths.forEach((d, kind) => append(drawing, d ? svg("path", { class: `dots kind-${kind}`, d }) : null));
  const main = universes.columns.main.numbers;
  const own = sorted.findIndex((row) => main[row] === 1);
  if (own >= 0 && claim.value !== null) append(drawing, diamond(x(own + 0.5), y(claim.value)));
  const turn = x(sorted.length * (1 - board.share));
  append(drawing, svg("line", { class: "turn", x1: turn, x2: turn, y1: 8, y2: HIGH + 26 + board.rows.length * ROW + gaps }));
  append(drawing, svg("text", { class: "tick", x: to + 56, y: HIGH + 20, "text-anchor": "end" }, "holds in"));
  drawBoard(drawing, board.rows);
  return drawing;
}

/**
 * @param {SVGElement} drawing
 * @param {BoardRow[]} rows
 */
function drawBoard(drawing, rows) {
  const { from, to, above } = places();
  let top = HIGH + 20;
  for (const { title, setting, holds, density } of rows) {
    if (title) top += above ? ROW + 8 : 5;
    const x = scale(0, density.length, from, to);
    const shape = [...density].map((own, bin) => `V${(top + ROW - Math.min(own / 2, 1) * (ROW - 2)).toFixed(1)}H${x(bin + 1).toFixed(1)}`).join("");
    append(
      drawing,
      title ? svg("text", above ? { class: "label", x: 0, y: top - 3 } : { class: "label", x: from - 158, y: top + ROW - 3, "text-anchor": "end" }, clipped(title, 38)) : null,
      svg("text", { class: "tick", x: from - 8, y: top + ROW - 3, "text-anchor": "end" }, clipped(setting, above ? 21 : 24)),
      svg("path", { class: "ridge", d: `M${from},${top + ROW}${shape}V${top + ROW}Z` }),
      svg("text", { class: "tick", x: to + 56, y: top + ROW - 3, "text-anchor": "end" }, percent(holds)),
    );
    top += ROW;
  }
}

/**
 * @param {number} x
 * @param {number} y
 */
function diamond(x, y) {
  return svg("path", { class: "own", d: `M${x},${y - 6}l6,6l-6,6l-6,-6Z` });
}

/**
 * @param {any} claim
 * @param {ReturnType<typeof boardOf>} board
 * @param {number} size
 * @param {boolean} tested
 */
function boardTable(claim, board, size, tested) {
  let option = "";
  const rows = board.rows.map((row) => ({ ...row, option: (option = row.title || option) }));
  return dataTable(
    `${claim.text}: ${count(size)} ${size === 1 ? "analysis" : "analyses"}, by setting`,
    [
      { title: "Option", value: (row) => row.option, heading: true },
      { title: "Setting", value: (row) => row.setting },
      { title: "Analyses", value: (row) => row.size },
      { title: "Holds in", value: (row) => row.holds, cell: (row) => percent(row.holds, 1) },
      ...(tested ? [{ title: "… with p < 0.05", value: (/** @type {BoardRow} */ row) => row.significant, cell: (/** @type {BoardRow} */ row) => percent(row.significant, 1) }] : []),
    ],
    rows,
    { file: "claim-by-setting.csv" },
  );
}

/** @param {number} difference - of percentages */
function points(difference) {
  const said = fixed(difference, 0);
  return said === "0" && difference ? "under 1 point" : `${said} point${said === "1" ? "" : "s"}`;
}

/**
 * Which option decides: the share in which the claim holds under each setting, over all analyses that there are with all
 * settings of the option.
 * @param {Record<string, import("../data.js").Table>} tables
 * @param {import("./analyses.js").Option[]} options
 * @param {any} claim
 */
function decisions(tables, options, claim) {
  const shares = tables.shares.records({ claim: claim.claim }).filter((row) => row.share_holds !== null);
  const titles = new Map(options.map(({ option, title }) => [option, title]));
  const rows = options
    .map(({ option, title }) => ({ title, own: shares.filter((row) => row.option === option).map((row) => 100 * row.share_holds) }))
    .filter(({ own }) => own.length)
    .map(({ title, own }) => ({ title, own, low: Math.min(...own), high: Math.max(...own) }))
    .sort((one, other) => other.high - other.low - (one.high - one.low));
  if (!rows.length || !rows[0].high) return null;
  return chart(
    claim.decides_most ? `It depends most on ${titles.get(claim.decides_most) ?? claim.decides_most}` : "No option changes anything",
    dotRows(
      rows.map(({ title, own, low, high }) => ({ name: title, note: points(high - low), dots: own.map((value, place) => (place ? { value } : { value, low, high })) })),
      { zero: null, low: 0, high: 100, unit: "share of analyses in which the claim holds (%), a mark for each setting", width: 760 },
    ),
    {
      said: html("span", {}, "Over all analyses, whatever is chosen above. For each option only analyses count that exist with every setting of it, so shares may differ from those above. ", html("a", { href: address("certainty", "", { claim: claim.claim }) }, "This claim without other choices")),
      table: dataTable(
        `${claim.text}: all analyses, by setting`,
        [
          { title: "Option", value: (row) => titles.get(row.option) ?? row.option, heading: true },
          { title: "Setting", value: (row) => row.words },
          { title: "Analyses", value: (row) => row.universes },
          { title: "Holds in", value: (row) => row.share_holds, cell: (row) => percent(row.share_holds, 1) },
          ...(claim.share_significant === null ? [] : [{ title: "… with p < 0.05", value: (/** @type {any} */ row) => row.share_significant, cell: (/** @type {any} */ row) => percent(row.share_significant, 1) }]),
        ],
        shares,
        { file: "claim-by-option.csv" },
      ),
    },
  );
}
