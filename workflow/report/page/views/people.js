// TODO
import { append, html } from "../dom.js";

/** @type {import("../main.js").View} */
export const people = {
  title: () => "People and personas",
  async show(root) {
    append(root, html("p", {}, "Nothing yet."));
  },
};
