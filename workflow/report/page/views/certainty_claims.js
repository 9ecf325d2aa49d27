// Every claim in every defensible analysis: options are chosen, and the share of analyses in which claims hold moves.
import { address, choose, here } from "../address.js";
import { chosen, refill, selection } from "../controls.js";
import { append, html, svg } from "../dom.js";
import { count, counted, percent } from "../format.js";
import { CURVE_KINDS, analysesLeft, chosenOptions, lookedAt, modelsOfThisRun } from "./analyses.js";
import { claimCurve } from "./certainty_curve.js";
import { verdictMark } from "./names.js";
import { stayHere } from "./sections.js";

/**
 * @param {HTMLElement} root
 * @param {Record<string, import("../data.js").Table>} tables
 * @param {Map<string, string>} said
 */
export function claimsInAnalyses(root, tables, said) {
  const claims = tables.claims.records();
  const options = lookedAt(tables);
  const total = tables.universes.rows;
  const every = Math.max(...claims.map(({ universes }) => universes ?? 0));
  const left = html("p", { class: "left", role: "status" });
  const controls = html("div", { class: "controls options", role: "group", "aria-label": "Options of the analysis" });
  const overview = claimsTable(claims, pick);
  const heading = html("h2", { id: "claim" }, "One claim");
  const claimControl = html("div", { class: "controls" });
  const figure = html("div");
  append(
    root,
    html("p", { class: "lead" }, every ? `Whoever repeats the analysis makes choices that others would make differently. Each claim was put to ${counted(every, "analysis", "analyses")} that can be defended: all combinations of the options below or, of very many, a random draw. Choose options, and see in which share of the analyses left it still holds.` : "No claim could be put to the test here."),
    html("details", {}, html("summary", {}, "How verdicts are given"), html("p", {}, said.get("rules"))),
    every > total ? html("p", {}, `There are too many for a page: what follows counts ${count(total)}: those one choice away from this run, and an even share of the others.`) : null,
    html("h2", {}, "Options of the analysis"),
    controls,
    left,
    // What moves stands beside what moves it.
    heading,
    claimControl,
    figure,
    html("h2", {}, "All claims"),
    overview.element,
  );

  function fillControls() {
    refill(controls, [
      ...options.map(({ option, title, settings, words, main }) =>
        selection(title, option, [["", "any"], ...settings.map((/** @type {string} */ own) => /** @type {[string, string]} */ ([own, `${words[own]}${own === main ? " (this run)" : ""}`]))], draw),
      ),
      html("button", { type: "button", onclick: () => set((one) => one.main) }, "All as in this run"),
      html("button", { type: "button", onclick: () => set(() => "") }, "Any analysis"),
    ]);
  }

  /** @param {(option: import("./analyses.js").Option) => string | null} setting */
  function set(setting) {
    choose(Object.fromEntries(options.map((one) => [one.option, setting(one)])));
    fillControls();
    draw();
  }

  /** @param {string} claim */
  function pick(claim) {
    choose({ claim });
    draw();
    heading.scrollIntoView();
    claimControl.querySelector("select")?.focus({ preventScroll: true });
  }

  function draw() {
    const rows = analysesLeft(tables.universes, options);
    left.textContent = rows.length === total ? `${total === 1 ? "The one analysis" : `All ${count(total)} analyses`}.` : `${count(rows.length)} of ${counted(total, "analysis", "analyses")} left (${chosenOptions(options)}).`;
    overview.update(tables.universes, rows);
    refill(claimControl, [selection("Claim", "claim", claims.map(({ claim, text }) => /** @type {[string, string]} */ ([claim, text])), draw)]);
    const name = chosen("claim", claims.map(({ claim }) => claim));
    figure.replaceChildren(claimCurve(tables, options, rows, claims.filter(({ claim }) => claim === name)[0]));
  }
  fillControls();
  draw();
}

