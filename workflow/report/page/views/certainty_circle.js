// How well questionnaires, items and models lie on the circle of the dimensions, against chance.
import { chart, dotRows } from "../chart.js";
import { append, html } from "../dom.js";
import { fixed, pInWords, probability, range } from "../format.js";
import { dataTable } from "../table.js";
import { lines } from "./certainty_key.js";

const FIT = "cosine_r2";
const REFERENCES = new Map([["order", "any other order"], ["raters", "shuffled raters"], ["keys", "keys from shuffled raters"]]);

const STATISTICS = new Map([[FIT, "R² of a cosine"], ["correspondence_index", "correspondence index"], ["congruence", "congruence"], ["mean_steps", "mean steps apart"]]);

/**
 * @param {HTMLElement} root
 * @param {import("../data.js").Table} table
 * @param {Map<string, string>} said
 */
export function circleFit(root, table, said) {
  const rows = table.records().filter((row) => row.value !== null);
  const fits = rows.filter((row) => row.statistic === FIT);
  if (!fits.length) return append(root, html("p", {}, "Nothing could be laid on the circle."));
  const subjects = [...new Set(fits.map((row) => row.title))];
  append(
    root,
    html("p", { class: "lead" }, "Theory puts the dimensions on a circle, like beside like. What beats any other order but not shuffled raters may have its circle from the questionnaire alone."),
    lines(said, ["circle"]),
    chart(
      "Fit to the circle",
      dotRows(
        subjects.map((title) => {
          const own = fits.filter((row) => row.title === title);
          const chance = own.map((row) => ({ value: row.expected, low: row.low, high: row.high, series: row.reference === "order" ? 1 : 2 }));
          return { name: title, note: own.map((row) => pInWords(row.p)).join(", "), dots: [{ value: own[0].value, series: 0 }, ...chance] };
        }),
        { low: 0, unit: "R² of a cosine over the places on the circle" },
      ),
      {
        said: "At the right, p against any other order and against shuffled raters.",
        legend: [{ name: "found", series: 0 }, { name: "any other order: mean, 95 % range", series: 1 }, { name: "shuffled raters: the same", series: 2 }],
        table: dataTable(
          "Fit to the circle by four statistics",
          [
            { title: "What", value: (row) => row.title, heading: true },
            { title: "Statistic", value: (row) => STATISTICS.get(row.statistic) ?? row.statistic },
            { title: "n", value: (row) => row.n },
            { title: "Found", value: (row) => row.value, digits: 2 },
            { title: "Against", value: (row) => REFERENCES.get(row.reference) ?? row.reference },
            { title: "By chance", value: (row) => row.expected, cell: (row) => `${fixed(row.expected)} ${range(row.low, row.high)}` },
            { title: "p", value: (row) => row.p, cell: (row) => probability(row.p) },
          ],
          rows,
          { file: "circle.csv" },
        ),
      },
    ),
  );
}
