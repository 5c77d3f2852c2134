import { byId } from "./dom.ts";
import { Signal } from "./signal.ts";

export const VIEWS = ["train", "teach", "inside", "draw", "race"] as const;

export type ViewName = (typeof VIEWS)[number];

/** The view that is shown. */
export const shownView = new Signal<ViewName>("train");

/** Shows a view and puts it into the address. */
export function showView(view: ViewName): void {
  if (location.hash !== `#${view}`) history.replaceState(null, "", `#${view}`);
  shownView.value = view;
}

const tabOf = (view: ViewName): HTMLElement => byId(`tab-${view}`);

/** Tabs as the ARIA pattern has them: arrows, Home and End move between them, one stands in the order of the Tab key. */
export function startTabs(): void {
  for (const [place, view] of VIEWS.entries()) {
    const tab = tabOf(view);
    tab.addEventListener("click", () => showView(view));
    tab.addEventListener("keydown", (event) => {
      const to = destination(event.key, place);
      if (to === undefined) return;
      event.preventDefault();
      showView(VIEWS[to]);
      tabOf(VIEWS[to]).focus();
    });
  }
  const followAddress = (): void => {
    const view = VIEWS.find((name) => location.hash === `#${name}`);
    if (view !== undefined) shownView.value = view;
  };
  addEventListener("hashchange", followAddress);
  followAddress();
  shownView.watch((shown) => {
    for (const view of VIEWS) {
      const tab = tabOf(view);
      tab.setAttribute("aria-selected", String(view === shown));
      tab.tabIndex = view === shown ? 0 : -1;
      byId(`view-${view}`).hidden = view !== shown;
    }
  });
}

function destination(key: string, place: number): number | undefined {
  const count = VIEWS.length;
  switch (key) {
    case "ArrowRight":
      return (place + 1) % count;
    case "ArrowLeft":
      return (place + count - 1) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}
