// Every published number beside ours: filtered and searched, in steps of 100 rows; a row opens its cause and evidence.
import { address, choose, here } from "../address.js";
import { chosen, search, selection } from "../controls.js";
import { part } from "../data.js";
import { append, html, printable } from "../dom.js";
import { count, counted, fixed } from "../format.js";
import { csv, download } from "../table.js";

export const NUMBERS_PAGE = "numbers";
const STEP_OF_NUMBERS = 100;
const COLUMNS = ["Where", "Number", "Published", "Ours", "With causes", "Status"];

/** @param {HTMLElement} root */
export async function everyNumber(root) {
  const { rows } = await part("numbers");
  const { findings } = await part("certificate");
  const found = numberRows(rows);
  const causes = new Map(findings.records().map((row) => [row.name, row]));
  const list = html("div");
  let limit = STEP_OF_NUMBERS;
  const { columns } = rows;
  const causeNames = [...new Set(columns.cause.texts.flatMap((/** @type {string} */ text) => text.split("; ")))].filter(Boolean);
  append(
    root,
    html("p", { class: "lead" }, "A number that matches equals the published one, to its last digit, as it is; one that is explained does so in the column With causes. Numbers are rounded to four decimals here. Rho and p of one correlation are two rows and one comparison. A row opens its cause and evidence."),
    html("p", {}, html("a", { href: address("certificate") }, "← Totals, causes and what is open")),
    html(
      "div",
      { class: "controls", role: "group", "aria-label": "Which numbers" },
      selection("Where", "source", options("Everywhere", columns.source.texts), changed),
      selection("Status", "status", options("Any", columns.status.texts, statusWord), changed),
      selection("Cause", "cause", options("Any or none", causeNames), changed),
      search("Search, such as Benevolence", "q", changed),
    ),
    list,
  );
  function changed() {
    limit = STEP_OF_NUMBERS;
    choose({ row: "" });
    draw();
  }
  function draw() {
    const matching = found.matching();
    const more = html("button", { type: "button", onclick: () => ((limit += STEP_OF_NUMBERS), draw()) }, `Show ${STEP_OF_NUMBERS} more`);
    more.hidden = matching.length <= limit;
    list.replaceChildren(
      html("p", { role: "status" }, `${count(matching.length)} of ${counted(rows.rows, "row")}${matching.length > limit ? `, the first ${count(limit)} shown` : ""}`),
      numbersTable(matching.slice(0, limit).map(found.record), causes),
      html(
        "div",
        { class: "below" },
        more,
        html("button", { type: "button", class: "quiet", onclick: () => download("numbers.csv", asCsv(matching.map(found.record))) }, "Download these as CSV"),
      ),
    );
  }
  // A row that the address names is among those shown.
  const named = found.matching().findIndex((row) => String(row) === here().choices.get("row"));
  limit = Math.max(limit, Math.ceil((named + 1) / STEP_OF_NUMBERS) * STEP_OF_NUMBERS);
  draw();
  list.querySelector("[aria-expanded=true]")?.scrollIntoView({ block: "center" });
}

/**
 * @param {string} all
 * @param {string[]} values
 * @param {(value: string) => string} [word]
 * @returns {[string, string][]}
 */
function options(all, values, word = (value) => value) {
  return [["", all], .../** @type {[string, string][]} */ (values.filter(Boolean).map((value) => [value, word(value)]))];
}

/**
 * The rows of a table, found by what stands in the address.
 * @param {import("../data.js").Table} table
 */
