// TODO
import { append, html } from "../dom.js";

/** @type {import("../main.js").View} */
export const method = {
  title: () => "Method",
  async show(root) {
    append(root, html("p", {}, "Nothing yet."));
  },
};
