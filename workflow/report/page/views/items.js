// All items: searched, filtered, and read query by query.
import { choose, here } from "../address.js";
import { WITHOUT_TEXTS, beginning, catalogue, dimensions, titled } from "../catalogue.js";
import { chosen, search, selection } from "../controls.js";
import { part, study } from "../data.js";
import { append, html } from "../dom.js";
import { count, counted } from "../format.js";
import { listOfItems } from "./items_list.js";

/** @typedef {{items: any[], terms: string[], rho: Map<string, number>}} Found */

/** @type {import("../main.js").View} */
export const items = {
  title: () => "Items",
  async show(root) {
    const known = await catalogue();
    const { correlations } = await part("items");
    const { ratings } = await part("answers");
    const all = [...known.items.values()];
    const sought = new Map(all.map((item) => [item.item_id, soughtIn(item)]));
    const odd = oddAnswers(ratings);
    const list = html("div");
    const choices = controlsOfItems(all, known, odd, correlations.rows > 0, () => changed());
    const relation = /** @type {HTMLSelectElement | null} */ (choices.querySelector(".relation select"));
    const draw = () => {
      if (relation) relation.disabled = !here().choices.get("dimension");
      const found = filteredItems(all, known, sought, odd, correlations);
      list.replaceChildren(...listOfItems(found, known, draw));
    };
    const changed = () => {
      choose({ page: "" });
      draw();
    };
    append(root, html("p", { class: "lead" }, leadOfItems(all, correlations.rows > 0)), study.texts === "none" ? html("p", { class: "soft" }, WITHOUT_TEXTS) : null, choices, list);
    draw();
  },
};

/**
 * @param {any[]} all
 * @param {boolean} correlated - whether people rated them
 */
function leadOfItems(all, correlated) {
  const queries = new Set(all.map(({ query_id }) => query_id)).size;
  const responses = queries < all.length ? `responses to ${count(queries)} ${queries === 1 ? "query" : "queries"}` : "sentences";
  const measured = correlated ? "An item measures a dimension where people who score higher on it rate the item higher." : "The study’s own key says what each measures.";
  return `${counted(all.length, "item")}: ${responses}, which models rate from “${study.options[0]}” to “${study.options.at(-1)}”. ${measured}`;
}

/** @param {any} item */
function soughtIn({ item_id, title, text, response }) {
  return [item_id, title, text, response].filter(Boolean).join("\n").toLowerCase();
}

/**
 * The items that have an answer of a class that is not plain, by the classes.
 * @param {import("../data.js").Table} ratings
 */
function oddAnswers({ rows, columns }) {
  /** @type {Map<string, Set<string>>} */
  const found = new Map();
  const { item_id, answer_class } = columns;
  const plain = answer_class.code("plain");
  for (let row = 0; row < rows; row++) {
    if (answer_class.numbers[row] === plain) continue;
    const of = answer_class.at(row);
    if (!found.has(of)) found.set(of, new Set());
    found.get(of)?.add(item_id.at(row));
  }
  return found;
}

/**
 * @param {any[]} all
 * @param {import("../catalogue.js").Catalogue} known
 * @param {Map<string, Set<string>>} odd
 * @param {boolean} correlated
 * @param {() => void} changed
 */
