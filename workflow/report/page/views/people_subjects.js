// Whose personas are shown: a model and how it was told, and what is known of its numbers.
import { chosen, selection } from "../controls.js";
import { html } from "../dom.js";
import { fixed, pInWords } from "../format.js";

const PEOPLE = new Map([["printed", "people, as printed"], ["ess_microdata", "people, European Social Survey"], ["simulated", "people, simulated"]]);
const WEIGHTINGS = new Map([["anweight", "weighted"], ["none", "unweighted"], ["as_printed", ""]]);

/**
 * All subjects, and the one that the address names, or the first.
 * @param {Record<string, import("../data.js").Table>} tables
 * @param {string} kind - the table that has its numbers
 */
export function subjectOf(tables, kind) {
  const have = new Set(tables[kind].records().map(({ subject }) => subject));
  const subjects = tables.subjects.records().filter(({ subject }) => have.has(subject));
  const name = chosen("subject", subjects.map(({ subject }) => subject));
  return { subjects, subject: subjects.filter(({ subject }) => subject === name)[0] };
}

/**
 * @param {any[]} subjects
 * @param {() => void} changed
 */
export function subjectControl(subjects, changed) {
  return selection("Model", "subject", subjects.map(({ subject }) => [subject, subject]), changed);
}

/**
 * Where the numbers come from.
 * @param {Record<string, import("../data.js").Table>} tables
 * @param {any} subject
 */
export function sourceNote(tables, subject) {
  const left = tables.subjects.records().filter(({ shown }) => !shown).length;
  const said = subject.source === "printed" ? "the numbers that the paper prints, with no answers behind them here, and so no intervals of changes." : subject.intervals ? "scored from the model's own answers; intervals are 95 %, of each change by itself." : "scored from the model's own answers; too few queries for intervals.";
  return html("p", { class: "soft" }, html("bdi", {}, subject.subject), `: ${said}`, left ? ` ${left} more model${left === 1 ? "" : "s"} would make this page too large; personas/effects.csv has them.` : null);
}

/**
 * @param {any} row
 */
export function peopleName(row) {
  return [PEOPLE.get(row.people_source) ?? row.people_source, WEIGHTINGS.get(row.weighting) ?? row.weighting].filter(Boolean).join(", ");
}

/**
 * @param {number | null} p
 */
export function inBrackets(p) {
  return p === null ? "" : `(${pInWords(p)})`;
}

/** @param {any} row */
export function byChance(row) {
  return row.same_sign_expected === null ? "" : fixed(row.same_sign_expected, 1);
}
