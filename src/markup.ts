/**
 * Writing XML and HTML as text: escaped, with short numbers.
 *
 * @module
 */

import { visible } from "./visible.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Characters that XML forbids besides control characters. */
const NOT_XML = /[\ufffe\uffff]|\p{Surrogate}/gu;

/** Text for use in XML, also in attributes. Characters that XML cannot hold, or that are not to be seen, become U+FFFD. */
export function escapeXml(text: string): string {
  return visible(text)
    .replace(NOT_XML, "\ufffd")
    .replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/** Attributes of an element; undefined ones are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** A number as an attribute, in at most two decimals; a text escaped. */
export function attributeText(value: string | number): string {
  return typeof value === "number" ? String(Math.round(value * 100) / 100) : escapeXml(value);
}

/** An element. Attributes are escaped, undefined ones left out; the content has to be markup. */
export function element(name: string, attributes: Attributes, content: readonly string[] = []): string {
  const pairs = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${attributeText(value)}"`],
  );
  const start = `<${name}${pairs.join("")}`;
  return content.length === 0 ? `${start}/>` : `${start}>${content.join("")}</${name}>`;
}
