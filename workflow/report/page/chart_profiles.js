// Profiles: a row for each dimension, a lane for each series, the scores of others as ticks behind, verdicts beside.
import { axisTitle, clipped, drawnWidth, mark, scale, ticks } from "./chart.js";
import { append, svg } from "./dom.js";
import { fixed } from "./format.js";

/**
 * @typedef {{value: number | null, low?: number | null, high?: number | null, hollow?: boolean}} Lane
 * @typedef {{left: number, right: number, strong: boolean}} Verdict - the series that is higher, that which is lower
 * @typedef {object} ProfileRow
 * @property {string} name
 * @property {(Lane | null)[]} lanes - one for each series, from the top
 * @property {number[]} [others]
 * @property {{low: number, high: number} | null} [band]
 * @property {Verdict[]} [verdicts]
 * @property {string} [note] - in the place of verdicts
 * @property {boolean} [first] - whether a space stands above
 */

const PROFILE_WIDTH = 720;
const LANE_HEIGHT = 14;
const VERDICT_WIDTH = 44; // the width of one

/**
 * @param {ProfileRow[]} rows
 * @param {{unit?: string, zero?: boolean, series?: number[]}} [about] - `series` are the marks of the lanes
 */
export function profileRows(rows, { unit = "", zero = true, series = [0, 1, 2, 3] } = {}) {
  const numbers = rows.flatMap(({ lanes, others = [], band }) => [...lanes.flatMap((lane) => [lane?.value, lane?.low, lane?.high]), ...others, band?.low, band?.high]);
  const reach = numbers.filter((one) => one !== null && one !== undefined);
  if (zero) reach.push(0);
  const [low, high] = [Math.min(...reach), Math.max(...reach)];
  const pad = high - low > 1e-9 ? (high - low) * 0.02 : 0.1;
  const width = drawnWidth(PROFILE_WIDTH);
  // Names and verdicts above the lanes, not beside them.
  const narrow = width < 520;
  const labels = narrow ? 12 : Math.min(230, 18 + 7 * Math.max(...rows.map(({ name }) => name.length)));
  const most = Math.max(...rows.map(({ verdicts = [] }) => verdicts.length));
  const beside = Math.max(most ? VERDICT_WIDTH * Math.min(most, 3) + 14 : 12, rows.some(({ note }) => note) ? 76 : 12);
  const right = width - (narrow ? 12 : beside);
  const x = scale(low - pad, high + pad, labels, right);
  const heads = rows.map(({ verdicts = [] }) => (narrow ? 18 * Math.max(1, Math.ceil(verdicts.length / 3)) : 0));
  const heights = rows.map(({ lanes, verdicts = [], first }, place) => heads[place] + Math.max(lanes.length, narrow ? 0 : 2 * Math.ceil(verdicts.length / 3) - 1) * LANE_HEIGHT + 12 + (first ? 14 : 0));
  const height = heights.reduce((sum, one) => sum + one, 0);
  const drawing = svg("svg", { class: "rows profiles" });
  const steps = ticks(low, high, narrow ? 4 : 8);
  const digits = Math.max(0, Math.ceil(-Math.log10((steps[1] ?? steps[0] + 1) - steps[0]) - 1e-9));
  for (const step of steps) append(drawing, svg("line", { class: step === 0 || Math.abs(step) < 1e-9 ? "zero" : "grid", x1: x(step), x2: x(step), y1: 0, y2: height }), svg("text", { class: "tick", x: x(step), y: height + 15, "text-anchor": "middle" }, fixed(step, digits)));
  const more = axisTitle(drawing, unit, (labels + right) / 2, height + 34, narrow ? width : PROFILE_WIDTH);
  drawing.setAttribute("viewBox", `0 0 ${width} ${height + (unit ? 40 : 22) + more}`);
  let top = 0;
  rows.forEach((row, place) => {
    const start = top + (row.first ? 14 : 0);
    top += heights[place];
    const below = start + heads[place];
    const middle = (below + top) / 2;
    // The line on which its name stands.
    const line = narrow ? start + 16 : middle + 4;
    if (place) append(drawing, svg("line", { class: "between", x1: 0, x2: width, y1: start, y2: start }));
    append(drawing, svg("text", { class: "label", x: narrow ? 0 : labels - 10, y: line, "text-anchor": narrow ? "start" : "end" }, clipped(row.name, narrow ? 26 : 31)));
    if (row.note) append(drawing, svg("text", { class: "note", x: width, y: line, "text-anchor": "end" }, row.note));
    if (row.band) append(drawing, svg("rect", { class: "band", x: x(row.band.low), width: x(row.band.high) - x(row.band.low), y: below + 4, height: top - below - 8 }));
    if (row.others?.length) append(drawing, svg("path", { class: "other", d: row.others.map((other) => `M${x(other).toFixed(1)},${below + 4}V${top - 4}`).join("") }));
    const first = middle - ((row.lanes.length - 1) * LANE_HEIGHT) / 2;
    row.lanes.forEach((lane, at) => append(drawing, ...laneMarks(lane, first + at * LANE_HEIGHT, series[at], x)));
    const { verdicts = [] } = row;
    const lines = Math.ceil(verdicts.length / 3);
    const from = narrow ? width - VERDICT_WIDTH * Math.min(verdicts.length, 3) + 10 : right + 18;
    verdicts.forEach((verdict, at) => {
      const own = Math.floor(at / 3);
      const y = narrow ? start + 12 + 18 * own : middle + (own - (lines - 1) / 2) * 2 * LANE_HEIGHT;
      append(drawing, ...verdictMarks(verdict, from + VERDICT_WIDTH * (at % 3), y, series));
    });
  });
  return drawing;
}

/**
 * @param {Lane | null} lane
 * @param {number} y
 * @param {number} series
 * @param {(number: number) => number} x
 */
function laneMarks(lane, y, series, x) {
  if (!lane || lane.value === null) return [];
  const { low = null, high = null } = lane;
  const line = low !== null && high !== null ? svg("line", { class: `interval series-${(series % 6) + 1}`, x1: x(low), x2: x(high), y1: y, y2: y }) : null;
  return [line, mark(x(lane.value), y, series, lane.hollow)];
}

/**
 * Which is higher: its mark, a sign, the mark of the lower one.
 * @param {Verdict} verdict
 * @param {number} x
 * @param {number} y
 * @param {number[]} series
 */
function verdictMarks({ left, right, strong }, x, y, series) {
  return [mark(x, y, series[left]), svg("text", { class: strong ? "sign strong" : "sign", x: x + 13, y: y + 4, "text-anchor": "middle" }, strong ? "≫" : ">"), mark(x + 26, y, series[right])];
}