function numberRows(table) {
  const { columns } = table;
  const words = Object.keys(columns).filter((name) => name.startsWith("word_")).map((name) => columns[name]);
  /** @type {string[] | null} */
  let searched = null;
  /** @param {number} row */
  const quantity = (row) => words.map((column) => column.at(row)).filter((word) => word !== null).join(" ");
  /** @param {number} row */
  function record(row) {
    const published = columns.published.at(row);
    const added = (/** @type {string} */ name) => {
      const number = columns[name].at(row);
      return number === null ? columns[`${name}_text`].at(row) : published === null ? number : published + number;
    };
    return {
      row,
      source: columns.source.at(row),
      quantity: quantity(row),
      published: published ?? columns.published_text.at(row),
      digits: columns.digits.at(row),
      ours: added("ours"),
      ours_with_causes: added("ours_with_causes"),
      status: columns.status.at(row),
      cause: columns.cause.at(row) ?? "",
      evidence: columns.evidence.at(row) ?? "",
      made_by: columns.made_by.at(row) ?? "",
    };
  }
  function matching() {
    const { choices } = here();
    const wanted = Object.fromEntries(["source", "status"].map((key) => [key, chosen(key, ["", ...columns[key].texts])]).filter(([, value]) => value));
    const cause = choices.get("cause") ?? "";
    const codes = new Set(columns.cause.texts.flatMap((/** @type {string} */ text, /** @type {number} */ code) => (text.split("; ").includes(cause) ? [code] : [])));
    const parts = (choices.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    if (parts.length) searched ??= Array.from({ length: table.rows }, (_, row) => quantity(row).toLowerCase());
    return table.where(wanted).filter((row) => (!cause || codes.has(columns.cause.numbers[row])) && parts.every((text) => /** @type {string[]} */ (searched)[row].includes(text)));
  }
  return { record, matching };
}

/**
 * @param {any[]} records
 * @param {Map<string, any>} causes
 */
function numbersTable(records, causes) {
  const body = html("tbody");
  for (const record of records) append(body, ...numberRow(record, causes));
  return html(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": "Numbers beside ours" },
    html(
      "table",
      { class: "numbers" },
      html("caption", {}, "Published numbers beside ours"),
      html("thead", {}, html("tr", {}, COLUMNS.map((title, place) => html("th", { scope: "col", class: place > 1 && place < 5 ? "number" : null }, title)))),
      body,
    ),
  );
}

/**
 * @param {any} record
 * @param {Map<string, any>} causes
 */
function numberRow(record, causes) {
  const wide = html("td", { colspan: COLUMNS.length });
  const below = html("tr", { class: "opened", hidden: true }, wide);
  const button = html("button", { type: "button", class: "open-row", "aria-expanded": "false", onclick: () => turn(below.hidden) }, printable(record.quantity));
  /** @param {boolean} open */
  function turn(open, remembered = true) {
    below.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open && !wide.firstChild) append(wide, explained(record, causes));
    if (remembered) choose({ row: open ? record.row : "" });
  }
  if (here().choices.get("row") === String(record.row)) turn(true, false);
  const cell = (/** @type {any} */ value) => html("td", { class: "number" }, said(value));
  const main = html("tr", {}, html("td", {}, record.source), html("th", { scope: "row" }, button), cell(inPrint(record)), cell(record.ours), cell(record.ours_with_causes), html("td", {}, statusWord(record.status)));
  return [main, below];
}

/**
 * @param {any} record
 * @param {Map<string, any>} causes
 */
function explained(record, causes) {
  const named = record.cause.split("; ").filter(Boolean);
  const compared = said(record.ours) !== "";
  return html(
    "dl",
    { class: "causes" },
    named.map((/** @type {string} */ name) => [html("dt", {}, name), html("dd", {}, html("p", {}, causes.get(name)?.statement ?? ""), html("p", { class: "soft" }, causes.get(name)?.evidence ?? ""))]).flat(),
    named.length || !compared ? null : [html("dt", {}, "Cause"), html("dd", {}, record.status === "match" ? "none needed" : "none")],
    record.evidence ? [html("dt", {}, compared ? "Evidence" : "What it needs"), html("dd", {}, record.evidence)] : null,
    record.made_by ? [html("dt", {}, "Made by the rule"), html("dd", {}, record.made_by)] : null,
  );
}

/**
 * A published number with the digits that it has in print, as far as they are known.
 * @param {any} record
 */
function inPrint({ published, digits }) {
  return digits === null || typeof published !== "number" ? published : fixed(published, digits);
}

/**
 * A number with at most four decimals, a set of names as it is.
 * @param {any} value
 */
export function said(value) {
  if (value === null || value === "") return "";
  return typeof value === "number" ? value.toLocaleString("en-GB", { minimumFractionDigits: Number.isInteger(value) ? 0 : 2, maximumFractionDigits: 4 }).replace(/^-0$/, "0").replace("-", "−") : printable(value.replaceAll("_", " "));
}

/** What is said of the statuses, as far as their names do not. */
const STATUS_WORDS = new Map([["unexplained", "open"], ["differs", "differ"]]);

/** @param {string} status */
export function statusWord(status) {
  return STATUS_WORDS.get(status) ?? status;
}

/** @param {any[]} records */
function asCsv(records) {
  const names = ["source", "quantity", "published", "ours", "ours_with_causes", "status", "cause", "evidence", "made_by"];
  return csv(names.map((name) => ({ title: name, value: (/** @type {any} */ row) => (typeof row[name] === "number" ? Math.round(row[name] * 1e4) / 1e4 : row[name] || null) })), records);
}
