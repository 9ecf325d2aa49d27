// TODO
import { append, html } from "../dom.js";

/** @type {import("../main.js").View} */
export const certainty = {
  title: () => "How sure",
  async show(root) {
    append(root, html("p", {}, "Nothing yet."));
  },
};
