// The page of one model, in one file: `exportModel` fills it.

import { hasEngine, loadModel } from "convasm";
import { byId, fill, h } from "../ui/dom.ts";
import { themeButton } from "../ui/theme.ts";
import { ModelPage } from "./model-page.ts";

byId("top-tools").append(themeButton());
try {
  const file = Uint8Array.from(atob(byId("model").textContent ?? ""), (letter) => letter.charCodeAt(0));
  // One image at a time is too little work for several threads.
  const model = await loadModel(file, { engine: hasEngine("simd") ? "simd" : "js", batchSize: 1, threads: 1 });
  const input = byId("model").dataset.input === "photo" ? "photo" : "drawing";
  fill(byId("main"), new ModelPage(model, input).element);
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  fill(
    byId("main"),
    h("p", { class: "starting", role: "alert" }, `The network in this page could not be read: ${text}`),
  );
}