function controlsOfItems(all, known, odd, correlated, changed) {
  const reversed = [...known.tags.values()].flat().some(({ polarity }) => polarity < 0);
  const groups = distinct(all.map(({ group }) => group)).sort((one, other) => one - other);
  const topics = distinct([...known.topics.values()].flat()).sort((one, other) => one.localeCompare(other, "en"));
  const sources = distinct(all.map(({ source }) => source));
  const options = (/** @type {any[]} */ values) => /** @type {[string, string][]} */ (values.map((value) => [String(value), beginning(String(value), 60)]));
  return html(
    "div",
    { class: "controls", role: "search", "aria-label": "Which items" },
    search(study.texts === "none" ? "Search by number" : "Search queries and responses", "search", changed),
    selection("Dimension", "dimension", [["", "any, or none"], ...options(dimensions.map(({ name }) => name)).map(([name]) => /** @type {[string, string]} */ ([name, titled(name)]))], changed),
    html("span", { class: "relation" }, selection(
      "Relation",
      "sign",
      [
        ["", "items that measure it"],
        ...(reversed ? /** @type {[string, string][]} */ ([["reversed", "items that measure it reversed"]]) : []),
        ...(correlated ? /** @type {[string, string][]} */ ([["negative", "items against it (interval below 0)"], ["all", "all items, by correlation"]]) : []),
      ],
      changed,
    )),
    topics.length ? selection("Topic", "topic", [["", "any"], ...options(topics)], changed) : null,
    sources.length > 1 ? selection("Source", "source", [["", "any"], ...options(sources)], changed) : null,
    groups.length > 1 ? selection("Survey group", "group", [["", "any"], ...options(groups)], changed) : null,
    odd.size ? selection("Answers", "answers", [["", "any"], ["odd", "some not plain"], ...options([...odd.keys()]).map(([own, said]) => /** @type {[string, string]} */ ([own, `some ${said.replaceAll("_", " ")}`]))], changed) : null,
    correlated ? selection("Order", "order", [["", "by query, or by correlation"], ["like", "people rate highest"], ["unlike", "people rate lowest"], ["split", "people differ most"]], changed) : null,
  );
}

/**
 * @template T
 * @param {T[]} values
 */
function distinct(values) {
  return [...new Set(values)].filter((value) => value !== null);
}

/**
 * The items that fit the address, in its order.
 * @param {any[]} all
 * @param {import("../catalogue.js").Catalogue} known
 * @param {Map<string, string>} sought
 * @param {Map<string, Set<string>>} odd
 * @param {import("../data.js").Table} correlations
 * @returns {Found}
 */
function filteredItems(all, known, sought, odd, correlations) {
  const { choices } = here();
  const want = (/** @type {string} */ key) => choices.get(key) ?? "";
  const terms = want("search").toLowerCase().split(/\s+/).filter(Boolean);
  const dimension = chosen("dimension", ["", ...dimensions.map(({ name }) => name)]);
  const direction = want("sign");
  const rows = dimension ? correlations.records({ dimension }) : [];
  const rho = new Map(rows.map((row) => [row.item_id, row.rho]));
  const against = new Set(rows.filter(({ ci_high }) => ci_high !== null && ci_high < 0).map(({ item_id }) => item_id));
  const measures = (/** @type {any} */ { item_id }) => {
    if (!dimension || direction === "all") return true;
    if (direction === "negative") return against.has(item_id);
    return known.tags.get(item_id)?.some((tag) => tag.dimension === dimension && (direction !== "reversed" || tag.polarity < 0)) ?? false;
  };
  const answered = (/** @type {any} */ { item_id }) => (want("answers") === "odd" ? [...odd.values()].some((own) => own.has(item_id)) : odd.get(want("answers"))?.has(item_id) ?? false);
  const fit = all.filter(
    (item) =>
      terms.every((term) => sought.get(item.item_id)?.includes(term)) &&
      measures(item) &&
      (!want("topic") || known.topics.get(item.query_id)?.includes(want("topic"))) &&
      (!want("source") || item.source === want("source")) &&
      (!want("group") || String(item.group) === want("group")) &&
      (!want("answers") || answered(item)),
  );
  return { items: orderedItems(fit, dimension ? direction : "", rho), terms, rho };
}

/**
 * @param {any[]} fit
 * @param {string} direction
 * @param {Map<string, number>} rho
 */
function orderedItems(fit, direction, rho) {
  const by = new Map([
    ["like", (/** @type {any} */ item) => item.mean],
    ["unlike", (/** @type {any} */ item) => (item.mean === null ? null : -item.mean)],
    ["split", (/** @type {any} */ item) => item.sd],
    ["all", (/** @type {any} */ item) => rho.get(item.item_id) ?? null],
    ["negative", (/** @type {any} */ item) => -(rho.get(item.item_id) ?? 0)],
  ]).get(here().choices.get("order") || direction);
  return by ? [...fit].sort((one, other) => (by(other) ?? -Infinity) - (by(one) ?? -Infinity)) : fit;
}
