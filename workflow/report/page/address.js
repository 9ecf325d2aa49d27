// What is shown stands in the address, after the #, so that any state can be sent to somebody: #/model/gpt-4o?family=pvq

/**
 * @typedef {{view: string, name: string, choices: URLSearchParams}} Address
 */

/**
 * @param {string} [hash]
 * @returns {Address}
 */
export function here(hash = location.hash) {
  const [path, choices = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const [view = "", ...name] = path.split("/");
  return { view: view || "findings", name: decoded(name.join("/")), choices: new URLSearchParams(choices) };
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * @param {string} view
 * @param {string} [name]
 * @param {Record<string, string | number | null | undefined> | URLSearchParams} [choices]
 */
export function address(view, name = "", choices = {}) {
  const entries = choices instanceof URLSearchParams ? [...choices] : Object.entries(choices);
  const said = new URLSearchParams();
  for (const [key, value] of entries) {
    if (value !== null && value !== undefined && value !== "") said.append(key, String(value));
  }
  const query = said.toString();
  return `#/${view}${name ? `/${encodeURIComponent(name.replace(/\p{Surrogate}/gu, "\ufffd"))}` : ""}${query ? `?${query}` : ""}`;
}

/**
 * Put a choice into the address without leaving the view.
 * @param {Record<string, string | number | null | undefined | string[]>} choices - of several under one key a list
 */
export function choose(choices) {
  const now = here();
  for (const [key, value] of Object.entries(choices)) {
    now.choices.delete(key);
    for (const one of [value].flat()) now.choices.append(key, String(one ?? ""));
  }
  replace(address(now.view, now.name, now.choices));
}

/**
 * Another address for what is shown; the entry of the history stays what it is.
 * @param {string} hash
 */
export function replace(hash) {
  history.replaceState(history.state, "", hash);
}

/** Under which address a view was left, by its own without choices. @type {Map<string, string>} */
const left = new Map();

/** @param {string} hash */
export function leave(hash) {
  const { view, name } = here(hash);
  left.set(address(view, name), hash);
}

/**
 * The way back to a view as it was left, if the reader was there.
 * @param {string} view
 * @param {string} [name]
 * @param {Record<string, string>} [choices] - where the reader was not
 */
export function addressLeft(view, name = "", choices = {}) {
  return left.get(address(view, name)) ?? address(view, name, choices);
}
