/**
 * Text of others (names of classes, files and folders, notes) as it may go to a terminal.
 *
 * @module
 */

/** Control characters but the tab, those that turn the direction of writing, and breaks of lines and paragraphs. */
const UNSEEN = /(?!\t)[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu;

/** The text with each character that would act on a terminal, in place of being seen there, as U+FFFD. */
export function visible(text: string): string {
  return text.replace(UNSEEN, "\ufffd");
}

/** JSON with the same characters escaped: `JSON.stringify` leaves some as they are, such as U+009B, which begins a sequence. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSEEN, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