/**
 * A row for each claim; shares move with the options.
 * @param {any[]} claims
 * @param {(claim: string) => void} pick
 */
function claimsTable(claims, pick) {
  const rows = claims.map((claim) => {
    const share = html("span");
    const significant = html("span");
    const dots = svg("svg", { viewBox: "0 0 104 16", class: "share", "aria-hidden": "true" });
    const inRun = modelsOfThisRun(claim);
    const of = (/** @type {number | null} */ models) => (inRun && models ? [html("br"), html("small", { class: "soft" }, `of ${count(models)} model${models === 1 ? "" : "s"}`)] : null);
    const link = html("a", { onclick: (/** @type {MouseEvent} */ event) => stayHere(event, () => pick(claim.claim)) }, claim.text);
    const row = html(
      "tr",
      {},
      html("th", { scope: "row" }, link),
      html("td", {}, verdictMark(claim.verdict)),
      html("td", { class: "number" }, share, of(claim.models)),
      html("td", {}, dots),
      html("td", { class: "number" }, percent(claim.share_holds), of(claim.models)),
      html("td", { class: "number" }, claim.found, of(inRun)),
      html("td", { class: "number" }, significant, of(claim.models)),
      html("td", { class: "number" }, percent(claim.share_significant), of(claim.models)),
    );
    return { claim, link, share, significant, dots, row };
  });
  const heads = ["Claim", "Verdict", "Holds in these", "0 to 100 %", "in all", "This run", "With p\u00a0<\u00a00.05 in these", "in all"];
  const numbers = new Set([2, 4, 5, 6, 7]);
  const element = html(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": "All claims" },
    html(
      "table",
      { class: "claims" },
      html("caption", {}, "Share of the analyses in which each claim holds, which is to say that the numbers go its way, whatever p: in all (○) and in those with the options chosen (●). p is that of the claim alone, not adjusted.", claims.some(modelsOfThisRun) ? " Where numbers of models stand in a row, this run and the verdict have models that are known by printed scores alone; the analyses do not." : null, " A claim leads to its curve."),
      html("thead", {}, html("tr", {}, heads.map((head, place) => html("th", { scope: "col", class: numbers.has(place) ? "number" : null }, head)))),
      html("tbody", {}, rows.map(({ row }) => row)),
    ),
  );
  /**
   * @param {import("../data.js").Table} universes
   * @param {Int32Array} chosen
   */
  function update(universes, chosen) {
    for (const { claim, link, share, significant, dots } of rows) {
      const counts = kindCounts(universes, claim.claim, chosen);
      const tested = counts[0] + counts[1] + counts[2];
      const holds = tested ? (counts[1] + counts[2]) / tested : null;
      link.setAttribute("href", address("certainty", "", { ...Object.fromEntries(here().choices), claim: claim.claim }));
      share.textContent = percent(holds);
      significant.textContent = claim.share_significant === null || !tested ? "–" : percent(counts[2] / tested);
      dots.replaceChildren(svg("line", { class: "zero", x1: 5, x2: 99, y1: 8, y2: 8 }));
      if (claim.share_holds !== null) append(dots, svg("circle", { class: "series-1 mark hollow", cx: 5 + 94 * claim.share_holds, cy: 8, r: 4 }));
      if (holds !== null) append(dots, svg("circle", { class: "series-1 mark", cx: 5 + 94 * holds, cy: 8, r: 4 }));
    }
  }
  return { element, update };
}

/**
 * In how many of these analyses a claim does not hold, holds, and holds with a small p.
 * @param {import("../data.js").Table} universes
 * @param {string} claim
 * @param {Int32Array} rows
 */
export function kindCounts(universes, claim, rows) {
  const counts = CURVE_KINDS.map(() => 0);
  const kinds = universes.columns[`kind ${claim}`];
  if (!kinds) return counts;
  for (const row of rows) if (kinds.numbers[row] !== kinds.null) counts[kinds.numbers[row]]++;
  return counts;
}
