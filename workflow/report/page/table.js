// A table that people sort, read and take along: sorted by its headings, long ones shown in steps, downloaded as CSV.
import { html, printable } from "./dom.js";
import { count, fixed } from "./format.js";

/**
 * @typedef {object} Heading
 * @property {string} title
 * @property {(row: any) => any} value - what is sorted by, and what the CSV holds
 * @property {(row: any) => import("./dom.js").Child} [cell] - what is shown, where that differs
 * @property {number} [digits] - of numbers as shown
 * @property {boolean} [heading] - whether the column names its rows
 */

const STEP = 100;

/**
 * @param {string} caption
 * @param {Heading[]} headings
 * @param {any[]} rows
 * @param {{file?: string, sorted?: number, descending?: boolean}} [options] - the name of the CSV; the column sorted by
 * @returns {HTMLElement}
 */
export function dataTable(caption, headings, rows, options = {}) {
  let sorted = options.sorted ?? -1;
  let descending = options.descending ?? false;
  let limit = STEP;
  const numeric = headings.map(({ value }) => rows.some((row) => typeof value(row) === "number"));
  const head = html("tr");
  const body = html("tbody");
  const more = html("button", { type: "button", onclick: () => ((limit = Infinity), fill()) });

  function ordered() {
    if (sorted < 0) return rows;
    const { value } = headings[sorted];
    const sign = descending ? -1 : 1;
    // What is missing comes last, whichever way is sorted.
    return [...rows].sort((one, other) => {
      const [left, right] = [value(one), value(other)];
      if (left === null || right === null) return Number(left === null) - Number(right === null);
      return sign * (typeof left === "number" ? left - right : String(left).localeCompare(String(right), "en", { numeric: true }));
    });
  }

  function fill() {
    head.replaceChildren(
      ...headings.map(({ title }, place) =>
        html(
          "th",
          { scope: "col", class: numeric[place] ? "number" : null, "aria-sort": place === sorted ? (descending ? "descending" : "ascending") : null },
          title ? html("button", { type: "button", class: "sort", onclick: () => sort(place) }, title) : null,
        ),
      ),
    );
    const shown = ordered().slice(0, limit);
    body.replaceChildren(
      ...shown.map((row) =>
        html(
          "tr",
          {},
          headings.map(({ value, cell, digits, heading }, place) => {
            const content = cell ? cell(row) : shownValue(value(row), digits);
            const look = numeric[place] ? "number" : null;
            return heading ? html("th", { scope: "row", class: look }, content) : html("td", { class: look }, content);
          }),
        ),
      ),
    );
    more.hidden = rows.length <= shown.length;
    more.textContent = `Show all ${count(rows.length)} rows`;
  }

  /** @param {number} place */
  function sort(place) {
    descending = place === sorted ? !descending : numeric[place];
    sorted = place;
    fill();
    /** @type {HTMLElement} */ (head.children[place].firstChild).focus();
  }

  fill();
  const saved = options.file
    ? html("button", { type: "button", class: "quiet", onclick: () => download(/** @type {string} */ (options.file), csv(headings, ordered())) }, "Download CSV")
    : null;
  return html(
    "div",
    { class: "data" },
    html(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
      html("table", {}, html("caption", {}, caption), html("thead", {}, head), body),
    ),
    html("div", { class: "below" }, more, saved),
  );
}

/**
 * @param {any} value
 * @param {number} [digits]
 */
function shownValue(value, digits) {
  if (typeof value === "number") return Number.isInteger(value) && digits === undefined ? count(value) : fixed(value, digits);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value === null ? "" : printable(String(value));
}

/**
 * @param {Heading[]} headings
 * @param {any[]} rows
 */
export function csv(headings, rows) {
  const lines = [headings.map(({ title }) => title), ...rows.map((row) => headings.map(({ value }) => value(row)))];
  return lines.map((cells) => cells.map(quoted).join(",")).join("\r\n") + "\r\n";
}

/** @param {any} cell */
function quoted(cell) {
  if (cell === null) return "";
  if (typeof cell === "number") return String(Number(cell.toPrecision(7)));
  // A spreadsheet must take no text for a formula.
  const text = /^[=+\-@\t\r]/.test(String(cell)) ? `'${cell}` : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * @param {string} file
 * @param {string} content
 */
export function download(file, content) {
  const address = URL.createObjectURL(new Blob([content], { type: "text/csv" }));
  const link = html("a", { href: address, download: file });
  document.body.append(link);
  link.click();
  link.remove();
  URL.revokeObjectURL(address);
}
