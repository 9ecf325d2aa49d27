// Steering: a model is told to hold one value, and what moves around the circle.
import { choose } from "../address.js";
import { chart, dotRows } from "../chart.js";
import { chosen, refill, selection } from "../controls.js";
import { study } from "../data.js";
import { append, html } from "../dom.js";
import { pInWords, range, signed } from "../format.js";
import { dataTable } from "../table.js";
import { circleChart } from "./chart_circle.js";
import { dimensionTitle } from "./names.js";
import { steeringMap, steeringTables } from "./people_steered.js";
import { sourceNote, subjectControl, subjectOf } from "./people_subjects.js";

/**
 * @param {HTMLElement} root
 * @param {Record<string, import("../data.js").Table>} tables
 */
export function steering(root, tables) {
  const controls = html("div", { class: "controls", role: "group", "aria-label": "Which steering" });
  const content = html("div");
  const family = study.families[0];
  append(
    root,
    html("p", { class: "lead" }, family.circle ? "A model is told to hold one value. By theory that value rises most, its neighbours on the circle rise with it, and those across fall." : "A model is told to hold one value: what else moves?"),
    controls,
    content,
  );
  /** @param {string} told */
  function pick(told) {
    choose({ told });
    draw();
    controls.scrollIntoView();
    controls.querySelector("select")?.focus({ preventScroll: true });
  }
  function draw() {
    const { subjects, subject } = subjectOf(tables, "steering");
    const own = tables.steering.records({ subject: subject.subject });
    const told = [...new Set(own.map(({ group }) => group))];
    const wide = own.some((row) => row.all_low !== null);
    refill(controls, [
      subjectControl(subjects, draw),
      selection("Told to hold", "told", told.map((name) => [name, dimensionTitle(name)]), draw),
      wide ? selection("Intervals by", "intervals", [["", "queries"], ["all", "queries, wordings and raters"]], draw) : null,
    ]);
    const all = wide && chosen("intervals", ["", "all"]) === "all";
    const value = chosen("told", told);
    const hits = tables.steering_hits.records({ subject: subject.subject });
    content.replaceChildren(
      sourceNote(tables, subject),
      oneValue(own, hits.find((row) => row.steered === value), all, value),
      html("h2", {}, "All values told"),
      steeringMap(own, told, hits, pick),
      byDistance(tables.steering_distance.records({ subject: subject.subject })),
      ...steeringTables(hits, tables.steering_pairs.records({ subject: subject.subject })),
    );
  }
  draw();
}

/**
 * @param {any[]} rows - the changes of every dimension, whatever was told
 * @param {any} hit
 * @param {boolean} all
 * @param {string} told
 */
function oneValue(rows, hit, all, told) {
  const family = study.families[0];
  const reach = Math.max(0.1, ...rows.flatMap((row) => (row.group !== told ? row.effect : all ? [row.effect, row.all_low, row.all_high] : [row.effect, row.ci_low, row.ci_high])).map((one) => Math.abs(one ?? 0)));
  const moved = rows.filter((row) => row.group === told).map((row) => ({ name: row.dimension, title: dimensionTitle(row.dimension), value: row.effect, low: all ? row.all_low : row.ci_low, high: all ? row.all_high : row.ci_high }));
  const places = family.dimensions.map((/** @type {any} */ own) => moved.find((row) => row.name === own.name) ?? { name: own.name, title: own.title, value: null, low: null, high: null });
  // A phone has no room for names around a circle.
  const round = family.circle && places.length >= 4 && !matchMedia("(max-width: 40rem)").matches;
  const unit = "change of the centred score (scale points)";
  const raised = !hit ? "" : hit.hit ? "it rises most" : `${dimensionTitle(hit.raised_most)} rises most${hit.rank === null ? "" : `, ${dimensionTitle(told)} is number ${hit.rank}`}`;
  return chart(
    `Told to hold ${dimensionTitle(told)}: ${raised}`,
    round ? circleChart(places, told, reach, unit) : dotRows(places.map((/** @type {any} */ row) => ({ name: row.title, note: signed(row.value), dots: [row] })), { unit }),
    {
      said: round ? "Outside the ring a value rises, inside it falls." : null,
      table: dataTable(
        `Told to hold ${dimensionTitle(told)}: changes`,
        [
          { title: "Value", value: (row) => row.title, heading: true },
          { title: "Change", value: (row) => row.value, cell: (row) => signed(row.value) },
          ...(places.some((/** @type {any} */ row) => row.low !== null) ? [{ title: "95 % interval", value: (/** @type {any} */ row) => row.low, cell: (/** @type {any} */ row) => range(row.low, row.high, signed) }] : []),
        ],
        places,
        { file: "steering.csv" },
      ),
    },
  );
}

/** @param {any[]} rows */
function byDistance(rows) {
  if (!rows.length) return html("div");
  const [first] = rows;
  return chart(
    `By distance on the circle: a cosine explains ${Math.round(100 * first.r2)} %`,
    dotRows(
      rows.map((row) => ({ name: row.steps ? `${row.steps} step${row.steps > 1 ? "s" : ""} away` : "told", note: signed(row.change), dots: [{ value: row.change, low: row.ci_low, high: row.ci_high, series: 0 }, { value: row.fitted, series: 1, hollow: true }] })),
      { unit: "mean change of the centred score (scale points)" },
    ),
    {
      said: `${pInWords(first.p_circle)}: chance of a cosine that fits as well if it did not matter which value was told. Without the values told themselves it explains ${Math.round(100 * first.r2_off_diagonal)} %.`,
      legend: [{ name: "mean change", series: 0 }, { name: "cosine", series: 1 }],
      table: dataTable(
        "Change by distance",
        [
          { title: "Steps", value: (row) => row.steps, heading: true },
          { title: "Cells", value: (row) => row.n },
          { title: "Change", value: (row) => row.change, cell: (row) => signed(row.change) },
          ...(rows.some((row) => row.ci_low !== null) ? [{ title: "95 % interval", value: (/** @type {any} */ row) => row.ci_low, cell: (/** @type {any} */ row) => range(row.ci_low, row.ci_high, signed) }] : []),
          { title: "Cosine", value: (row) => row.fitted, cell: (row) => signed(row.fitted) },
        ],
        rows,
        { file: "steering-by-distance.csv" },
      ),
    },
  );
}
