import { HostError } from "convasm";
import { byId, h } from "./dom.ts";
import { icon } from "./icons.ts";

/** Something to tell above the views. */
export interface Message {
  readonly kind: "info" | "warning" | "error";
  /** The event, in a few words. */
  readonly title: string;
  /** Its reason, and advice. */
  readonly text?: string;
  readonly actions?: readonly { readonly label: string; run(): void }[];
  /** Topic of messages of which only the latest is shown. */
  readonly topic?: string;
}

const shown = new Map<string, HTMLElement>();

/** Shows a message until it is closed, or replaced by one of its topic. */
export function tell({ kind, title, text, actions = [], topic = title }: Message): void {
  const close = (): void => dismiss(topic);
  const closer = h("button", { class: "button button-quiet button-icon button-small", type: "button" }, icon("close"));
  closer.setAttribute("aria-label", "Close the message");
  closer.addEventListener("click", close);
  const buttons = actions.map(({ label, run }) => {
    const button = h("button", { class: "button button-small", type: "button" }, label);
    button.addEventListener("click", () => {
      close();
      run();
    });
    return button;
  });
  const body = h("div", { class: "message-text" }, h("strong", {}, title), text);
  const role = kind === "error" ? "alert" : undefined;
  const element = h("div", { class: `message message-${kind}`, role }, body, ...buttons, closer);
  dismiss(topic);
  shown.set(topic, element);
  byId("messages").append(element);
}

/** Takes a message away. */
export function dismiss(topic: string): void {
  shown.get(topic)?.remove();
  shown.delete(topic);
}

/** The text of an error for people. */
export function reasonOf(error: unknown): string {
  // Remedies for programs that lost their worker, the page applies itself.
  if (error instanceof HostError && error.who === "session") return error.problem;
  return error instanceof Error ? error.message : String(error);
}
