// Does it reproduce? What is printed first, apart from the archive's files; causes with evidence; what is open and why.
import { address } from "../address.js";
import { partsBar } from "../chart_parts.js";
import { part } from "../data.js";
import { append, html } from "../dom.js";
import { count } from "../format.js";
import { dataTable } from "../table.js";
import { everyNumber, NUMBERS_PAGE, said, statusWord } from "./numbers.js";

/** @type {import("../main.js").View} */
export const certificate = {
  title: (name) => (name === NUMBERS_PAGE ? "Every number beside ours" : "Does it reproduce?"),
  async show(root, name) {
    if (name === NUMBERS_PAGE) await everyNumber(root);
    else await overview(root);
  },
};

const COMPARED = ["match", "explained", "conjectured", "unexplained", "differs"];
const KINDS = [
  ["cause", "Causes, each shown on the data"],
  ["conjecture", "Conjectures: only the numbers that they explain speak for them"],
  ["check", "Checks, by a second route or by what must follow"],
  ["fact", "Facts, reported"],
];

/** @param {HTMLElement} root */
async function overview(root) {
  const { counts, findings, causes, waiting, open } = await part("certificate");
  const rows = counts.records();
  append(root, html("p", { class: "lead" }, "The numbers of the paper and of the authors' archive beside those made again from the raw data, as far as these allow it. A number matches where it is equal to the last digit published. It is explained where it is equal once a cause that the data themselves show is taken out; conjectured where nothing but the number itself speaks for the cause; open where no cause is known, and listed so; else it differs."));
  append(root, html("p", {}, html("a", { href: address("certificate", NUMBERS_PAGE) }, "Every number beside ours, to filter and search →")));
  for (const total of rows.filter((row) => row.total)) append(root, ...totals(total, rows.filter((row) => !row.total && row.part === total.part)));
  const derived = rows.filter((row) => row.part === "");
  if (derived.length) append(root, html("p", { class: "soft" }, "Not counted above, since they follow from numbers that are: ", derived.map((row, place) => [place ? "; " : "", numbersLink(row.source, { source: row.source }), ` (${sentence(row)})`]).flat(), "."));
  append(root, ...stillOpen(open.records()));
  const explained = new Map(causes.records().map((row) => [row.cause, row.numbers]));
  for (const [kind, title] of KINDS) append(root, ...tested(title, findings.records({ kind }), explained, kind === "check"));
  append(root, ...needs(waiting.records()));
}

/**
 * @param {any} total
 * @param {any[]} sources
 */
function totals(total, sources) {
  const compared = COMPARED.reduce((sum, status) => sum + (total[status] ?? 0), 0);
  const others = Object.keys(total).filter((name) => !COMPARED.includes(name) && typeof total[name] === "number" && total[name] > 0);
  const whole = compared + others.reduce((sum, name) => sum + total[name], 0);
  const bar = partsBar(`Numbers ${total.source}`, COMPARED.map((status) => ({ name: statusWord(status), value: total[status] ?? 0 })));
  const rest = others.length ? ` The others cannot be: ${others.map((name) => `${name}, ${count(total[name])}`).join("; ")}.` : "";
  return [
    html("h2", {}, `Numbers ${total.source}`),
    html("p", {}, `${count(compared)} of ${count(whole)} are compared.${rest}`),
    bar,
    html("details", {}, html("summary", {}, "Where they stand"), bySource(`Numbers ${total.source}, by where they stand`, sources)),
  ];
}

/**
 * @param {string} caption
 * @param {any[]} sources
 */
function bySource(caption, sources) {
  const statuses = Object.keys(sources[0] ?? {}).filter((name) => sources.some((row) => typeof row[name] === "number" && row[name] > 0));
  return dataTable(
    caption,
    [
      { title: "Where", value: (row) => row.source, cell: (row) => numbersLink(row.source, { source: row.source }), heading: true },
      ...statuses.map((status) => ({
        title: statusWord(status),
        value: (/** @type {any} */ row) => row[status],
        cell: (/** @type {any} */ row) => (row[status] ? numbersLink(count(row[status]), { source: row.source, status }) : ""),
      })),
    ],
    sources,
  );
}

/** @param {any[]} rows */
function stillOpen(rows) {
  return [
    html("h2", {}, "Still open"),
    rows.length ? null : html("p", {}, "Nothing."),
    html("ul", { class: "open" }, rows.map((row) => html("li", {}, html("b", {}, `${row.source}, ${row.quantity}`), `: published ${said(row.published)}, ours ${said(row.ours)}, with causes ${said(row.ours_with_causes)}${row.evidence ? `: ${row.evidence}` : ""}`))),
  ];
}

/**
 * @param {string} title
 * @param {any[]} rows
 * @param {Map<string, number>} explained
 * @param {boolean} folded
 */
function tested(title, rows, explained, folded) {
  if (!rows.length) return [];
  const held = rows.filter((row) => row.holds).length;
  const list = html(
    "dl",
    { class: "causes" },
    rows.map((row) => [
      html("dt", { id: `finding-${row.name.replaceAll(" ", "-")}` }, row.name, row.holds ? null : [" ", html("span", { class: "verdict bad" }, "does not hold")]),
      html("dd", {}, html("p", {}, row.statement, explained.has(row.name) ? [" ", numbersLink(`Explains ${count(explained.get(row.name) ?? 0)}.`, { cause: row.name })] : null), html("p", { class: "soft" }, row.evidence)),
    ]).flat(),
  );
  const heading = html("h2", {}, title);
  return folded ? [heading, html("details", {}, html("summary", {}, `${held} of ${rows.length} hold`), list)] : [heading, list];
}

/** @param {any[]} rows */
function needs(rows) {
  if (!rows.length) return [];
  return [
    html("h2", {}, "What the others need"),
    dataTable(
      "Numbers that are not compared, and what would be needed",
      [
        { title: "Where", value: (row) => row.source, cell: (row) => numbersLink(row.source, { source: row.source, status: row.status }), heading: true },
        { title: "Numbers", value: (row) => row.numbers },
        { title: "Why", value: (row) => row.status },
        { title: "What it needs", value: (row) => row.evidence },
      ],
      rows,
    ),
  ];
}

/** @param {any} row */
function sentence(row) {
  return COMPARED.filter((status) => row[status] > 0).map((status) => `${count(row[status])} ${statusWord(status)}`).join(", ");
}

/**
 * @param {string} text
 * @param {Record<string, string>} choices
 */
function numbersLink(text, choices) {
  return html("a", { href: address("certificate", NUMBERS_PAGE, choices) }, text);
}
