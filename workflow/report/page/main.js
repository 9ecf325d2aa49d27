// Shows the view that the address names, and says so to those who cannot see it.
import { address, here, leave } from "./address.js";
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

/** Where the reader was under an address: how far down, and on which link. @type {Map<string, {top: number, link: string | null}>} */
const places = new Map();
let goingBack = false;

/** @param {{top: number, link: string | null}} [place] - where the reader was before */
async function show(place) {
  const { view, name } = here();
  const which = `${view}/${name}`;
  const another = shown && shown !== which;
  shown = which;
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
  // What brings itself into sight does so first.
  if (place) await new Promise((done) => setTimeout(done));
  // The reader may have gone on meanwhile.
  if (!root.isConnected) return;
  if (place) putBack(place, heading);
  else if (another) {
    // Whoever goes on by a link starts at the top, with whatever they read with.
    scrollTo({ top: 0, behavior: "instant" });
    heading.focus({ preventScroll: true });
  }
  history.replaceState({ known: true }, "");
  main.setAttribute("aria-busy", "false");
}

document.querySelector(".skip")?.addEventListener("click", (event) => {
  event.preventDefault();
  main.querySelector("h1")?.focus();
});
/**
 * @param {{top: number, link: string | null}} place
 * @param {HTMLElement} heading
 */
function putBack({ top, link }, heading) {
  const target = link ? /** @type {HTMLElement | null} */ (main.querySelector(`a[href="${CSS.escape(link)}"]`)) : null;
  // Within a box that scrolls by itself, too.
  target?.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
  scrollTo({ top, behavior: "instant" });
  (target ?? heading).focus({ preventScroll: true });
}

document.addEventListener("click", ({ target }) => {
  goingBack = /** @type {Element} */ (target).closest("a.back") !== null;
});
addEventListener("hashchange", ({ oldURL }) => {
  const { hash } = new URL(oldURL);
  // Of a view that was still being drawn, the place is another's.
  if (main.getAttribute("aria-busy") === "false") {
    leave(hash);
    places.set(hash, { top: scrollY, link: main.contains(document.activeElement) ? /** @type {Element} */ (document.activeElement).getAttribute("href") : null });
  }
  show(goingBack || history.state?.known ? places.get(location.hash) : undefined);
  goingBack = false;
});
// Of its own accord the browser would scroll before the view is drawn.
history.scrollRestoration = "manual";
show();
