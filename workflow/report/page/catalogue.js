// The items with what is known of each, as views of items need them.
import { part, study } from "./data.js";
import { printable } from "./dom.js";
import { signed } from "./format.js";

/**
 * @typedef {{family: string, dimension: string, rho: number | null, polarity: number}} Tag
 * @typedef {object} Catalogue
 * @property {Map<string, any>} items - in the order of the study, by their ids
 * @property {Map<string, Tag[]>} tags - of each item that has any, the strongest first
 * @property {Map<string, string[]>} topics - by the ids of queries
 * @property {Set<string>} sources - that items are from
 */

export const WITHOUT_TEXTS =
  "This copy of the page was made without the texts of items, and without what models said in words of their own.";

/** @type {Promise<Catalogue> | undefined} */
let catalogued;

export function catalogue() {
  catalogued ??= part("items").then((tables) => {
    const tags = gathered(tables.key.records(), "item_id", (tag) => tag);
    for (const own of tags.values()) own.sort((one, other) => Math.abs(other.rho ?? 0) - Math.abs(one.rho ?? 0));
    return {
      items: new Map(tables.items.records().map((item) => [item.item_id, item])),
      tags,
      topics: gathered(tables.topics.records(), "query_id", ({ topic }) => topic),
      sources: new Set(tables.items.records().map(({ source }) => source)),
    };
  });
  return catalogued;
}

/**
 * What rows hold, in lists by the texts of a column.
 * @param {Record<string, any>[]} rows
 * @param {string} key
 * @param {(row: any) => any} value
 */
export function gathered(rows, key, value) {
  /** @type {Map<any, any[]>} */
  const lists = new Map();
  for (const row of rows) {
    const list = lists.get(row[key]);
    if (list) list.push(value(row));
    else lists.set(row[key], [value(row)]);
  }
  return lists;
}

/** All dimensions, each with its family. */
export const dimensions = /** @type {{name: string, title: string, family: any}[]} */ (
  study.families.flatMap((/** @type {any} */ family) => family.dimensions.map((/** @type {any} */ own) => ({ ...own, family })))
);

/**
 * @param {string} name - of a dimension
 */
export function titled(name) {
  return dimensions.find((own) => own.name === name)?.title ?? name;
}

/**
 * The title of a dimension with the correlation that made the tag.
 * @param {Tag} tag
 */
export function saidOfTag({ dimension, rho, polarity }) {
  return [titled(dimension), polarity < 0 ? "(reversed)" : "", rho === null ? "" : signed(rho)].filter(Boolean).join(" ");
}

/**
 * Where a longer text begins, in one line.
 * @param {string} text
 * @param {number} most - characters
 */
export function beginning(text, most) {
  const line = printable(text.slice(0, 2 * most)).replace(/\s+/g, " ").trim();
  if (line.length <= most && text.length <= 2 * most) return line;
  return `${line.slice(0, most).replace(/[\ud800-\udbff]$/, "").replace(/\s+\S{0,20}$/, "")} …`;
}
