import { h, newId } from "./dom.ts";
import { icon } from "./icons.ts";

/** Shows something above the page until it is closed: by its button, Escape, or a click beside it. */
export function openSheet(title: string, ...content: readonly (Node | string)[]): HTMLDialogElement {
  const heading = h("h2", { id: newId("sheet") }, title);
  const close = h("button", { class: "button button-quiet button-icon", type: "button" }, icon("close"));
  close.setAttribute("aria-label", "Close");
  const dialog = h(
    "dialog",
    { class: "sheet", "aria-labelledby": heading.id },
    h("div", { class: "sheet-head" }, heading, close),
    h("div", { class: "sheet-body" }, ...content),
  );
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
