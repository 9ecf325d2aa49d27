// How it was made: choices, versions, the rule behind each file, sources, limits, and everything to take along.
import { part } from "../data.js";
import { append, html, printable } from "../dom.js";
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
        { title: "Key", value: (row) => row.key, cell: (row) => (row.shipped ? html("mark", {}, printable(row.key)) : printable(row.key)), heading: true },
        { title: "Choice", value: (row) => row.value },
        ...(other.length ? [{ title: "As shipped, where other", value: (/** @type {any} */ row) => row.shipped }] : []),
      ],
      rows,
      { file: "choices.csv" },
    ),
  ];
}

/** @param {any[]} rows - one for each table */
function files(rows) {
  const rules = [...new Set(rows.map((row) => row.rule))].map((rule) => {
    const own = rows.filter((row) => row.rule === rule);
    return { ...own[0], named: own.map(({ table, file }) => `${table}: ${file}`).join("; "), own };
  });
  return dataTable(
    "What this page is made of: tables and their files, the rule that made them, and what it reads",
    [
      { title: "Tables and files", value: (row) => row.named, cell: (row) => html("span", {}, row.own.map((/** @type {any} */ { table, file }, /** @type {number} */ place) => [place ? html("br") : null, html("b", {}, tableName(table)), ": ", path(file)]).flat()), heading: true },
      { title: "Rule", value: (row) => row.rule, cell: (row) => html("span", {}, html("code", {}, row.rule), html("br"), html("small", { class: "soft" }, row.does)) },
      { title: "The rule reads", value: (row) => row.made_from, cell: (row) => (row.made_from ? folded("files", paths(row.made_from)) : "") },
    ],
    rules,
    { file: "rules.csv" },
  );
}

/**
 * @param {string} summary
 * @param {import("../dom.js").Child} content
 */
function folded(summary, content) {
  return html("details", { class: "in-cell" }, html("summary", {}, summary), html("small", {}, content));
}

/** @param {string} text - paths with semicolons between them */
function paths(text) {
  return html("span", {}, text.split("; ").map((own, place) => [place ? html("br") : null, path(own)]).flat());
}

/**
 * A path that may break after each folder.
 * @param {string} text
 */
function path(text) {
  return html("span", { class: "path" }, printable(text).split("/").map((own, place) => [place ? ["/", html("wbr")] : null, own]).flat(2));
}

/** @param {string} table */
function tableName(table) {
  return table.replaceAll("_", " ");
}

/** @param {any[]} rows */
function contents(rows) {
  return dataTable(
    "Every table that this page carries; numbers have the digits that the page needs, the files of the run have all. Made of: the tables above that its part takes, each with its file and rule",
    [
      { title: "Part", value: (row) => row.part },
      { title: "Table", value: (row) => tableName(row.table), heading: true },
      { title: "Rows", value: (row) => row.rows },
      { title: "Columns", value: (row) => row.columns, cell: (row) => folded(count(row.columns.split(", ").length), row.columns) },
      { title: "Made of", value: (row) => row.made_of, cell: (row) => (row.made_of ? folded("tables", tableName(row.made_of)) : "") },
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
