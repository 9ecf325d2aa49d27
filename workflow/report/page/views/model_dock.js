// The bar below the heat map: the score that is pointed at, and the models to be compared.
import { address, here } from "../address.js";
import { html } from "../dom.js";

const MOST_COMPARED = 4;
/** The models to be compared; kept while one looks at others. @type {Set<string>} */
const pickedModels = new Set();

/**
 * Fill the bar, and keep it up with the map.
 * @param {HTMLElement} map
 * @param {HTMLElement} dock
 * @param {boolean} several - whether there are models to compare
 */
export function watchHeat(map, dock, several) {
  const readout = html("span", { class: "readout", "aria-hidden": "true" });
  const chosenModels = html("span", { role: "status" });
  dock.replaceChildren(readout, chosenModels);
  const boxes = /** @type {HTMLInputElement[]} */ ([...map.querySelectorAll("input.pick")]);
  /** @param {Event} event */
  const read = ({ target }) => (readout.textContent = /** @type {Element} */ (target).closest?.("td a")?.getAttribute("aria-label") ?? "");
  map.onmouseover = read;
  map.firstChild?.nextSibling?.addEventListener("focusin", read);
  if (!several) return;
  const update = () => {
    for (const box of boxes) {
      box.checked = pickedModels.has(box.dataset.model ?? "");
      box.disabled = !box.checked && pickedModels.size >= MOST_COMPARED;
    }
    const names = [...pickedModels];
    chosenModels.replaceChildren(...(names.length < 2 ? [names.length ? "Tick a second model to compare them." : "Tick two to four models to compare them."] : [html("a", { href: compareAddress(names, here().choices.get("family")), class: "go" }, `Compare ${names.length} models`)]));
  };
  for (const box of boxes) {
    box.onchange = () => {
      const name = box.dataset.model ?? "";
      if (box.checked) pickedModels.add(name);
      else pickedModels.delete(name);
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
