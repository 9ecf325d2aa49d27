// The words of an answer that is not plain, and what each parser makes of them.
import { choose } from "../address.js";
import { WITHOUT_TEXTS } from "../catalogue.js";
import { part, study } from "../data.js";
import { html, printable, words } from "../dom.js";
import { count } from "../format.js";

/** What the strict parser calls answers that are not plain, and outcomes of plain ones. */
const ANSWER_CLASSES = /** @type {Record<string, string>} */ ({
  decorated: "exactly one option, with other words or marks around it",
  refusal: "the model declines",
  negated: "an option inside a negation",
  ambiguous: "several options",
  off_scale: "words, but none of the options",
  empty: "no words",
  truncated: "the words of one option, at which the answer was cut off",
  content_filter: "the words of one option, from an answer that was held back",
});

/**
 * A button with the rating of such an answer, which opens its words.
 * @param {any} answer
 */
export function opener(answer) {
  const said = answer.rating === null ? "–" : String(answer.rating);
  const button = html(
    "button",
    {
      type: "button",
      class: "odd",
      "aria-expanded": "false",
      "aria-label": `${said}, ${namedClass(answer.answer_class)}: the words of ${printable(answer.model)} under ${printable(answer.prompt_version)}`,
      "data-version": answer.prompt_version,
      onclick: () => turnWords(button, answer),
    },
    said,
  );
  return button;
}

/**
 * Open the words of an answer below its row, or close them.
 * @param {HTMLElement} button
 * @param {any} answer
 */
async function turnWords(button, answer) {
  const row = /** @type {HTMLTableRowElement} */ (button.closest("tr"));
  const open = button.getAttribute("aria-expanded") === "true";
  for (const other of row.querySelectorAll("button.odd")) other.setAttribute("aria-expanded", "false");
  if (row.nextElementSibling?.classList.contains("said")) row.nextElementSibling.remove();
  choose({ model: answer.model, version: open ? "" : answer.prompt_version });
  if (open) return;
  button.setAttribute("aria-expanded", "true");
  const content = await wordsOf(answer);
  if (button.getAttribute("aria-expanded") === "true") row.after(html("tr", { class: "said" }, html("td", { colspan: row.cells.length }, content)));
}

/** @param {any} answer */
async function wordsOf(answer) {
  const { words: table } = await part("words");
  const { model, condition, prompt_version, item_id, repeat } = answer;
  const found = table.records({ item_id, model, condition, prompt_version }).find((one) => one.repeat === repeat);
  const meaning = ANSWER_CLASSES[answer.answer_class];
  const about = namedClass(answer.answer_class) + (meaning ? `: ${meaning}` : "");
  return html(
    "div",
    { class: "answer" },
    html("p", {}, html("strong", {}, words(model), ", ", words(prompt_version)), ` – ${about}. Counted as ${answer.rating ?? "no rating"}.`),
    found ? quotedAnswer(found) : html("p", {}, "The page is full: the words of this answer are not in it. They stand in the tables of answers, results/responses."),
    found
      ? html(
          "dl",
          { class: "readings" },
          html("dt", {}, "Published parser (the longest option that occurs anywhere)"),
          html("dd", {}, readingOf(found.published_rating)),
          html("dt", {}, "Strict parser (one option, and nothing that takes it back)"),
          html("dd", {}, readingOf(found.strict_rating)),
          html("dt", {}, "Outcome"),
          html("dd", {}, namedClass(found.outcome ?? "")),
        )
      : null,
  );
}

/** @param {any} found */
function quotedAnswer({ words: text, length, is_error }) {
  if (study.texts === "none") return html("p", { class: "soft" }, WITHOUT_TEXTS);
  if (!text) return html("p", { class: "soft" }, "There are no words.");
  return html(
    "blockquote",
    { class: "words" },
    is_error ? html("p", { class: "soft" }, "No answer; the error that was recorded:") : null,
    words(text, "div"),
    length === null ? null : html("p", { class: "soft" }, `Only the first ${count(text.length)} of its ${count(length)} characters are in this page.`),
  );
}

/** @param {number | null} rating */
function readingOf(rating) {
  return rating === null ? "no rating" : html("span", {}, `${rating} `, words(study.options[rating - study.lowest] ?? ""));
}

/** @param {string} name */
function namedClass(name) {
  return printable(name.replaceAll("_", " "));
}
