import { h } from "./dom.ts";
import { icon } from "./icons.ts";
import { Signal } from "./signal.ts";

type Theme = "auto" | "light" | "dark";

const NEXT: Readonly<Record<Theme, Theme>> = { auto: "light", light: "dark", dark: "auto" };
const ICONS = { auto: "auto", light: "sun", dark: "moon" } as const;
const LABELS = { auto: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" };
const KEY = "convasm-theme";

/** Number of changes of the colours so far; canvases are drawn again at each. */
export const colours = new Signal(0);

const changed = (): void => {
  colours.value += 1;
};

/** A button that goes from the system's theme to light to dark and back. */
export function themeButton(): HTMLButtonElement {
  const button = h("button", { class: "button button-quiet button-icon", type: "button" });
  const show = (theme: Theme): void => {
    if (theme === "auto") document.documentElement.removeAttribute("data-theme");
    else document.documentElement.dataset.theme = theme;
    button.replaceChildren(icon(ICONS[theme]));
    button.title = LABELS[theme];
    button.setAttribute("aria-label", `${LABELS[theme]}; change`);
    changed();
  };
  let theme = stored();
  show(theme);
  button.addEventListener("click", () => {
    theme = NEXT[theme];
    store(theme);
    show(theme);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  return button;
}

// A page in a frame without storage still has themes, it only forgets them.

function stored(): Theme {
  try {
    const theme = localStorage.getItem(KEY);
    return theme === "light" || theme === "dark" ? theme : "auto";
  } catch {
    return "auto";
  }
}

function store(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // See above.
  }
}

let probe: HTMLElement | undefined;

/** The present value of a colour of the style sheet, such as `--accent`. */
export function colour(name: string): string {
  if (probe === undefined) {
    probe = h("span", { hidden: true });
    document.body.append(probe);
  }
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}

/** Red, green and blue, 0 to 255, of a colour of the style sheet. */
export function rgb(name: string): readonly [number, number, number] {
  const [r = 0, g = 0, b = 0] = (colour(name).match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b];
}
