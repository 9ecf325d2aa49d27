// Tables below the personas: agreement with people against chance, trends, and the paper's findings.
import { html } from "../dom.js";
import { fixed, probability, range, shortNumber, signed } from "../format.js";
import { dataTable } from "../table.js";
import { dimensionTitle } from "./names.js";
import { byChance, inBrackets, peopleName } from "./people_subjects.js";

/**
 * @param {any[]} rows - of one axis, against one thing
 * @param {string} axis
 */
export function agreement(rows, axis) {
  if (!rows.length) return html("div");
  const all = rows.filter((row) => row.group === "all");
  return html(
    "div",
    {},
    html("h2", {}, "Agreement with people"),
    ...all.map((row) =>
      html("p", {}, `All groups of ${axis} beside ${peopleName(row)}: ${row.same_sign} of ${row.n_signs} signs agree${byChance(row) && `, by chance ${byChance(row)}`} ${inBrackets(row.same_sign_p)}; rank correlation ${signed(row.rho)} ${inBrackets(row.rho_p)}.`),
    ),
    dataTable(
      `By ${axis}: do personas move as people differ?`,
      [
        { title: "Group", value: (row) => row.group, heading: true },
        { title: "People", value: peopleName },
        { title: "Same sign", value: (row) => row.same_sign, cell: (row) => `${row.same_sign} of ${row.n_signs}` },
        { title: "By chance", value: (row) => row.same_sign_expected, cell: byChance },
        { title: "p", value: (row) => row.same_sign_p, cell: (row) => probability(row.same_sign_p) },
        { title: "Rank correlation", value: (row) => row.rho, cell: (row) => signed(row.rho) },
        { title: "p of it", value: (row) => row.rho_p, cell: (row) => probability(row.rho_p) },
        { title: "Slope", value: (row) => row.slope, cell: (row) => `${fixed(row.slope)} ${range(row.slope_ci_low, row.slope_ci_high)}` },
      ],
      rows,
      { file: "agreement.csv" },
    ),
    html("p", { class: "soft" }, "By chance: if the persona's changes were dealt to the dimensions in any other order; p is one-sided. There are many rows: a p just below 0.05 is no finding. On two instruments a slope of 1 is no yardstick."),
  );
}

/**
 * Dimensions that only rise or only fall along an ordered axis.
 * @param {any[]} rows
 * @param {string} subject
 * @param {string} axis
 * @param {string[]} dimensions - that are shown
 */
export function trends(rows, subject, axis, dimensions) {
  const own = rows.filter((row) => row.axis === axis && dimensions.includes(row.dimension) && (row.subject === subject || row.subject === null));
  if (!own.some((row) => row.subject === subject)) return html("div");
  const who = (/** @type {any} */ row) => (row.subject === null ? peopleName({ people_source: row.source, weighting: row.weighting }) : "personas");
  const columns = [...new Set(own.map(who))];
  const cells = new Map(own.map((row) => [`${row.dimension}\n${who(row)}`, row]));
  const shown = (/** @type {any} */ row) => (!row ? "" : row.strict ? row.direction : `τ ${signed(row.tau)}`);
  return html(
    "div",
    {},
    html("h2", {}, `Along ${axis}`),
    dataTable(
      `${axis}: dimensions that rise or fall with every step; else Kendall's τ of order and change`,
      [
        { title: "Dimension", value: (row) => dimensionTitle(row), heading: true },
        ...columns.map((name) => ({ title: name, value: (/** @type {string} */ row) => shown(cells.get(`${row}\n${name}`)) })),
      ],
      [...new Set(own.map(({ dimension }) => dimension))],
      { file: "trends.csv" },
    ),
  );
}

/** @param {any[]} rows */
export function findingsInWords(rows) {
  if (!rows.length) return html("div");
  return html(
    "div",
    {},
    html("h2", {}, "Findings of the paper"),
    dataTable(
      "What the paper says of personas and people, beside numbers as they stand: without intervals, and not held against chance",
      [
        { title: "Finding", value: (row) => row.finding, heading: true },
        { title: "Personas", value: (row) => row.persona, cell: (row) => shortNumber(row.persona) },
        { title: "People", value: (row) => row.human, cell: (row) => shortNumber(row.human) },
        { title: "Who they are", value: peopleName },
        { title: "These numbers", value: ({ holds }) => (holds === null ? "" : holds ? "go this way" : "do not go this way") },
      ],
      rows,
      { file: "persona-findings.csv" },
    ),
  );
}
