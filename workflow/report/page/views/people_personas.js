// Personas: what they change on every dimension, beside how groups of people differ.
import { choose } from "../address.js";
import { chart, dotRows } from "../chart.js";
import { chosen, refill, selection } from "../controls.js";
import { append, html } from "../dom.js";
import { range, signed } from "../format.js";
import { dataTable } from "../table.js";
import { dimensionTitle, familyTitle } from "./names.js";
import { effectMap } from "./people_map.js";
import { peopleName, sourceNote, subjectControl, subjectOf } from "./people_subjects.js";
import { agreement, findingsInWords, trends } from "./people_tables.js";

const AGAINST = [["baseline", "no persona"], ["axis_mean", "the mean of the axis"]];

/**
 * @param {HTMLElement} root
 * @param {Record<string, import("../data.js").Table>} tables
 */
export function personas(root, tables) {
  const controls = html("div", { class: "controls", role: "group", "aria-label": "Which personas" });
  const content = html("div");
  append(
    root,
    html("p", { class: "lead" }, "A model is told to answer as somebody of a group: what changes in its scores, and does the group of people differ from others in the same direction? Personas and people are measured on two instruments, so compare signs and pattern, not sizes."),
    controls,
    content,
  );
  /**
   * @param {string} named
   * @param {string} group
   */
  function pick(named, group) {
    choose({ axis: named, group });
    draw();
    controls.scrollIntoView();
    controls.querySelector("select")?.focus({ preventScroll: true });
  }
  function draw() {
    const { subjects, subject } = subjectOf(tables, "effects");
    const own = tables.effects.records({ subject: subject.subject });
    const axes = [...new Set(own.map(({ axis }) => axis))];
    const axis = chosen("axis", axes);
    const groups = [...new Set(own.filter((row) => row.axis === axis).map(({ group }) => group))];
    const families = [...new Set(own.map(({ family }) => family))];
    const family = chosen("family", families);
    const against = chosen("against", AGAINST.map(([name]) => name));
    const wide = own.some((row) => row.all_low !== null);
    refill(controls, [
      subjectControl(subjects, draw),
      selection("Axis", "axis", axes.map((name) => [name, name]), draw),
      selection("Group", "group", groups.map((name) => [name, name]), draw),
      selection("Against", "against", /** @type {[string, string][]} */ (AGAINST), draw),
      selection("Dimensions", "family", families.map((name) => [name, familyTitle(name)]), draw),
      wide ? selection("Intervals by", "intervals", [["", "queries"], ["all", "queries, wordings and raters"]], draw) : null,
    ]);
    const group = chosen("group", groups);
    const all = wide && chosen("intervals", ["", "all"]) === "all";
    const rows = own.filter((row) => row.axis === axis && row.group === group && row.family === family);
    const people = tables.beside.records({ subject: subject.subject, axis, group });
    content.replaceChildren(
      sourceNote(tables, subject),
      groupChart(rows, people, { axis, group, against, all }),
      agreement(tables.agreement.records({ subject: subject.subject, axis, against }), axis),
      html("h2", {}, "All personas"),
      effectMap(own.filter((row) => row.family === family), family, against, pick),
      trends(tables.trends.records(), subject.subject, axis, rows.map(({ dimension }) => dimension)),
      findingsInWords(tables.findings.records({ subject: subject.subject })),
    );
  }
  draw();
}

/**
 * @param {any[]} rows - of the group, a dimension each
 * @param {any[]} people - the same, for each source and weighting of people
 * @param {{axis: string, group: string, against: string, all: boolean}} about
 */
function groupChart(rows, people, { axis, group, against, all }) {
  const off = against === "axis_mean";
  const sources = [...new Set(people.map(peopleName))];
  const known = new Map(people.map((row) => [`${row.dimension}\n${peopleName(row)}`, row]));
  const signs = (/** @type {any} */ row) => {
    const own = known.get(`${row.dimension}\n${sources[0]}`);
    const same = own && (off ? own.same_sign_off_axis : own.same_sign);
    return same == null ? "" : same ? "same sign" : "other sign";
  };
  const ends = (/** @type {any} */ row) => (off ? {} : all ? { low: row.all_low, high: row.all_high } : { low: row.ci_low, high: row.ci_high });
  const value = (/** @type {any} */ row) => (off ? row.off_axis : row.effect);
  const besides = (/** @type {any} */ row) =>
    sources.map((name, place) => {
      const own = known.get(`${row.dimension}\n${name}`);
      if (!own) return { value: null, series: place + 1 };
      return off ? { value: own.human_off_axis, series: place + 1 } : { value: own.human_effect, low: own.human_ci_low, high: own.human_ci_high, series: place + 1 };
    });
  if (!rows.some((row) => value(row) !== null)) return html("p", {}, "An axis with one group has no mean to hold it against.");
  return chart(
    `${group} (${axis}): ${sources.length ? "persona and people" : "persona"}`,
    dotRows(
      rows.map((row) => ({ name: dimensionTitle(row.dimension), note: signs(row), dots: [{ value: value(row), ...ends(row), series: 0 }, ...besides(row)] })),
      { unit: off ? "less the mean over the axis's groups (scale points)" : "persona minus no persona; group minus all people (scale points)" },
    ),
    {
      said: sources.length ? null : "No people of this group are there to compare it with.",
      legend: [{ name: "persona", series: 0 }, ...sources.map((name, place) => ({ name, series: place + 1 }))],
      table: dataTable(
        `${group}: changes on every dimension`,
        [
          { title: "Dimension", value: (row) => dimensionTitle(row.dimension), heading: true },
          { title: "Persona", value, cell: (row) => `${signed(value(row))} ${range(ends(row).low ?? null, ends(row).high ?? null, signed)}` },
          ...(rows.some((row) => row.version_sd !== null) ? [{ title: "SD over prompt versions", value: (/** @type {any} */ row) => row.version_sd, digits: 2 }] : []),
          ...sources.map((name, place) => ({ title: name, value: (/** @type {any} */ row) => besides(row)[place].value, cell: (/** @type {any} */ row) => signed(besides(row)[place].value) })),
          { title: sources.length > 1 ? `Sign, beside ${sources[0]}` : "Sign", value: signs },
        ],
        rows,
        { file: "persona.csv" },
      ),
    },
  );
}
