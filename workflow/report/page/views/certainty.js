// What the numbers are worth: claims in every analysis, the item key against chance, errors of scores, the circle.
import { part } from "../data.js";
import { circleFit } from "./certainty_circle.js";
import { claimsInAnalyses } from "./certainty_claims.js";
import { itemKey } from "./certainty_key.js";
import { scoreErrors } from "./certainty_scores.js";
import { showSection } from "./sections.js";

/** @type {import("../main.js").View} */
export const certainty = {
  title: () => "How sure",
  async show(root, name) {
    const [tables, curve] = await Promise.all([part("certainty"), part("curve")]);
    const said = new Map(tables.said.records().map(({ topic, text }) => [topic, text]));
    const sections = [
      { name: "claims", title: "What is said", show: (/** @type {HTMLElement} */ own) => claimsInAnalyses(own, curve, said) },
      { name: "scores", title: "Scores and differences", show: (/** @type {HTMLElement} */ own) => scoreErrors(own, tables, said) },
    ];
    if (tables.tags) sections.splice(1, 0, { name: "key", title: "The item key", show: (own) => itemKey(own, tables, said) });
    if (tables.circle) sections.push({ name: "circle", title: "The circle", show: (own) => circleFit(own, tables.circle, said) });
    if (!curve.claims) sections.shift();
    showSection(root, "certainty", name, sections);
  },
};
