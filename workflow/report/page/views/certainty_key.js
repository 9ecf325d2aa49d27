// The item key: tags by chance, whether they come again in other raters, and whether they measure anything in these.
import { chart, dotRows } from "../chart.js";
import { chosen, selection } from "../controls.js";
import { study } from "../data.js";
import { append, html } from "../dom.js";
import { counted, fixed, percent, probability, range, signed } from "../format.js";
import { dataTable } from "../table.js";
import { dimensionTitle, familyTitle } from "./names.js";

/**
 * @param {HTMLElement} root
 * @param {Record<string, import("../data.js").Table>} tables
 * @param {Map<string, string>} said
 */
export function itemKey(root, tables, said) {
  const content = html("div");
  const families = [...new Set(tables.tags.records().map(({ family }) => family))];
  append(
    root,
    html("p", { class: "lead" }, "An item is tagged with a dimension where people's ratings of it correlate with their scores on it. Shuffle whose questionnaire is whose, and many tags come all the same, by chance."),
    html(
      "div",
      { class: "controls", role: "group", "aria-label": "Which tags" },
      selection("Dimensions", "family", families.map((name) => [name, familyTitle(name)]), draw),
      selection("Tags", "direction", [["positive", "positive correlations"], ["two_sided", "either sign"]], draw),
    ),
    content,
  );
  function draw() {
    const family = chosen("family", families);
    const own = saidOf(family, said);
    content.replaceChildren(tagsByChance(tables, family, chosen("direction", ["positive", "two_sided"])), lines(own, ["chance", "dilution"]), replication(tables, family, own), validity(tables, family, own));
  }
  draw();
}

/**
 * What the study says of a family: mostly of its first; topics on another have that one's name behind.
 * @param {string} family
 * @param {Map<string, string>} said
 */
export function saidOf(family, said) {
  if (family === study.families[0].name) return said;
  const ending = ` ${family}`;
  return new Map([...said].filter(([topic]) => topic.endsWith(ending)).map(([topic, text]) => [topic.slice(0, -ending.length), text]));
}

/**
 * What the study says of these topics.
 * @param {Map<string, string>} said
 * @param {string[]} topics
 */
export function lines(said, topics) {
  return html("div", {}, topics.filter((topic) => said.get(topic)).map((topic) => html("p", {}, said.get(topic) ?? "")));
}

/**
 * @param {Record<string, import("../data.js").Table>} tables
 * @param {string} family
 * @param {string} direction
 */
function tagsByChance(tables, family, direction) {
  const rows = tables.tags.records({ family, direction });
  const alone = rows.filter((row) => row.dimension !== null);
  const beyond = alone.filter((row) => row.beyond);
  return chart(
    `${familyTitle(family)}: more items than chance gives in ${beyond.length} of ${counted(alone.length, "dimension")}`,
    dotRows(
      alone.map((row) => ({
        name: dimensionTitle(row.dimension),
        note: row.beyond ? "beyond chance" : "",
        dots: [{ value: row.tags, series: 0, hollow: !row.beyond }, { value: row.expected, low: row.low, high: row.high, series: 1 }],
      })),
      { zero: null, low: 0, unit: "items tagged" },
    ),
    {
      legend: [{ name: "tags; hollow: not told from chance, p ≥ 0.05 after Holm's correction", series: 0 }, { name: "mean and 95 % range with shuffled raters", series: 1 }],
      table: dataTable(
        `${familyTitle(family)}: tags and chance`,
        [
          { title: "Dimension", value: (row) => dimensionTitle(row.dimension), heading: true },
          { title: "Tests", value: (row) => row.tests },
          { title: "Tags", value: (row) => row.tags },
          { title: "By chance", value: (row) => row.expected, cell: (row) => `${fixed(row.expected, 1)} ${range(row.low, row.high, (own) => fixed(own, 0))}` },
          { title: "p", value: (row) => row.p, cell: (row) => probability(row.p) },
          { title: "p, Holm", value: (row) => row.p_adjusted, cell: (row) => probability(row.p_adjusted) },
          { title: "False tags", value: (row) => row.false_discovery_rate, cell: (row) => percent(row.false_discovery_rate) },
          { title: "Surviving", value: (row) => row.surviving },
        ],
        rows,
        { file: "tags-by-chance.csv" },
      ),
    },
  );
}

