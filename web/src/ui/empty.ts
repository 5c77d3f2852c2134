import { h } from "./dom.ts";
import { icon } from "./icons.ts";
import { showView } from "./tabs.ts";

/** The text of a view before there is a network. */
export function noNetwork(what: string): HTMLElement {
  const go = h("button", { class: "button button-primary", type: "button" }, icon("play"), "Go to Train");
  go.addEventListener("click", () => showView("train"));
  return h("div", { class: "empty" }, h("h2", {}, "No network yet"), h("p", { class: "soft" }, what), go);
}
