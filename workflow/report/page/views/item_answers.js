// How people and models rated an item: how often which rating, and every model's ratings in every prompt version.
import { address, here } from "../address.js";
import { beginning, gathered } from "../catalogue.js";
import { chosen, selection } from "../controls.js";
import { part, study } from "../data.js";
import { append, html, printable, words } from "../dom.js";
import { count, counted, fixed, percent } from "../format.js";
import { opener } from "./item_words.js";

/** What the conditions beside the baseline are about, and what models are told under them. */
const personaConditions = new Map(/** @type {{name: string, title: string, told: string}[]} */ (study.conditions).map((own) => [own.name, own]));

/**
 * @param {any} own - the item
 */
export async function modelsAnswers(own) {
  const { ratings, subjects } = await part("answers");
  const { people } = await part("items");
  const rated = people.records({ item_id: own.item_id });
  const conditions = [...new Set(subjects.records().filter(({ shown }) => shown).map(({ condition }) => condition))];
  const said = html("p");
  const shares = html("div");
  const table = html("div");
  const draw = () => {
    const condition = chosen("condition", conditions);
    const answers = ratings.records({ item_id: own.item_id, condition });
    const hidden = subjects.records({ condition }).filter(({ shown }) => !shown).length;
    const told = personaConditions.get(condition)?.told;
    said.replaceChildren(saidOfPeople(own), saidOfModels(answers));
    if (told) append(said, " Here models were told: ", words(told.replace(/\s+/g, " ")));
    shares.replaceChildren(reminder(own), distributionOf(rated, answers));
    table.replaceChildren(ratingsTable(own, answers, condition));
    if (hidden) append(table, html("p", { class: "soft" }, `The page is full: it is without the answers of ${count(hidden)} more model${hidden === 1 ? "" : "s"} under this condition. They stand in results/scores/ratings.parquet.`));
  };
  if (conditions.length) draw();
  const control =
    conditions.length > 1
      ? html("div", { class: "controls", role: "group", "aria-label": "Which answers" }, selection("Condition", "condition", conditions.map((own) => [own, conditionTitle(own)]), draw))
      : null;
  return [
    html(
      "section",
      {},
      html("h2", {}, "How people and models rated it"),
      said,
      control,
      html("div", { class: "side" }, shares, table),
    ),
  ];
}

/**
 * Where the response begins, beside a long table.
 * @param {any} own
 */
function reminder({ response }) {
  return html("p", { class: "reminder" }, study.texts === "none" ? null : words(beginning(response, 240)));
}

/** @param {any} own */
function saidOfPeople(own) {
  if (own.n === null) return "No people rated it.";
  return `${counted(own.n, "person", "people")} of survey group ${own.group} rated it ${fixed(own.mean)} on average${own.sd === null ? "" : `, with a standard deviation of ${fixed(own.sd)}`}.`;
}

/** @param {any[]} answers */
function saidOfModels(answers) {
  const means = [...gathered(answers, "model", (answer) => answer).values()].map(meanRating).filter((one) => one !== null);
  if (!means.length) return "";
  const [low, high] = [Math.min(...means), Math.max(...means)].map((one) => fixed(one));
  return means.length === 1 ? ` The model’s mean over its prompt versions is ${low}.` : ` The means of ${count(means.length)} models over their prompt versions go from ${low} to ${high}.`;
}

/**
 * How many people and how many answers of models chose each rating.
 * @param {any[]} rated
 * @param {any[]} answers
 */
function distributionOf(rated, answers) {
  const places = /** @type {{option: string, rating: number}[]} */ (study.options.map((/** @type {string} */ option, /** @type {number} */ place) => ({ option, rating: study.lowest + place })));
  const given = answers.filter(({ rating }) => rating !== null);
  const people = new Map(rated.map((row) => [row.rating, row.people]));
  const models = new Map([...gathered(given, "rating", (row) => row)].map(([rating, list]) => [rating, list.length]));
  const all = rated.reduce((sum, row) => sum + row.people, 0);
  const none = answers.length - given.length;
  return html(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": "How often each rating was given" },
    html(
      "table",
      { class: "given" },
      html("caption", {}, "How often each rating was given", none ? `; ${count(none)} of ${counted(answers.length, "answer")} of models ${none === 1 ? "has" : "have"} none` : ""),
      html("thead", {}, html("tr", {}, html("th", { scope: "col" }, "Rating"), all ? html("th", { scope: "col" }, `People (${count(all)})`) : null, html("th", { scope: "col" }, `Models’ answers (${count(given.length)})`))),
      html(
        "tbody",
        {},
        places.reverse().map(({ option, rating }) =>
          html(
            "tr",
            {},
            html("th", { scope: "row" }, `${rating} `, html("span", { class: "soft" }, words(option))),
            all ? shareCell(people.get(rating) ?? 0, all, "one") : null,
            shareCell(models.get(rating) ?? 0, given.length, "two"),
          ),
        ),
      ),
    ),
  );
}

