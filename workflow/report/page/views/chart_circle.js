// Changes around a circle: outside the ring what rises, inside what falls.
import { mark, scale, ticks } from "../chart.js";
import { study } from "../data.js";
import { append, svg } from "../dom.js";
import { signed } from "../format.js";

const INNER = 36;
const OUTER = 168;
const MIDDLE = { x: 300, y: 232 };
const MOST_TITLES = 14;

/**
 * @typedef {{name: string, title: string, value: number | null, low: number | null, high: number | null}} Place
 */

/**
 * @param {Place[]} places - in their order on the circle, the first at the top
 * @param {string} told - the place that has a frame
 * @param {number} reach - the largest change that the circle has room for
 * @param {string} unit
 */
export function circleChart(places, told, reach, unit) {
  const radius = scale(-reach, reach, INNER, OUTER);
  const drawing = svg("svg", { viewBox: "0 0 600 488", class: "circle" });
  for (const tick of ticks(-reach, reach, 5)) append(drawing, svg("circle", { class: tick ? "ring" : "ring zero", cx: MIDDLE.x, cy: MIDDLE.y, r: radius(tick) }));
  places.forEach((place, number) => drawPlace(drawing, place, (2 * Math.PI * number) / places.length, radius, place.name === told, places.length > MOST_TITLES));
  // Between the first two places, where no change is drawn.
  const between = Math.PI / places.length;
  for (const tick of ticks(-reach, reach, 5)) append(drawing, svg("text", { class: "tick", "text-anchor": "middle", x: MIDDLE.x + Math.sin(between) * radius(tick), y: MIDDLE.y - Math.cos(between) * radius(tick) + 4 }, signed(tick, 1)));
  append(drawing, svg("text", { class: "tick", x: MIDDLE.x, y: 480, "text-anchor": "middle" }, unit));
  return drawing;
}

/**
 * @param {SVGElement} drawing
 * @param {Place} place
 * @param {number} angle
 * @param {(value: number) => number} radius
 * @param {boolean} framed
 * @param {boolean} short
 */
function drawPlace(drawing, { name, title, value, low, high }, angle, radius, framed, short) {
  const at = (/** @type {number} */ r) => [MIDDLE.x + Math.sin(angle) * r, MIDDLE.y - Math.cos(angle) * r];
  const line = (/** @type {number} */ from, /** @type {number} */ to, /** @type {string} */ look) => {
    const [[x1, y1], [x2, y2]] = [at(from), at(to)];
    append(drawing, svg("line", { class: look, x1, y1, x2, y2 }));
  };
  line(INNER, OUTER, "grid");
  if (value !== null) {
    const series = value < 0 ? 0 : 1;
    line(radius(0), radius(value), `stalk series-${series + 1}`);
    if (low !== null && high !== null) line(radius(low), radius(high), `interval series-${series + 1}`);
    const [x, y] = at(radius(value));
    append(drawing, mark(x, y, series));
  }
  const side = Math.sin(angle);
  const upright = Math.abs(side) < 0.2;
  const [x, middle] = at(OUTER + (upright ? 24 : 16));
  const y = upright && Math.cos(angle) > 0 ? middle - 8 : middle;
  const look = { class: framed ? "label told" : "label", x, "text-anchor": upright ? "middle" : side > 0 ? "start" : "end" };
  const code = study.families[0].dimensions.find((/** @type {any} */ own) => own.name === name)?.code ?? title;
  append(drawing, svg("text", { ...look, y: y - 2 }, short ? code : title), svg("text", { ...look, class: "tick", y: y + 12 }, value === null ? "–" : signed(value)));
}
