// A piece of a text, with what was searched for marked.
import { beginning } from "../catalogue.js";
import { html } from "../dom.js";

/**
 * Where a text begins, or the piece around the first of the terms, if that stands further on.
 * @param {string} text
 * @param {string[]} terms - in small letters
 * @param {number} most - characters
 */
export function marked(text, terms, most) {
  const places = terms.map((term) => text.toLowerCase().indexOf(term)).filter((place) => place >= 0);
  const first = Math.min(...places);
  const from = Number.isFinite(first) && first > most - 30 ? text.indexOf(" ", Math.max(0, first - 60)) + 1 : 0;
  const start = from > first ? first : from;
  const piece = (start > 0 ? "… " : "") + beginning(text.slice(start), most);
  return html("bdi", {}, pieces(piece, terms).map(({ said, hit }) => (hit ? html("mark", {}, said) : said)));
}

/**
 * A text cut where a term begins or ends.
 * @param {string} text
 * @param {string[]} terms
 */
function pieces(text, terms) {
  const small = text.toLowerCase();
  /** @type {{said: string, hit: boolean}[]} */
  const cut = [];
  // A letter may become longer in small letters; then no place is sure.
  if (small.length !== text.length) return [{ said: text, hit: false }];
  let at = 0;
  while (at < text.length) {
    const hits = terms.map((term) => ({ place: small.indexOf(term, at), length: term.length })).filter(({ place }) => place >= 0);
    if (!hits.length) break;
    const next = hits.reduce((one, other) => (other.place < one.place || (other.place === one.place && other.length > one.length) ? other : one));
    if (next.place > at) cut.push({ said: text.slice(at, next.place), hit: false });
    at = next.place + next.length;
    cut.push({ said: text.slice(next.place, at), hit: true });
  }
  if (at < text.length) cut.push({ said: text.slice(at), hit: false });
  return cut;
}
