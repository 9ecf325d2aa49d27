// TODO
import { append, html } from "../dom.js";

/** @type {import("../main.js").View} */
export const findings = {
  title: () => "Findings",
  async show(root) {
    append(root, html("p", {}, "Nothing yet."));
  },
};
