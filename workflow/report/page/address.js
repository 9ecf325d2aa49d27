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
 * @param {Record<string, string | number | null | undefined>} choices
 */
export function choose(choices) {
  const now = here();
  for (const [key, value] of Object.entries(choices)) now.choices.set(key, String(value ?? ""));
  history.replaceState(null, "", address(now.view, now.name, now.choices));
}
