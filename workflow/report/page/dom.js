// Elements are made from names, attributes and children; a text is always a text node, so no text can become markup.

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * An element of the page. `on…` attributes take functions; `style` takes an object; true is an attribute without a
 * value; null, undefined and false leave an attribute out.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElement}
 */
export function html(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/**
 * An element of a chart, as `html`.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {SVGElement}
 */
export function svg(tag, attributes = {}, ...children) {
  return fill(/** @type {SVGElement} */ (document.createElementNS(SVG, tag)), attributes, children);
}

/**
 * @template {HTMLElement | SVGElement} E
 * @param {E} element
 * @param {Record<string, any>} attributes
 * @param {(Child | Child[])[]} children
 */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") Object.assign(element.style, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, ...children);
  return element;
}

/**
 * @param {Element} element
 * @param {...(Child | Child[])} children
 */
export function append(element, ...children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/**
 * Words of others (answers, item texts, names), kept apart from what stands around them: their direction of writing
 * ends with them, and what is not printable is shown by its number.
 * @param {string} text
 * @param {string} [tag]
 * @returns {HTMLElement}
 */
export function words(text, tag = "bdi") {
  return html(tag, tag === "bdi" ? {} : { dir: "auto" }, printable(text));
}

// Controls but line ends and tabs; marks that turn the direction of writing, are invisible or tag letters; halves of
// pairs. What joins letters and pictures (U+200C, U+200D) is left.
const UNPRINTABLE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|\udb40[\udc00-\udc7f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
// More marks on a letter than any script puts there, which would paint over the lines around it.
const STACKED = /(\p{M}{6})\p{M}+/gu;

/**
 * @param {string} text
 */
export function printable(text) {
  return text
    .replaceAll("\r\n", "\n")
    .replace(UNPRINTABLE, (sign) => `⟨U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`)
    .replace(STACKED, (all, kept) => `${kept}⟨${all.length - kept.length} marks more⟩`);
}
