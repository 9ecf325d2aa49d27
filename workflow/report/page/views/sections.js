// The parts of a long view, each with an address of its own: #/certainty/key
import { address } from "../address.js";
import { html } from "../dom.js";

/**
 * @typedef {object} Section
 * @property {string} name - as in the address; the first stands for a view without one, too
 * @property {string} title
 * @property {(root: HTMLElement) => void} show
 */

/**
 * Links to all sections, and the one that the address names.
 * @param {HTMLElement} root
 * @param {string} view
 * @param {string} name
 * @param {Section[]} sections
 */
export function showSection(root, view, name, sections) {
  const now = sections.find((own) => own.name === name) ?? sections[0];
  const content = html("div");
  root.append(
    html(
      "nav",
      { class: "sections", "aria-label": "Parts of this view" },
      html(
        "ul",
        {},
        sections.map((own) => html("li", {}, html("a", { href: address(view, own === sections[0] ? "" : own.name), "aria-current": own === now ? "page" : null }, own.title))),
      ),
    ),
    content,
  );
  now.show(content);
}

/**
 * What a link does within a view: its address is for a new tab, here the choice is made and shown.
 * @param {MouseEvent} event
 * @param {() => void} go
 */
export function stayHere(event, go) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go();
}
