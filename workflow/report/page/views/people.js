// People and personas: models beside people on the same items, personas beside groups of people, steering.
import { chart, dotRows } from "../chart.js";
import { chosen, selection } from "../controls.js";
import { part, study } from "../data.js";
import { append, html } from "../dom.js";
import { fixed, pInWords, probability, range, signed } from "../format.js";
import { dataTable } from "../table.js";
import { dimensionTitle, familyTitle } from "./names.js";
import { personas } from "./people_personas.js";
import { steering } from "./people_steering.js";
import { showSection } from "./sections.js";

/** @type {import("../main.js").View} */
export const people = {
  title: () => "People and personas",
  async show(root, name) {
    const tables = await part("people");
    /** @type {import("./sections.js").Section[]} */
    const sections = [];
    if (tables.people) sections.push({ name: "models", title: "Models beside people", show: (own) => besidePeople(own, tables.people) });
    if (tables.effects?.rows) sections.push({ name: "personas", title: "Personas", show: (own) => personas(own, tables) });
    if (tables.steering?.rows) sections.push({ name: "steering", title: "Steering", show: (own) => steering(own, tables) });
    if (sections.length) showSection(root, "people", name, sections);
    else append(root, html("p", {}, "Nobody rated the items of this study."));
    if (study.conditions.length && !tables.effects?.rows && !tables.steering?.rows) append(root, html("p", { class: "soft" }, "Models answered under personas, but none has a score there beside its own without one."));
  },
};

/**
 * @param {HTMLElement} root
 * @param {import("../data.js").Table} table
 */
function besidePeople(root, table) {
  const content = html("div");
  const families = [...new Set(table.records().map(({ family }) => family))];
  append(
    root,
    html("p", { class: "lead" }, "Models and people on the same items, scored in the same way. A bar is the 95 % interval of a mean, for people and items like these; where p after correction is 0.05 or more, the difference may be chance."),
    html("div", { class: "controls", role: "group", "aria-label": "Which dimensions" }, selection("Dimensions", "family", families.map((name) => [name, familyTitle(name)]), draw)),
    content,
  );
  function draw() {
    const family = chosen("family", families);
    const rows = table.records({ family });
    if (rows.every((row) => row.models_mean === null && row.people_mean === null)) {
      content.replaceChildren(html("p", {}, `Neither models nor people have a score in ${familyTitle(family)}.`));
      return;
    }
    const clear = rows.filter((row) => row.p_adjusted !== null && row.p_adjusted < 0.05);
    content.replaceChildren(
      chart(
        clear.length ? `Models differ from people in ${clear.map((row) => dimensionTitle(row.dimension)).join(", ")}` : rows.some((row) => row.p_adjusted !== null) ? "No difference between models and people is beyond chance" : "Whether models differ from people cannot be told",
        dotRows(
          rows.map((row) => ({
            name: dimensionTitle(row.dimension),
            note: `${signed(row.difference)}, ${pInWords(row.p_adjusted)}`,
            dots: [
              { value: row.models_mean, low: row.models_low, high: row.models_high, series: 0 },
              { value: row.people_mean, low: row.people_low, high: row.people_high, series: 1 },
            ],
          })),
          { unit: "mean centred score (scale points)" },
        ),
        {
          said: "Right: models minus people, and p after Holm's correction over the dimensions. People of one survey group rated the same items, so groups, not persons, are the independent draws.",
          legend: [{ name: `models (${rows[0]?.models_n ?? 0})`, series: 0 }, { name: "people", series: 1 }],
          table: peopleTable(rows, family),
        },
      ),
    );
  }
  draw();
}

/**
 * @param {any[]} rows
 * @param {string} family
 */
function peopleTable(rows, family) {
  return dataTable(
    `${familyTitle(family)}: models and people`,
    [
      { title: "Dimension", value: (row) => dimensionTitle(row.dimension), heading: true },
      { title: "Models", value: (row) => row.models_mean, cell: (row) => `${fixed(row.models_mean)} ${range(row.models_low, row.models_high)}` },
      { title: "People", value: (row) => row.people_mean, cell: (row) => `${fixed(row.people_mean)} ${range(row.people_low, row.people_high)}` },
      { title: "Raters", value: (row) => row.people_n },
      { title: "Survey groups", value: (row) => row.n_groups },
      { title: "Difference", value: (row) => row.difference, cell: (row) => `${signed(row.difference)} ${range(row.difference_low, row.difference_high)}` },
      { title: "p", value: (row) => row.p, cell: (row) => probability(row.p) },
      { title: "p, Holm", value: (row) => row.p_adjusted, cell: (row) => probability(row.p_adjusted) },
    ],
    rows,
    { file: "models-and-people.csv" },
  );
}
