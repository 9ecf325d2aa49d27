// What was found, as a newspaper would put it: each finding a sentence, a verdict, a small chart, and the way on.
import { address } from "../address.js";
import { chart, dotRows } from "../chart.js";
import { partsBar, shareBars } from "../chart_parts.js";
import { part } from "../data.js";
import { append, html } from "../dom.js";
import { shortNumber } from "../format.js";
import { dataTable } from "../table.js";

/** @type {import("../main.js").View} */
export const findings = {
  title: () => "Findings",
  async show(root) {
    const { front, findings: rows, marks, claims } = await part("findings");
    const [{ headline, standfirst }] = front.records();
    append(root, html("p", { class: "headline" }, headline), html("p", { class: "standfirst" }, standfirst));
    for (const row of rows.records()) {
      append(root, story(row, marks.records({ finding: row.finding }), claims.records({ finding: row.finding })));
    }
  },
};

/**
 * @param {any} finding
 * @param {any[]} marks
 * @param {any[]} claims
 */
function story(finding, marks, claims) {
  return html(
    "section",
    { class: "story", id: `finding-${finding.finding}` },
    html(
      "div",
      {},
      html("h2", {}, html("bdi", {}, finding.heading)),
      finding.verdict ? html("p", { class: "verdict-line" }, verdictOf(finding.verdict, finding.tone)) : null,
      html("p", {}, finding.sentence),
      html("p", {}, html("a", { href: address(finding.view, finding.name, new URLSearchParams(finding.choices)), class: "onward" }, `${finding.link} →`)),
      claims.length ? claimList(claims) : null,
    ),
    smallChart(finding, marks),
  );
}

/**
 * A verdict in a few words, coloured by its tone.
 * @param {string} said
 * @param {string} tone
 */
export function verdictOf(said, tone) {
  return html("span", { class: `verdict ${tone}` }, said);
}

/** @param {any[]} claims */
function claimList(claims) {
  return html(
    "details",
    { class: "claims" },
    html("summary", {}, claims[0].tally || `${claims.length} claim${claims.length === 1 ? "" : "s"} that cannot be tested here`),
    html(
      "ul",
      {},
      claims.map((claim) =>
        html("li", {}, html("a", { href: address("certainty", "", { claim: claim.claim }) }, html("bdi", {}, claim.text)), ": ", verdictOf(claim.verdict, claim.tone), claim.share ? html("small", {}, ` The numbers go this way in ${claim.share} of the analyses.`) : null),
      ),
    ),
  );
}

/**
 * @param {any} finding
 * @param {any[]} marks
 */
function smallChart(finding, marks) {
  const series = [...new Set(marks.map((mark) => mark.series))];
  if (finding.kind !== "dots") {
    const drawn = finding.kind === "parts" ? partsBar(finding.chart, marks) : shareBars(marks);
    return html("figure", { class: "small" }, html("figcaption", {}, html("strong", {}, finding.chart)), drawn);
  }
  const rows = [...new Set(marks.map((mark) => mark.name))].map((name) => ({
    name,
    dots: marks.filter((mark) => mark.name === name).map((mark) => ({ value: mark.value, low: mark.low, high: mark.high, series: series.indexOf(mark.series), hollow: mark.series === "a model" })),
  }));
  const drawing = dotRows(rows, { unit: finding.unit, width: 440 });
  const legend = series.map((name, place) => ({ name: name ?? "", series: place }));
  const drawn = chart(finding.chart, drawing, { legend, table: numbers(finding, marks) });
  drawn.classList.add("small");
  return drawn;
}

/**
 * @param {any} finding
 * @param {any[]} marks
 */
function numbers(finding, marks) {
  return dataTable(
    finding.unit ? `${finding.chart} (${finding.unit})` : finding.chart,
    [
      { title: "What", value: (mark) => mark.name, heading: true },
      ...(marks.some((mark) => mark.series) ? [{ title: "Of", value: (/** @type {any} */ mark) => mark.model || mark.series }] : []),
      { title: "value", value: (mark) => mark.value, cell: (mark) => shortNumber(mark.value) },
      ...(marks.some((mark) => mark.low !== null)
        ? [
            { title: "from", value: (/** @type {any} */ mark) => mark.low, cell: (/** @type {any} */ mark) => shortNumber(mark.low) },
            { title: "to", value: (/** @type {any} */ mark) => mark.high, cell: (/** @type {any} */ mark) => shortNumber(mark.high) },
          ]
        : []),
    ],
    marks,
  );
}
