// TODO
import { append, html } from "../dom.js";

/** @type {import("../main.js").View} */
export const compare = {
  title: () => "Models compared",
  async show(root) {
    append(root, html("p", {}, "Nothing yet."));
  },
};
