// The analyses that are looked at: those with the options that the address names, in an order without a pattern.
import { chosen } from "../controls.js";

/** @typedef {{option: string, title: string, main: string | null, settings: string[], words: Record<string, string>}} Option */

/** What becomes of a claim in an analysis; the numbers are those that the page carries. */
export const CURVE_KINDS = ["does not hold", "holds", "holds with p < 0.05"];

/**
 * The options that have several settings.
 * @param {Record<string, import("../data.js").Table>} tables
 * @returns {Option[]}
 */
export function lookedAt(tables) {
  /** @type {Map<string, Map<string, string>>} */
  const settings = new Map();
  const { option, setting, words } = tables.shares.columns;
  for (let row = 0; row < tables.shares.rows; row++) {
    const own = settings.get(option.at(row)) ?? new Map();
    settings.set(option.at(row), own.set(setting.at(row), words.at(row)));
  }
  return tables.options.records().map((own) => {
    const known = settings.get(own.option) ?? new Map();
    return /** @type {Option} */ ({ ...own, settings: [...known.keys()], words: Object.fromEntries(known) });
  });
}

/** Options that are named one by one; of more, their number says enough. */
const MOST_NAMED = 3;

/** @param {Option[]} options */
export function chosenOptions(options) {
  const set = options.filter(({ option, settings }) => chosen(option, ["", ...settings]));
  if (set.length > MOST_NAMED) return `${set.length} of ${options.length} options are set`;
  return set.map(({ option, title, settings, words }) => `${title}: ${words[chosen(option, settings)]}`).join("; ");
}

/**
 * How many models this run's number and verdict are of, where they are others than those of the analyses: a comparison
 * may have models that are known by printed scores alone.
 * @param {any} claim
 */
export function modelsOfThisRun({ subjects, models }) {
  const compared = (subjects ?? "").split(" / ").reduce((/** @type {number} */ sum, /** @type {string} */ side) => sum + Number(side), 0);
  return models && models < compared ? compared : null;
}

/** @type {Int32Array | null} */
let shuffled = null;

/**
 * All rows in an order of chance, always the same one: analyses of one value would show the order of the table.
 * @param {number} size
 */
function anyOrder(size) {
  if (shuffled?.length === size) return shuffled;
  const rows = Int32Array.from({ length: size }, (_, row) => row);
  let state = 1;
  for (let last = size - 1; last > 0; last--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (last + 1));
    [rows[last], rows[other]] = [rows[other], rows[last]];
  }
  return (shuffled = rows);
}

/**
 * The rows of the analyses with the options chosen.
 * @param {import("../data.js").Table} universes
 * @param {Option[]} options
 */
export function analysesLeft(universes, options) {
  const tests = options.flatMap(({ option, settings }) => {
    const setting = chosen(option, ["", ...settings]);
    const { numbers } = universes.columns[option];
    return setting ? [{ numbers, code: universes.columns[option].code(setting) }] : [];
  });
  return anyOrder(universes.rows).filter((row) => tests.every(({ numbers, code }) => numbers[row] === code));
}

/**
 * Of the analyses in which a claim could be put to the test: their rows by value, and the values. These are rounded; the
 * analyses of one rounded value are spread evenly over what rounds to it, those in which the claim holds last.
 * @param {import("../data.js").Table} universes
 * @param {string} claim
 * @param {Int32Array} rows
 */
export function byValue(universes, claim, rows) {
  const { numbers, unit, null: none } = universes.columns[`value ${claim}`];
  const kinds = universes.columns[`kind ${claim}`].numbers;
  const known = rows.filter((row) => numbers[row] !== none);
  const lowest = known.reduce((low, row) => Math.min(low, numbers[row]), Infinity);
  const place = (/** @type {number} */ row) => 2 * (numbers[row] - lowest) + Math.min(kinds[row], 1);
  // Few values that are whole numbers: counted, not compared.
  const ends = new Int32Array(known.reduce((high, row) => Math.max(high, place(row)), 0) + 2);
  for (const row of known) ends[place(row) + 1]++;
  for (let key = 1; key < ends.length; key++) ends[key] += ends[key - 1];
  const sorted = new Int32Array(known.length);
  for (const row of known) sorted[ends[place(row)]++] = row;
  const values = new Float64Array(sorted.length);
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    const number = numbers[sorted[from]];
    while (to < sorted.length && numbers[sorted[to]] === number) to++;
    for (let at = from; at < to; at++) values[at] = (number + (at + 0.5 - from) / (to - from) - 0.5) * unit;
  }
  return { sorted, values };
}
