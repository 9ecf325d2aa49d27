// A verdict in a few words, coloured by what it says.
import { html } from "../dom.js";

const LOOKS = new Map([["holds", "good"], ["does not hold", "bad"], ["cannot be tested here", ""]]);

/** @param {string} words */
export function verdictMark(words) {
  return html("span", { class: `verdict ${LOOKS.get(words) ?? "open"}` }, words);
}
