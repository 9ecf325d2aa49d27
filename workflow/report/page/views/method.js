// How it was made: choices, versions, the rule behind each file, sources, limits, and everything to take along.
import { part } from "../data.js";
import { append, html } from "../dom.js";
import { count } from "../format.js";
import { csv, dataTable, download } from "../table.js";

/** @type {import("../main.js").View} */
export const method = {
  title: () => "Method",
  async show(root) {
    const own = await part("method");
    append(
      root,
      html("p", { class: "lead" }, "What was chosen, with what it was computed, and which rule made each table; then all tables of this page, to take along."),
      html("h2", {}, "What these numbers do not say"),
      html("ul", { class: "limits" }, own.limits.records().map((row) => html("li", {}, row.text))),
      html("h2", {}, "Where the data come from"),
      named(own.sources.records()),
      html("h2", {}, "How to cite"),
      named(own.cite.records()),
      html("h2", {}, "Choices of the analysis"),
      ...choices(own.config.records()),
      html("h2", {}, "Versions"),
      dataTable("Software", [{ title: "Package", value: (row) => row.name, heading: true }, { title: "Version", value: (row) => row.version }], own.versions.records()),
      html("h2", {}, "The rule behind each table"),
      files(own.files.records()),
      html("h2", {}, "Tables of this page"),
      contents(own.contents.records()),
    );
  },
};

/** @param {any[]} rows */
function named(rows) {
  return html("dl", { class: "causes" }, rows.map((row) => [html("dt", {}, row.name), html("dd", {}, html("p", {}, row.text))]).flat());
}

/** @param {any[]} rows */
function choices(rows) {
  const other = rows.filter((row) => row.shipped);
  const words = other.length
    ? `${count(other.length)} of ${count(rows.length)} differ from the choices that the workflow comes with; they are marked.`
    : `All ${count(rows.length)} are those that the workflow comes with.`;
  return [
    html("p", {}, words),
    dataTable(
      "Choices",
      [
        { title: "Key", value: (row) => row.key, cell: (row) => (row.shipped ? html("mark", {}, row.key) : row.key), heading: true },
        { title: "Choice", value: (row) => row.value },
        ...(other.length ? [{ title: "As shipped, where other", value: (/** @type {any} */ row) => row.shipped }] : []),
      ],
      rows,
      { file: "choices.csv" },
    ),
  ];
}

/** @param {any[]} rows */
function files(rows) {
  return dataTable(
    "Tables that this page is made of, the file of each, the rule that made it, and of what",
    [
      { title: "Table", value: (row) => row.table.replaceAll("_", " "), heading: true },
      { title: "File", value: (row) => row.file, cell: (row) => path(row.file) },
      { title: "Rule", value: (row) => row.rule, cell: (row) => html("span", {}, html("code", {}, row.rule), html("br"), html("small", { class: "soft" }, row.does)) },
      { title: "Made of", value: (row) => row.made_from, cell: (row) => html("small", {}, row.made_from.split("; ").map((/** @type {string} */ own, /** @type {number} */ place) => [place ? html("br") : null, path(own)]).flat()) },
    ],
    rows,
    { file: "files.csv" },
  );
}

/**
 * A path that may break after each folder.
 * @param {string} text
 */
function path(text) {
  return html("span", { class: "path" }, text.split("/").map((own, place) => [place ? ["/", html("wbr")] : null, own]).flat(2));
}

/** @param {any[]} rows */
function contents(rows) {
  return dataTable(
    "Every table that this page carries; numbers are rounded as they are shown",
    [
      { title: "Part", value: (row) => row.part },
      { title: "Table", value: (row) => row.table.replaceAll("_", " "), heading: true },
      { title: "Rows", value: (row) => row.rows },
      { title: "Columns", value: (row) => row.columns, cell: (row) => html("small", {}, row.columns) },
      { title: "CSV", value: () => null, cell: (row) => html("button", { type: "button", class: "quiet", "aria-label": `Download ${row.part} ${row.table} as CSV`, onclick: () => save(row.part, row.table) }, "Download") },
    ],
    rows,
  );
}

/**
 * @param {string} name
 * @param {string} table
 */
async function save(name, table) {
  const own = (await part(name))[table];
  const headings = Object.entries(own.columns).map(([title, column]) => ({ title, value: (/** @type {number} */ row) => column.at(row) }));
  download(`${name}_${table}.csv`, csv(headings, own.where()));
}
