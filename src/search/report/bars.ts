import { element, escapeXml } from "../../markup.ts";
import type { Importance } from "./importance.ts";

/** Bars of the settings' importance, longest first; of settings that too few trials have it says so. */
export function importanceBars(importances: readonly Importance[]): string {
  const bars = importances.map(({ key, share }) => {
    const told = share === undefined ? "too few trials" : `${Math.round(100 * share)} %`;
    const bar = element("span", { class: "bar", style: `--share:${(100 * (share ?? 0)).toFixed(1)}%` });
    return element("li", {}, [
      element("span", { class: "key" }, [escapeXml(key)]),
      // An empty element has to be closed in HTML.
      element("span", { class: "track" }, [bar.replace("/>", "></span>")]),
      element("span", { class: "share" }, [told]),
    ]);
  });
  return element("ul", { class: "bars" }, bars);
}
