/** Bytes that are enough to recognise a text. */
const START_BYTES = 512;

/**
 * Words for a text that stands in place of a file of data, as far as its start tells: a page that a server sent, or a
 * pointer that Git keeps in place of a large file.
 *
 * @param start the file's first bytes, 64 or more where there are so many
 * @returns words for an error message; undefined if it is none of these
 *
 * @example
 * standInOf(new TextEncoder().encode("<!doctype html>")); // "an HTML page, ..."
 */
export function standInOf(start: Uint8Array): string | undefined {
  const text = new TextDecoder().decode(start.subarray(0, START_BYTES)).trimStart().toLowerCase();
  if (text.startsWith("version https://git-lfs.github.com/spec/"))
    return "a Git LFS pointer, which `git lfs pull` replaces by the file itself";
  const isHtml = /^<(!doctype html|html|head|body)[\s>]/.test(text);
  const isXml = /^<\?xml[\s>]/.test(text) && !text.includes("<svg");
  if (!isHtml && !isXml) return undefined;
  return `an ${isHtml ? "HTML page" : "XML document"}, as servers send in place of a file`;
}
