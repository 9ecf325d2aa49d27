// The items behind a model's score of a dimension, with its rating under every prompt version.
import { address } from "../address.js";
import { part, study } from "../data.js";
import { html, printable } from "../dom.js";
import { fixed, signed } from "../format.js";
import { clipped } from "../chart.js";
import { dataTable } from "../table.js";
import { scoreInWords } from "./model_words.js";

/** @typedef {{rating: number | null, plain: boolean}} Given - an answer's rating, and whether its words are those of one option */

/**
 * @param {any} score - of table `scores`
 * @param {{name: string, title: string}} dimension
 * @returns {Promise<HTMLElement>}
 */
export async function itemsBehind(score, dimension) {
  const { items, key } = await part("items");
  const tags = key?.records({ family: score.family, dimension: dimension.name }) ?? [];
  const given = await ratingsGiven(score.model, new Set(tags.map((tag) => tag.item_id)));
  const texts = new Map((items?.records() ?? []).map((item) => [item.item_id, item]));
  const rows = tags.map((tag) => behindRow(tag, texts.get(tag.item_id), given.get(tag.item_id)));
  rows.sort((one, other) => Number(other.mean) - Number(one.mean));
  const centre = score.mean === null ? null : score.mean - score.score;
  const count = `${rows.length} item${rows.length === 1 ? "" : "s"}`;
  const odd = rows.some(({ versions }) => [...versions.values()].flat().some(({ plain }) => !plain));
  return html(
    "section",
    { class: "behind", "aria-labelledby": "behind" },
    html("h2", { id: "behind", tabindex: "-1" }, `${dimension.title}: the items behind ${scoreInWords(score)}`),
    html(
      "p",
      {},
      `${count} measure${rows.length === 1 ? "s" : ""} ${dimension.title}. `,
      score.mean === null ? "" : `Rated ${fixed(score.mean)} on average, where the centre of this model's ratings is ${fixed(centre)}: the difference is the score, ${signed(score.score)}. `,
      given.size ? "" : "The ratings of this model are left out: there are too many for a page.",
    ),
    dataTable(`Ratings of ${printable(score.model)}, by item and prompt version`, behindHeadings(score.model, rows, given.size > 0), rows, { file: "items_behind.csv" }),
    odd ? html("p", { class: "soft" }, "* The answer is not just the words of one option; the number leads to what was said. – No rating could be read.") : null,
  );
}

/**
 * @param {any} tag - of table `key`
 * @param {any} item
 * @param {Map<string, Given[]>} [versions]
 */
function behindRow(tag, item, versions = new Map()) {
  const means = [...versions.values()].map((given) => given.flatMap(({ rating }) => (rating === null ? [] : [rating]))).filter((ratings) => ratings.length);
  const mean = means.length ? means.reduce((sum, ratings) => sum + ratings.reduce((all, one) => all + one, 0) / ratings.length, 0) / means.length : null;
  return { ...tag, said: item?.response ?? item?.title ?? null, source: item?.source ?? null, people: item?.mean ?? null, versions, mean };
}

/**
 * A model's answers at baseline to some items, by item and prompt version.
 * @param {string} model
 * @param {Set<string>} wanted
 */
async function ratingsGiven(model, wanted) {
  const { ratings } = await part("answers");
  /** @type {Map<string, Map<string, Given[]>>} */
  const given = new Map();
  if (!ratings) return given;
  const { item_id: ids, prompt_version: versions, rating, answer_class: kinds } = ratings.columns;
  const codes = new Set([...wanted].map((id) => ids.code(id)));
  for (const row of ratings.where({ model, condition: "baseline" })) {
    if (!codes.has(ids.numbers[row])) continue;
    const [id, version] = [ids.at(row), versions.at(row)];
    const own = given.get(id) ?? new Map();
    own.set(version, [...(own.get(version) ?? []), { rating: rating.at(row), plain: kinds.at(row) === "plain" }]);
    given.set(id, own);
  }
  return given;
}

/**
 * @param {string} model
 * @param {ReturnType<typeof behindRow>[]} rows
 * @param {boolean} rated
 * @returns {import("../table.js").Heading[]}
 */
function behindHeadings(model, rows, rated) {
  const asked = study.versions.filter((/** @type {any} */ { name }) => rows.some(({ versions }) => versions.has(name)));
  /** @type {(import("../table.js").Heading | null)[]} */
  const headings = [
    { title: "Item", value: (row) => row.item_id, cell: (row) => html("a", { href: address("item", row.item_id, { model, dimension: row.dimension }) }, html("bdi", {}, printable(row.item_id))), heading: true },
    rows.some(({ said }) => said !== null) ? { title: "Response", value: (row) => row.said, cell: (row) => html("span", { class: "start", dir: "auto" }, printable(clipped(row.said ?? "", 110))) } : null,
    rows.some(({ rho }) => rho !== null) ? { title: "ρ with people's scores", value: (row) => row.rho, digits: 2 } : null,
    rows.some(({ polarity }) => polarity < 0) ? { title: "Keyed", value: (row) => (row.polarity < 0 ? "reversed" : "") } : null,
    rated ? { title: "Mean rating", value: (row) => row.mean, digits: 2 } : null,
    ...asked.map((/** @type {any} */ { name }) => ({ title: name.replaceAll("_", " "), value: (/** @type {any} */ row) => firstRating(row.versions.get(name)), cell: (/** @type {any} */ row) => givenWords(row.versions.get(name), address("item", row.item_id, { model, dimension: row.dimension, version: name }), name) })),
    rows.some(({ people }) => people !== null) ? { title: "People's mean", value: (row) => row.people, digits: 2 } : null,
  ];
  return headings.filter((heading) => heading !== null);
}

/** @param {Given[]} [given] */
function firstRating(given = []) {
  return given[0]?.rating ?? null;
}

/**
 * The ratings under a prompt version; those of odd answers lead to the words.
 * @param {Given[] | undefined} given
 * @param {string} where
 * @param {string} version
 */
function givenWords(given = [], where, version) {
  return html("span", {}, given.flatMap(({ rating, plain }, place) => [
    place ? " " : null,
    plain ? String(rating ?? "–") : html("a", { href: where, "aria-label": `${rating ?? "–"}*, the words under ${printable(version)}` }, `${rating ?? "–"}*`),
  ]));
}