/**
 * @param {number} number
 * @param {number} of
 * @param {string} look
 */
function shareCell(number, of, look) {
  const part = of ? number / of : 0;
  return html("td", { class: "share" }, html("span", { class: `strip ${look}`, "aria-hidden": "true", style: { width: `${part * 4}rem` } }), html("span", {}, of ? percent(part) : "–"));
}

/**
 * @param {any} own
 * @param {any[]} answers
 * @param {string} condition
 */
function ratingsTable(own, answers, condition) {
  const versions = study.versions.filter((/** @type {any} */ version) => answers.some((answer) => answer.prompt_version === version.name));
  const rows = [...gathered(answers, "model", (answer) => answer)].map(([model, list]) => ({ model, list, mean: meanRating(list) }));
  if (own.mean !== null) rows.push({ model: null, list: [], mean: own.mean });
  rows.sort((one, other) => (other.mean ?? -Infinity) - (one.mean ?? -Infinity));
  const marked = here().choices.get("model");
  const odd = answers.some(({ answer_class }) => answer_class !== "plain");
  const body = html(
    "tbody",
    {},
    rows.map(({ model, list, mean: average }) =>
      model === null
        ? html("tr", { class: "people" }, html("th", { scope: "row" }, counted(own.n, "person", "people")), html("td", { class: "number" }, fixed(average)), html("td", { colspan: versions.length }, ""))
        : html(
            "tr",
            { class: model === marked ? "marked" : null, "aria-current": model === marked ? "true" : null },
            html("th", { scope: "row" }, html("a", { href: address("model", model, { dimension: here().choices.get("dimension") }) }, words(model))),
            html("td", { class: "number" }, fixed(average)),
            versions.map((/** @type {any} */ version) => ratingCell(list.filter(({ prompt_version }) => prompt_version === version.name))),
          ),
    ),
  );
  if (marked) setTimeout(() => showRow(body, marked, here().choices.get("version")));
  return html(
    "div",
    {},
    html(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": "Ratings by every model" },
      html(
        "table",
        { class: "rated" },
        html("caption", {}, `Ratings by every model (${conditionTitle(condition)}), highest mean first; the stronger the colour, the higher`, odd ? ". Underlined: not a plain answer; open it for its words" : ""),
        html(
          "thead",
          {},
          html("tr", {}, html("th", { scope: "col" }, "Model"), html("th", { scope: "col", class: "number" }, "Mean"), versions.map((/** @type {any} */ version) => html("th", { scope: "col" }, headedByVersion(version)))),
        ),
        body,
      ),
    ),
  );
}

/** @param {string} condition */
function conditionTitle(condition) {
  return printable(personaConditions.get(condition)?.title ?? condition);
}

/** @param {any} version */
function headedByVersion({ name, wording, reversed }) {
  return html("abbr", { title: `wording ${wording}, options ${reversed ? "reversed" : "in order"}` }, name.split("_").map((/** @type {string} */ piece, /** @type {number} */ place) => [place ? "_" : null, place ? html("wbr") : null, printable(piece)]).flat());
}

/** @param {any[]} answers */
function meanRating(answers) {
  const given = answers.map(({ rating }) => rating).filter((rating) => rating !== null);
  return given.length ? given.reduce((sum, rating) => sum + rating, 0) / given.length : null;
}

/**
 * The ratings under one prompt version: one, or one for each repeat.
 * @param {any[]} answers
 */
function ratingCell(answers) {
  const average = meanRating(answers);
  const depth = average === null ? 0 : (40 * (average - study.lowest)) / (study.options.length - 1);
  return html(
    "td",
    { style: { backgroundColor: `color-mix(in srgb, var(--one) ${depth.toFixed(0)}%, var(--paper))` } },
    answers.map((answer) => (answer.answer_class === "plain" ? html("span", {}, String(answer.rating ?? "–")) : opener(answer))),
  );
}

/**
 * Bring a model's row into sight, and open the answer that the address names.
 * @param {HTMLElement} body
 * @param {string} model
 * @param {string | null} version
 */
function showRow(body, model, version) {
  const row = [...body.querySelectorAll("tr")].find((one) => one.classList.contains("marked"));
  if (!row || here().choices.get("model") !== model) return;
  const button = /** @type {HTMLElement | undefined} */ ([...row.querySelectorAll("button")].find((one) => one.dataset.version === version));
  button?.click();
  row.scrollIntoView({ block: "center", behavior: "instant" });
  /** @type {HTMLElement | null} */ (row.querySelector("a"))?.focus({ preventScroll: true });
}
