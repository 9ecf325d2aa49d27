// The bar below the heat map: the score that is pointed at, and the models to be compared.
import { address, choose, here } from "../address.js";
import { html } from "../dom.js";

const MOST_COMPARED = 4;

/**
 * Fill the bar, and keep it up with the map. The models to be compared stand in the address.
 * @param {HTMLElement} map
 * @param {HTMLElement} dock
 * @param {Set<string>} known - the models that can be compared
 */
export function watchHeat(map, dock, known) {
  const readout = html("span", { class: "readout", "aria-hidden": "true" });
  const chosenModels = html("span", { role: "status" });
  dock.replaceChildren(readout, chosenModels);
  const boxes = /** @type {HTMLInputElement[]} */ ([...map.querySelectorAll("input.pick")]);
  /** @param {Event} event */
  const read = ({ target }) => (readout.textContent = /** @type {Element} */ (target).closest?.("td a")?.getAttribute("aria-label") ?? "");
  map.onmouseover = read;
  map.firstChild?.nextSibling?.addEventListener("focusin", read);
  if (known.size < 2) return;
  const picked = () => [...new Set(here().choices.getAll("models"))].filter((name) => known.has(name)).slice(0, MOST_COMPARED);
  const update = () => {
    const names = picked();
    for (const box of boxes) {
      box.checked = names.includes(box.dataset.model ?? "");
      box.disabled = !box.checked && names.length >= MOST_COMPARED;
    }
    chosenModels.replaceChildren(...(names.length < 2 ? [names.length ? "Tick a second model to compare them." : "Tick two to four models to compare them."] : [html("a", { href: compareAddress(names, here().choices.get("family")), class: "go" }, `Compare ${names.length} models`)]));
  };
  for (const box of boxes) {
    box.onchange = () => {
      const name = box.dataset.model ?? "";
      const others = picked().filter((other) => other !== name);
      choose({ models: box.checked ? [...others, name] : others });
      update();
    };
  }
  update();
}

/**
 * @param {string[]} names
 * @param {string | null} [family] - of dimensions, where not the first
 */
export function compareAddress(names, family) {
  return address("compare", "", new URLSearchParams([...names.map((name) => ["models", name]), ["family", family ?? ""]]));
}
