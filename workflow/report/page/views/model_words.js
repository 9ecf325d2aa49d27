// What is said of a model's scores in words.
import { range, signed } from "../format.js";

/** @typedef {{score: number | null, low: number | null, high: number | null, dimension: string}} Score */

/** @param {string[]} names */
export function inWords(names) {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

/** @param {{score: number | null, low: number | null, high: number | null}} score */
export function scoreInWords({ score, low, high }) {
  return `${signed(score)} ${range(low, high, signed)}`.trim();
}

/**
 * The highest and lowest of a family, and which scores are clear of 0.
 * @param {Score[]} scores - with a score
 * @param {(dimension: string) => string} titled
 */
export function profileInWords(scores, titled) {
  if (!scores.length) return "No score.";
  const ordered = [...scores].sort((one, other) => Number(other.score) - Number(one.score));
  const told = ordered.filter(({ low }) => low !== null);
  const named = (/** @type {Score[]} */ some) => inWords(some.map((one) => titled(one.dimension)));
  const sentences = [];
  if (scores.length > 1) {
    const some = scores.length > 5 ? 2 : 1;
    const said = (/** @type {Score} */ one) => `${titled(one.dimension)} ${scoreInWords(one)}`;
    sentences.push(`Highest: ${inWords(ordered.slice(0, some).map(said))}.`, `Lowest: ${inWords(ordered.slice(-some).reverse().map(said))}.`);
  } else sentences.push(`${titled(scores[0].dimension)}: ${scoreInWords(scores[0])}.`);
  if (!told.length) return sentences.join(" ");
  const above = told.filter(({ low }) => Number(low) > 0);
  const below = told.filter(({ high }) => Number(high) < 0);
  const sides = [above.length ? `above it ${named(above)}` : "", below.length ? `below it ${named(below)}` : ""].filter((side) => side);
  sentences.push(sides.length ? `Clear of 0: ${sides.join("; ")}.` : "None is clear of 0.");
  return sentences.join(" ");
}
