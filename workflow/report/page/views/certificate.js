// TODO
import { append, html } from "../dom.js";

/** @type {import("../main.js").View} */
export const certificate = {
  title: () => "Does it reproduce?",
  async show(root) {
    append(root, html("p", {}, "Nothing yet."));
  },
};
