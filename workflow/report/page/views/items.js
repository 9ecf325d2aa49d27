// TODO
import { append, html } from "../dom.js";

/** @type {import("../main.js").View} */
export const items = {
  title: () => "Items",
  async show(root) {
    append(root, html("p", {}, "Nothing yet."));
  },
};
