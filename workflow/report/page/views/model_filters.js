// Which models are shown: by name, family, developer, weights, size and reasoning, as far as models differ in it.
import { selection } from "../controls.js";
import { here } from "../address.js";

/** @typedef {Record<string, any>} AnyModel */

/** @type {[string, string, (size: number | null) => boolean][]} */
const MODEL_SIZES = [
  ["small", "up to 10 billion", (size) => size !== null && size <= 10],
  ["medium", "10 to 100 billion", (size) => size !== null && size > 10 && size <= 100],
  ["large", "over 100 billion", (size) => size !== null && size > 100],
  ["unknown", "not public", (size) => size === null],
];
// The key of the address, the label, and the column.
const MODEL_FACTS = [
  ["kin", "Family", "family"],
  ["developer", "Developer", "developer"],
  ["weights", "Weights", "weights"],
  ["reasoning", "Reasoning", "reasoning"],
];

/**
 * @param {AnyModel[]} rows
 * @param {() => void} changed
 */
export function filterControls(rows, changed) {
  const controls = MODEL_FACTS.map(([key, label, column]) => {
    const values = [...new Set(rows.map((row) => row[column]).filter((value) => value !== null))].sort();
    return values.length > 1 ? selection(label, key, [["", "all"], ...values.map((value) => /** @type {[string, string]} */ ([value, value]))], changed) : null;
  });
  const sizes = MODEL_SIZES.filter(([, , fits]) => rows.some((row) => fits(row.size_b)));
  if (sizes.length > 1) controls.push(selection("Parameters", "size", [["", "all"], ...sizes.map(([key, said]) => /** @type {[string, string]} */ ([key, said]))], changed));
  return controls.filter((control) => control !== null);
}

/**
 * Those that the address asks for.
 * @template {AnyModel} T
 * @param {T[]} rows
 * @returns {T[]}
 */
export function filteredModels(rows) {
  const { choices } = here();
  const part = (choices.get("name") ?? "").toLowerCase();
  const size = MODEL_SIZES.find(([key]) => key === choices.get("size"));
  return rows.filter(
    (row) =>
      row.model.toLowerCase().includes(part) &&
      MODEL_FACTS.every(([key, , column]) => !choices.get(key) || row[column] === choices.get(key)) &&
      (!size || size[2](row.size_b)),
  );
}
