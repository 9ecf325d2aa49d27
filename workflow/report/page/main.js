// Shows the view that the address names, and says so to those who cannot see it.
import { address, here } from "./address.js";
import { study } from "./data.js";
import { html } from "./dom.js";
import { certainty } from "./views/certainty.js";
import { certificate } from "./views/certificate.js";
import { compare } from "./views/compare.js";
import { findings } from "./views/findings.js";
import { item } from "./views/item.js";
import { items } from "./views/items.js";
import { method } from "./views/method.js";
import { model } from "./views/model.js";
import { models } from "./views/models.js";
import { people } from "./views/people.js";

/**
 * @typedef {object} View
 * @property {(name: string) => string} title
 * @property {(root: HTMLElement, name: string) => Promise<void> | void} show - fills the root, which is empty
 */

/** @type {Record<string, View>} */
const VIEWS = { findings, models, model, compare, items, item, people, certainty, certificate, method };

const main = /** @type {HTMLElement} */ (document.querySelector("main"));
const links = /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("nav a"));
let shown = "";

async function show() {
  const { view, name } = here();
  const which = `${view}/${name}`;
  const known = Object.hasOwn(VIEWS, view) && study.views.includes(view);
  const title = known ? VIEWS[view].title(name) : "There is no such page";
  const heading = html("h1", { tabindex: "-1" }, html("bdi", {}, title));
  const root = html("div", { class: `view ${known ? view : ""}` });
  main.replaceChildren(heading, root);
  main.setAttribute("aria-busy", "true");
  document.title = `${title} – ${study.title}`;
  for (const link of links) {
    const own = link.dataset.views?.split(" ").includes(view);
    if (own) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  try {
    if (known) await VIEWS[view].show(root, name);
    else root.append(html("p", {}, html("a", { href: address("findings") }, "To the findings")));
  } catch (error) {
    root.replaceChildren(html("p", { role: "alert" }, "This view could not be drawn. A browser of 2023 or later is needed; if yours is, the fault is the page's."));
    console.error(error);
  }
  // Whoever goes on by a link starts at the top, with whatever they read with.
  if (shown && shown !== which) {
    scrollTo(0, 0);
    heading.focus({ preventScroll: true });
  }
  shown = which;
  main.setAttribute("aria-busy", "false");
  document.documentElement.dataset.shown = which;
}

document.querySelector(".skip")?.addEventListener("click", (event) => {
  event.preventDefault();
  main.querySelector("h1")?.focus();
});
addEventListener("hashchange", show);
show();
