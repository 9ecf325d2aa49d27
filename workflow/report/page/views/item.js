// An item: its words, what people and models said of it, and what it measures.
import { address, addressLeft, here } from "../address.js";
import { WITHOUT_TEXTS, catalogue, dimensions, saidOfTag, titled } from "../catalogue.js";
import { chart, dotRows } from "../chart.js";
import { part, study } from "../data.js";
import { append, html, printable, words } from "../dom.js";
import { count, probability, range, signed } from "../format.js";
import { dataTable } from "../table.js";
import { modelsAnswers } from "./item_answers.js";

const FOLD = 5000; // characters of a text that stand open

/** @type {import("../main.js").View} */
export const item = {
  title: (name) => `Item ${printable(name.slice(0, 60))}`.trim(),
  async show(root, name) {
    const known = await catalogue();
    const own = known.items.get(name);
    if (!own) {
      append(root, html("p", {}, "There is no such item. ", html("a", { href: address("items") }, "To all items")));
      return;
    }
    append(root, waysFrom(own, known), textsOf(own, known), await correlationsOf(own, known), ...(await modelsAnswers(own)));
  },
};

/**
 * The ways on: back to a model, and to the neighbours among the responses to the query and the items of a dimension.
 * @param {any} own
 * @param {import("../catalogue.js").Catalogue} known
 */
function waysFrom(own, { items, tags }) {
  const { choices } = here();
  const model = choices.get("model");
  const mine = (tags.get(own.item_id) ?? []).map(({ dimension }) => dimension);
  const asked = choices.get("dimension") ?? "";
  const dimension = mine.includes(asked) ? asked : mine[0];
  const all = [...items.keys()];
  const siblings = all.filter((id) => items.get(id).query_id === own.query_id);
  const alike = all.filter((id) => tags.get(id)?.some((tag) => tag.dimension === dimension));
  return html(
    "nav",
    { class: "ways", "aria-label": "Ways from this item" },
    html(
      "ul",
      {},
      model
        ? html("li", {}, html("a", { href: addressLeft("model", model, { dimension: asked }), class: "back" }, "← Back to ", words(model)))
        : html("li", {}, html("a", { href: addressLeft("items", "", { dimension: asked }), class: "back" }, addressLeft("items") === address("items") ? "← All items" : "← Back to the items found")),
      siblings.length > 1 ? neighboursOf("Responses to this query", siblings, own.item_id, { model, dimension: asked }) : null,
      dimension ? neighboursOf(`Items that measure ${titled(dimension)}`, alike, own.item_id, { model, dimension }) : null,
    ),
  );
}

/**
 * @param {string} title
 * @param {string[]} list
 * @param {string} id
 * @param {Record<string, any>} choices
 */
function neighboursOf(title, list, id, choices) {
  const place = list.indexOf(id);
  const link = (/** @type {string | undefined} */ to, /** @type {string} */ said, /** @type {string} */ which) =>
    to === undefined ? html("span", { class: "soft" }, said) : html("a", { href: address("item", to, choices), "aria-label": `${which} of ${title}: ${to}` }, said);
  return html(
    "li",
    {},
    html("span", { class: "soft" }, `${title}: `),
    link(list[place - 1], "← previous", "Previous"),
    ` ${place + 1} of ${list.length} `,
    link(list[place + 1], "next →", "Next"),
  );
}

/**
 * @param {any} own
 * @param {import("../catalogue.js").Catalogue} known
 */
function textsOf(own, { topics, tags, sources }) {
  const mine = tags.get(own.item_id) ?? [];
  const of = topics.get(own.query_id) ?? [];
  const from = sources.size > 1 ? ["From ", html("a", { href: address("items", "", { source: own.source }) }, words(own.source))] : [];
  return html(
    "section",
    {},
    from.length || of.length ? html("p", { class: "soft" }, from, from.length && of.length ? "; " : null, of.map((topic, place) => html("span", {}, place ? ", " : "", html("a", { href: address("items", "", { topic }) }, words(topic))))) : null,
    html(
      "p",
      {},
      mine.length ? "It measures " : "It is in the key of no dimension.",
      mine.map((tag) => html("a", { class: "tag", href: address("items", "", { dimension: tag.dimension }) }, saidOfTag(tag))),
    ),
    study.texts === "none"
      ? html("p", { class: "soft" }, WITHOUT_TEXTS)
      : html(
          "div",
          { class: "texts" },
          own.title?.trim() || own.text?.trim() ? html("div", {}, html("h2", {}, "The query"), quotedText(own, "title", "title"), quotedText(own, "text", "")) : null,
          html("div", {}, html("h2", {}, `The response (${own.response_id})`), quotedText(own, "response", "")),
        ),
  );
}

