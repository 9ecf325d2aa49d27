// The items that were found, a page at a time, query by query.
import { address, choose, here } from "../address.js";
import { beginning, saidOfTag, titled } from "../catalogue.js";
import { study } from "../data.js";
import { html, words } from "../dom.js";
import { count, fixed, signed } from "../format.js";
import { csv, download } from "../table.js";
import { marked } from "./marked.js";

const ITEMS_A_PAGE = 25; // items on a page

/**
 * A page of what was found, with the ways to the others.
 * @param {import("./items.js").Found} found
 * @param {import("../catalogue.js").Catalogue} known
 * @param {() => void} draw
 */
export function listOfItems({ items: all, terms, rho }, known, draw) {
  const pages = Math.max(1, Math.ceil(all.length / ITEMS_A_PAGE));
  const page = Math.min(pages, Math.max(1, Math.floor(Number(here().choices.get("page"))) || 1));
  const own = all.slice((page - 1) * ITEMS_A_PAGE, page * ITEMS_A_PAGE);
  const queries = new Set(all.map(({ query_id }) => query_id)).size;
  const status = html("p", { role: "status", tabindex: "-1", class: "found" }, all.length ? `${count(all.length)} ${all.length === 1 ? "item" : "items"}${queries < all.length ? ` of ${count(queries)} ${queries === 1 ? "query" : "queries"}` : ""}` : "No item fits.", pages > 1 ? `; page ${page} of ${pages}` : "");
  const turn = (/** @type {number} */ to) => {
    choose({ page: to === 1 ? "" : to });
    draw();
    const now = /** @type {HTMLElement} */ (document.querySelector(".items .found"));
    now.focus({ preventScroll: true });
    now.scrollIntoView({ block: "start" });
  };
  const button = (/** @type {string} */ said, /** @type {number} */ to) => html("button", { type: "button", disabled: to < 1 || to > pages, onclick: () => turn(to) }, said);
  return [
    status,
    ...groupedByQuery(own).map((list) => queryOf(list, terms, known, rho)),
    html(
      "div",
      { class: "below" },
      pages > 1 ? [button("← Previous page", page - 1), button("Next page →", page + 1)] : null,
      all.length ? html("button", { type: "button", class: "quiet", onclick: () => download("items.csv", csv(columnsOfItems(known, rho), all)) }, "Download CSV") : null,
    ),
  ];
}

/**
 * Neighbours of the same query together.
 * @param {any[]} own
 */
function groupedByQuery(own) {
  /** @type {any[][]} */
  const lists = [];
  for (const item of own) {
    const last = lists.at(-1);
    if (last?.[0].query_id === item.query_id) last?.push(item);
    else lists.push([item]);
  }
  return lists;
}

/**
 * @param {any[]} list
 * @param {string[]} terms
 * @param {import("../catalogue.js").Catalogue} known
 * @param {Map<string, number>} rho
 */
function queryOf(list, terms, known, rho) {
  const [{ query_id, source, group, title, text }] = list;
  const said = [title, text].filter((one) => one?.trim());
  const about = [known.sources.size > 1 ? source : null, ...(known.topics.get(query_id) ?? []), group === null ? null : `survey group ${group}`].filter((one) => one !== null);
  return html(
    "section",
    { class: "query" },
    html("h2", {}, said.length ? marked(said[0], terms, 130) : words(`Query ${query_id}`)),
    said.length > 1 ? html("p", { class: "soft" }, marked(said[1], terms, 220)) : null,
    about.length ? html("p", { class: "note" }, about.map((one, place) => html("span", {}, place ? " · " : "", words(beginning(one, 60))))) : null,
    html("ul", {}, list.map((item) => responseOf(item, terms, known, rho))),
  );
}

/**
 * @param {any} item
 * @param {string[]} terms
 * @param {import("../catalogue.js").Catalogue} known
 * @param {Map<string, number>} rho
 */
function responseOf(item, terms, known, rho) {
  const dimension = here().choices.get("dimension") ?? "";
  const tags = known.tags.get(item.item_id) ?? [];
  const other = rho.get(item.item_id);
  return html(
    "li",
    {},
    html("a", { href: address("item", item.item_id, { dimension }) }, words(item.item_id)),
    " ",
    study.texts === "none" ? null : marked(item.response, terms, 260),
    html(
      "p",
      { class: "note" },
      tags.map((tag) => html("span", { class: "tag" }, saidOfTag(tag))),
      other === undefined || tags.some((tag) => tag.dimension === dimension) ? null : html("span", { class: "tag weak" }, `${titled(dimension)} ${signed(other)}`),
      item.mean === null ? null : html("span", { class: "mean" }, `people’s mean ${fixed(item.mean)}`),
    ),
  );
}

/**
 * @param {import("../catalogue.js").Catalogue} known
 * @param {Map<string, number>} rho
 */
function columnsOfItems(known, rho) {
  const plain = ["item_id", "query_id", "response_id", "source", "group", "n", "mean", "sd", ...(study.texts === "none" ? [] : ["title", "text", "response"])];
  return [
    ...plain.map((name) => ({ title: name, value: (/** @type {any} */ item) => item[name] })),
    { title: "measures", value: (/** @type {any} */ item) => (known.tags.get(item.item_id) ?? []).map(saidOfTag).join("; ") },
    ...(rho.size ? [{ title: "rho", value: (/** @type {any} */ item) => rho.get(item.item_id) ?? null }] : []),
  ];
}
