/** An element of a parsed SVG. */
export interface SvgNode {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: SvgNode[];
  text: string;
}

const TOKEN = /<(\/?)([a-zA-Z]+)((?:\s+[a-zA-Z0-9:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
const ENTITY = /&(?:amp|lt|gt|quot|#39);/g;
const CHARACTERS: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
};

function decode(text: string): string {
  if (text.replace(ENTITY, "").includes("&")) throw new Error(`stray & in ${JSON.stringify(text)}`);
  return text.replace(ENTITY, (entity) => CHARACTERS[entity]);
}

/** Parses the part of XML that the charts use; throws for anything that is not well-formed. */
export function parseSvg(source: string): SvgNode {
  const root: SvgNode = { name: "", attributes: new Map(), children: [], text: "" };
  const open = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (match === null) throw new Error(`malformed at ${JSON.stringify(source.slice(at, at + 60))}`);
    const [, closing, name, attributes = "", empty, text] = match;
    const parent = open[open.length - 1];
    if (text !== undefined) {
      parent.text += decode(text);
    } else if (closing === "/") {
      if (open.pop()?.name !== name) throw new Error(`unexpected </${name}>`);
    } else {
      const pairs = [...attributes.matchAll(/([a-zA-Z0-9:-]+)="([^"]*)"/g)];
      const values = new Map(pairs.map(([, key, value]) => [key, decode(value)]));
      if (values.size < pairs.length) throw new Error(`an attribute twice in <${name}>`);
      const node: SvgNode = { name, attributes: values, children: [], text: "" };
      parent.children.push(node);
      if (empty !== "/") open.push(node);
    }
  }
  if (open.length !== 1 || root.children.length !== 1) throw new Error("not one closed root element");
  return root.children[0];
}

/** All elements of a name, in document order. */
export function all(node: SvgNode, name: string): SvgNode[] {
  return node.children.flatMap((child) => [...(child.name === name ? [child] : []), ...all(child, name)]);
}

/** The text of all text elements, tspans joined in. */
export function texts(node: SvgNode): string[] {
  return all(node, "text").map((text) => [text, ...all(text, "tspan")].map((part) => part.text).join(""));
}

export function numberOf(node: SvgNode, attribute: string): number {
  return Number(node.attributes.get(attribute));
}
