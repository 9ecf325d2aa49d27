// Numbers as people read them: a true minus sign, no "−0.00", and a dash where there is none.

const NONE = "–";

/**
 * @param {number | null} number
 * @param {number} [digits]
 */
export function fixed(number, digits = 2) {
  if (number === null || !Number.isFinite(number)) return NONE;
  const said = Math.abs(number).toFixed(digits);
  return number < 0 && Number(said) !== 0 ? `−${said}` : said;
}

/**
 * Two decimals, which a whole number does not need; nothing where there is none.
 * @param {number | null} number
 */
export function shortNumber(number) {
  return number === null ? "" : fixed(number, Number.isInteger(number) ? 0 : 2);
}

/**
 * With its sign, also where it is positive.
 * @param {number | null} number
 * @param {number} [digits]
 */
export function signed(number, digits = 2) {
  const said = fixed(number, digits);
  return number !== null && number > 0 && Number(said) !== 0 ? `+${said}` : said;
}

/**
 * @param {number | null} low
 * @param {number | null} high
 * @param {(number: number | null) => string} [said]
 */
export function range(low, high, said = fixed) {
  return low === null || high === null ? "" : `[${said(low)}, ${said(high)}]`;
}

/**
 * A share as a percentage; a whole one tells few from none.
 * @param {number | null} share
 * @param {number} [digits]
 */
export function percent(share, digits = 0) {
  if (share === null) return NONE;
  const said = fixed(share * 100, digits);
  return share > 0 && said === "0" ? "under 1 %" : `${said} %`;
}

/**
 * With commas; a browser's own formatting takes 75 ms when it is first asked.
 * @param {number | null} number
 */
export function count(number) {
  if (number === null) return NONE;
  const [whole, fraction] = String(Math.abs(number)).split(".");
  return `${number < 0 ? "−" : ""}${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${fraction ? `.${fraction}` : ""}`;
}

/**
 * How many there are, with their name: 1 item, 1,200 items.
 * @param {number} number
 * @param {string} one
 * @param {string} [several]
 */
export function counted(number, one, several = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : several}`;
}

/**
 * A p-value with its relation.
 * @param {number | null} p
 */
export function pInWords(p) {
  const said = probability(p);
  return p === null ? "p unknown" : `p ${said.startsWith("<") ? "" : "= "}${said}`;
}

/** @param {number | null} p */
export function probability(p) {
  if (p === null) return NONE;
  if (p < 0.001 || (p >= 0.0495 && p < 0.05)) return p < 0.001 ? "< 0.001" : "< 0.05";
  return p.toFixed(p < 0.1 ? 3 : 2);
}
