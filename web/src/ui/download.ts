import { h } from "./dom.ts";

/** Lets the browser save bytes or text as a file. */
export function download(content: Uint8Array | string, name: string, type: string): void {
  const url = URL.createObjectURL(new Blob([typeof content === "string" ? content : content.slice()], { type }));
  h("a", { href: url, download: name }).click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