/**
 * A text of the item, and how long it is where only its start is here.
 * @param {any} own
 * @param {string} which
 * @param {string} look
 */
function quotedText(own, which, look) {
  if (!own[which]?.trim()) return null;
  const [text, length] = [own[which], own[`${which}_length`]];
  return html(
    "blockquote",
    { class: `words ${look}` },
    words(text.slice(0, FOLD), "div"),
    text.length > FOLD ? html("details", {}, html("summary", {}, "The rest of it"), words(text.slice(FOLD), "div")) : null,
    length === null ? null : html("p", { class: "soft" }, `Only the first ${count(text.length)} of its ${count(length)} characters are in this page.`),
  );
}

/**
 * The correlations with all dimensions, a chart for each family.
 * @param {any} own
 * @param {import("../catalogue.js").Catalogue} known
 */
async function correlationsOf(own, { tags }) {
  const { correlations } = await part("items");
  const mine = new Set((tags.get(own.item_id) ?? []).map(({ dimension }) => dimension));
  const order = new Map(dimensions.map(({ name }, place) => [name, place]));
  const all = correlations.records({ item_id: own.item_id });
  const rows = all.filter(({ rho }) => rho !== null);
  rows.sort((one, other) => (order.get(one.dimension) ?? 0) - (order.get(other.dimension) ?? 0));
  if (!rows.length) return all.length ? html("p", { class: "soft" }, "Nothing goes with people’s ratings of it: all of them are alike.") : null;
  const reach = Math.max(0.1, ...rows.flatMap(({ rho, ci_low, ci_high }) => [rho, ci_low, ci_high].map((one) => Math.abs(one ?? 0))));
  return html(
    "section",
    {},
    html("h2", {}, "What it measures"),
    html(
      "p",
      {},
      `How closely people’s ratings of this item go with their own scores on the questionnaire, with 95 % intervals. Filled: the item counts as measuring the dimension${ruleOfKey()}. Each chart has many comparisons, so some intervals leave out 0 by chance.`,
      rows.length < dimensions.length ? ` Of ${dimensions.length} dimensions, ${rows.length} are in this page.` : null,
    ),
    html(
      "div",
      { class: "charts" },
      study.families.map((/** @type {any} */ family) => {
        const of = rows.filter((row) => row.family === family.name);
        return of.length ? correlationChart(own.item_id, family.title, of, mine, reach) : null;
      }),
    ),
  );
}

/** By which rule items count. */
function ruleOfKey() {
  const { threshold, max_p: limit, polarity } = study.rule;
  return `, for a correlation above ${threshold}${polarity === "both" ? `, or below −${threshold},` : ""}${limit === null ? "" : ` with p below ${limit}`}`;
}

/**
 * @param {string} id
 * @param {string} title
 * @param {any[]} rows
 * @param {Set<string>} mine
 * @param {number} reach
 */
function correlationChart(id, title, rows, mine, reach) {
  const drawing = dotRows(
    rows.map(({ dimension, rho, ci_low, ci_high }) => ({
      name: titled(dimension),
      note: signed(rho),
      dots: [{ value: rho, low: ci_low, high: ci_high, hollow: !mine.has(dimension) }],
    })),
    { low: -reach, high: reach, unit: "correlation", width: 400 },
  );
  const table = dataTable(
    `${title}: correlations of item ${printable(id)}`,
    [
      { title: "Dimension", value: ({ dimension }) => titled(dimension), heading: true },
      { title: "rho", value: ({ rho }) => rho, cell: ({ rho }) => signed(rho, 3) },
      { title: "95 % interval", value: ({ ci_low, ci_high }) => range(ci_low, ci_high) },
      { title: "p", value: ({ p }) => p, cell: ({ p }) => probability(p) },
      { title: "Measures it", value: ({ dimension }) => mine.has(dimension) },
    ],
    rows,
    { file: `item_${id.replace(/[^\w-]/g, "_")}.csv` },
  );
  return chart(title, drawing, { table });
}
