/**
 * Parts of SVG files: colours, texts, lines, and the file itself.
 *
 * @module
 */

import { type Attributes, attributeText, element, escapeXml } from "../../markup.ts";

export const INK = "#1f2933";
export const MUTED = "#6b7785";
export const GRID = "#e4e8ec";
/** Blue and vermilion of Okabe and Ito (2008): told apart with any colour vision. */
export const BLUE = "#0072b2";
export const ORANGE = "#d55e00";

const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

/** Shifts text down so that its middle is at y; older renderers ignore `dominant-baseline`. */
export const MIDDLE = "0.35em";

/** A text element; `text` is escaped. */
export function label(x: number, y: number, text: string, attributes: Attributes = {}): string {
  return element("text", { x, y, fill: MUTED, "font-size": 12, ...attributes }, [escapeXml(text)]);
}

/** A straight line. */
export function rule(x1: number, y1: number, x2: number, y2: number, stroke: string): string {
  return element("line", { x1, y1, x2, y2, stroke });
}

/** A group shifted by (x, y). */
export function shifted(x: number, y: number, content: readonly string[]): string {
  return element("g", { transform: `translate(${attributeText(x)},${attributeText(y)})` }, content);
}

/** Left edge of the heading, and the width that a character of it may take, both in pixels. */
const HEAD_LEFT = 24;
const HEAD_CHARACTER = 10.8;

/**
 * A whole SVG file on white, with a heading.
 *
 * @param least width of the content; the file is wider where the heading needs it
 */
export function svgDocument(least: number, height: number, title: string, content: readonly string[]): string {
  const width = Math.max(least, Math.ceil(2 * HEAD_LEFT + HEAD_CHARACTER * [...title].length));
  const head = { x: HEAD_LEFT, y: 32, fill: INK, "font-size": 18, "font-weight": 600 };
  const parts = [
    element("title", {}, [escapeXml(title)]),
    element("rect", { width, height, fill: "#ffffff" }),
    element("text", head, [escapeXml(title)]),
    ...content,
  ];
  const size = { width, height, viewBox: `0 0 ${attributeText(width)} ${attributeText(height)}` };
  const attributes = { xmlns: "http://www.w3.org/2000/svg", ...size, role: "img", "font-family": FONT };
  return `${element("svg", attributes, parts.map((part) => `\n${part}`).concat("\n"))}\n`;
}
