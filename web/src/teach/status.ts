import { fill, h, setText } from "../ui/dom.ts";
import { duration, percent, plural, sentence } from "../ui/format.ts";
import type { Lesson } from "./protocol.ts";
import { missingLine, type StudyState } from "./study.ts";

/** The lines that say where the learning is. */
export class StatusLine {
  readonly #line = h("p", { class: "teach-status", role: "status" });
  readonly #more = h("p", { class: "note" });
  readonly #bar = h("progress", { max: 1, "aria-label": "Pictures looked at" });
  readonly element = h(
    "section",
    { class: "card teach-state", "aria-label": "Learning" },
    this.#line,
    this.#bar,
    this.#more,
  );

  show(state: StudyState, lesson: Lesson): void {
    const missing = missingLine(lesson);
    this.#bar.hidden = state.kind !== "looking";
    if (state.kind === "looking") this.#bar.value = state.done / Math.max(1, state.total);
    setText(this.#line, lineOf(state, missing));
    const more = state.kind === "learned" ? [checkedLine(state), missing] : [];
    const lines = more.filter((line) => line !== undefined);
    this.#more.hidden = lines.length === 0;
    fill(this.#more, lines.join(" "));
  }
}

function lineOf(state: StudyState, missing: string | undefined): string {
  switch (state.kind) {
    case "waiting":
      return missing ?? "Learning …";
    case "looking":
      return `Looking at the pictures: ${state.done} of ${state.total} …`;
    case "learning":
      return "Learning …";
    case "learned": {
      const { pictures, classes, seconds } = state.learned;
      return `Learned ${classes.length} classes from ${plural(pictures, "picture")} in ${duration(seconds)}.`;
    }
    case "failed":
      return `It could not learn: ${sentence(state.reason)}`;
  }
}

function checkedLine({ checked }: Extract<StudyState, { kind: "learned" }>): string | undefined {
  if (checked === undefined) return undefined;
  const { right, of, isHeldOut } = checked;
  const share = `${right} of ${of} right, ${percent(right / of, right === of ? 0 : 1)}`;
  return isHeldOut
    ? `Checked on stretches of pictures that it had not learned from: ${share}.`
    : `On the pictures that it learned from: ${share}. Only new ones tell how good it is.`;
}
