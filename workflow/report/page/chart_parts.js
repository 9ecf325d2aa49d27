// Bars of parts and of shares, in HTML: they keep their letters' size at any width, and print as they stand.
import { html } from "./dom.js";
import { count, percent } from "./format.js";

/**
 * One bar of all that is counted, cut into its parts; each part's number stands below, the small ones too.
 * @param {string} title - said in place of the bar to those who cannot see it
 * @param {{name: string, value: number, tone?: string}[]} parts
 */
export function partsBar(title, parts) {
  const all = parts.reduce((sum, { value }) => sum + value, 0) || 1;
  const own = parts.filter(({ value }) => value > 0);
  return html(
    "div",
    { class: "parts" },
    html(
      "div",
      { class: "bar", role: "img", "aria-label": `${title}: ${parts.map(({ name, value }) => `${count(value)} ${name}`).join(", ")}` },
      own.map(({ name, value, tone }) => html("span", { class: tone ?? toneOf(name), style: { flexGrow: String(value / all) } })),
    ),
    html(
      "ul",
      { class: "counts" },
      parts.map(({ name, value, tone }) =>
        html("li", { class: tone ?? toneOf(name) }, html("i", { "aria-hidden": "true" }), html("b", {}, count(value)), ` ${name}`),
      ),
    ),
  );
}

/**
 * How a status is coloured.
 * @param {string} status
 */
export function toneOf(status) {
  const tones = { match: "good", explained: "fair", conjectured: "doubt", unexplained: "open", open: "open", differs: "bad", differ: "bad" };
  return Object.hasOwn(tones, status) ? tones[/** @type {keyof typeof tones} */ (status)] : "none";
}

/**
 * A bar for each share of 1, its number beside it.
 * @param {{name: string, value: number}[]} shares
 */
export function shareBars(shares) {
  return html(
    "table",
    { class: "shares" },
    html("caption", { class: "unseen" }, "Shares"),
    html(
      "tbody",
      {},
      shares.map(({ name, value }) =>
        html(
          "tr",
          {},
          html("th", { scope: "row" }, name),
          html("td", { class: "number" }, percent(value)),
          html("td", { class: "track", "aria-hidden": "true" }, html("div", {}, html("div", { style: { width: `${value * 100}%` } }))),
        ),
      ),
    ),
  );
}
