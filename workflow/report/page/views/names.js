// How dimensions, families and verdicts are shown.
import { study } from "../data.js";
import { html } from "../dom.js";

/** @param {string} name */
export function familyTitle(name) {
  return study.families.find((/** @type {any} */ own) => own.name === name)?.title ?? name;
}

/** @param {string | null} name */
export function dimensionTitle(name) {
  for (const family of study.families) for (const own of family.dimensions) if (own.name === name) return own.title;
  return name ?? "all";
}

const LOOKS = new Map([["holds", "good"], ["does not hold", "bad"], ["cannot be tested here", ""]]);

/** @param {string} words */
export function verdictMark(words) {
  return html("span", { class: `verdict ${LOOKS.get(words) ?? "open"}` }, words);
}
