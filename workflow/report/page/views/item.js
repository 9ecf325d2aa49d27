// TODO
import { append, html } from "../dom.js";

/** @type {import("../main.js").View} */
export const item = {
  title: (name) => name,
  async show(root) {
    append(root, html("p", {}, "Nothing yet."));
  },
};
