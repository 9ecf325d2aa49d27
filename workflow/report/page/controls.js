// Controls with names: a choice among few, a search, a switch. Each stands in the address, so that it can be sent.
import { choose, here } from "./address.js";
import { html } from "./dom.js";

/**
 * What is chosen now under a key of the address, if it is among what can be chosen; else the first of these.
 * @param {string} key
 * @param {string[]} allowed
 */
export function chosen(key, allowed) {
  const value = here().choices.get(key) ?? "";
  return allowed.includes(value) ? value : allowed[0];
}

/**
 * A choice among options, each its value and what is read; the first is the default, which the address leaves out. One
 * option alone is no choice.
 * @param {string} label
 * @param {string} key
 * @param {[string, string][]} options
 * @param {() => void} changed
 */
export function selection(label, key, options, changed) {
  if (options.length < 2) return null;
  const now = chosen(key, options.map(([value]) => value));
  const list = /** @type {HTMLSelectElement} */ (
    html(
      "select",
      { onchange: () => act(key, list.value === options[0][0] ? "" : list.value, changed) },
      options.map(([value, said]) => html("option", { value, selected: value === now }, said)),
    )
  );
  return html("label", { class: "control" }, html("span", {}, label), list);
}

/**
 * @param {string} label
 * @param {string} key
 * @param {() => void} changed
 */
export function search(label, key, changed) {
  const field = /** @type {HTMLInputElement} */ (
    html("input", {
      type: "search",
      value: here().choices.get(key) ?? "",
      autocomplete: "off",
      spellcheck: "false",
      oninput: () => act(key, field.value, changed),
    })
  );
  return html("label", { class: "control" }, html("span", {}, label), field);
}

/**
 * @param {string} label
 * @param {string} key
 * @param {() => void} changed
 */
export function toggle(label, key, changed) {
  const box = /** @type {HTMLInputElement} */ (
    html("input", {
      type: "checkbox",
      checked: here().choices.get(key) === "yes",
      onchange: () => act(key, box.checked ? "yes" : "", changed),
    })
  );
  return html("label", { class: "control switch" }, box, html("span", {}, label));
}

/**
 * Other controls in the place of these; whoever was on one of them by keyboard stays on it.
 * @param {HTMLElement} group
 * @param {(HTMLElement | null)[]} controls
 */
export function refill(group, controls) {
  const focused = document.activeElement;
  const label = (/** @type {Element} */ own) => own.querySelector("span")?.textContent ?? own.textContent;
  const was = [...group.children].find((own) => own.contains(focused));
  group.replaceChildren(...controls.filter((own) => own !== null));
  const same = was && /** @type {HTMLElement | undefined} */ ([...group.children].find((own) => label(own) === label(was)));
  (same?.querySelector("select") ?? same)?.focus();
}

/**
 * @param {string} key
 * @param {string} value
 * @param {() => void} changed
 */
function act(key, value, changed) {
  choose({ [key]: value });
  changed();
}