/**
 * @param {Record<string, import("../data.js").Table>} tables
 * @param {string} family
 * @param {Map<string, string>} said
 */
function replication(tables, family, said) {
  const rows = tables.replication.records({ family }).filter((row) => row.rho !== null);
  if (!rows.length) return html("p", {}, said.get("replication") ?? "With so few raters, or tags, it cannot be told whether tags come again in others.");
  return chart(
    "Tags of one half of the raters in the other half",
    dotRows(
      rows.map((row) => ({
        name: dimensionTitle(row.dimension),
        note: `${percent(row.share_tagged_again)} again`,
        dots: [{ value: row.rho, series: 0 }, { value: row.rho_other, low: row.rho_other_low, high: row.rho_other_high, series: 1 }],
      })),
      { unit: "mean correlation of the pairs tagged" },
    ),
    {
      said: said.get("replication"),
      legend: [{ name: "in the half that tagged them", series: 0 }, { name: "in the other half, 95 % range over splits", series: 1 }],
      table: dataTable(
        `${familyTitle(family)}: tags in the other half of the raters`,
        [
          { title: "Dimension", value: (row) => dimensionTitle(row.dimension), heading: true },
          { title: "Pairs, mean over splits", value: (row) => row.pairs, digits: 1 },
          { title: "Correlation", value: (row) => row.rho, digits: 2 },
          { title: "In the other half", value: (row) => row.rho_other, cell: (row) => `${fixed(row.rho_other)} ${range(row.rho_other_low, row.rho_other_high)}` },
          { title: "Same sign", value: (row) => row.share_positive, cell: (row) => percent(row.share_positive) },
          { title: "Tagged again", value: (row) => row.share_tagged_again, cell: (row) => percent(row.share_tagged_again) },
        ],
        rows,
        { file: "replication.csv" },
      ),
    },
  );
}

/** What stands in the place of the items, as the table of validity names it. */
const KEYS = new Map([["raters", "items keyed by other raters"], ["shuffled", "keys from shuffled raters"], ["questionnaire", "the questionnaire itself"]]);
const CRITERIA = new Map([["convergent", "same dimension"], ["discriminant", "other dimensions"]]);

/**
 * @param {Record<string, import("../data.js").Table>} tables
 * @param {string} family
 * @param {Map<string, string>} said
 */
function validity(tables, family, said) {
  const rows = tables.validity.records({ family }).filter((row) => row.r !== null);
  const own = rows.filter((row) => row.key === "raters" && row.dimension !== null && row.dimension === row.criterion);
  // Of the questionnaire with itself the same dimension is 1 by construction, which would flatten the rest.
  const means = rows.filter((row) => row.dimension === null && row.key !== "questionnaire");
  if (!rows.some((row) => row.key === "raters")) return html("p", {}, said.get("validity") ?? "With so few raters, or tags, it cannot be told whether the key measures anything in others.");
  return chart(
    "In people who did not make the key",
    dotRows(
      [
        ...means.map((row) => ({ name: `${row.key === "shuffled" ? "Shuffled" : "Mean"}, ${CRITERIA.get(row.criterion)}`, dots: [{ value: row.r, low: row.low, high: row.high, series: 1 }] })),
        ...own.map((row) => ({ name: dimensionTitle(row.dimension), dots: [{ value: row.r, low: row.low, high: row.high }] })),
      ],
      { unit: "correlation of scores by items with the questionnaire" },
    ),
    {
      said: said.get("validity"),
      legend: [{ name: "a dimension, with the same one of the questionnaire", series: 0 }, { name: "mean over dimensions, with the same (convergent) or the other ones (discriminant); shuffled: by keys from shuffled raters", series: 1 }],
      table: dataTable(
        `${familyTitle(family)}: scores by items and the questionnaire`,
        [
          { title: "Items", value: (row) => KEYS.get(row.key) ?? row.key },
          { title: "Measure", value: (row) => dimensionTitle(row.dimension), heading: true },
          { title: "Questionnaire", value: (row) => (row.dimension === null ? `mean, ${CRITERIA.get(row.criterion)} (${row.criterion})` : dimensionTitle(row.criterion)) },
          { title: "r", value: (row) => row.r, cell: (row) => signed(row.r) },
          { title: "95 % interval", value: (row) => row.low, cell: (row) => range(row.low, row.high, signed) },
        ],
        rows,
        { file: "validity.csv" },
      ),
    },
  );
}
