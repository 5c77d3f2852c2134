import { svg } from "./dom.ts";

/** Outlines on a grid of 24. */
const PATHS = {
  play: "M7 5v14l12-7z",
  pause: "M8 5v14M16 5v14",
  step: "M6 5v14l9-7zM18 5v14",
  stop: "M6 6h12v12H6z",
  undo: "M9 8H5V4M5 8c3-3.500 9-4.500 12.500-1S20 16 16 18.500",
  clear: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  up: "M12 19V6M6 12l6-6 6 6",
  down: "M12 5v13M6 12l6 6 6-6",
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6L6 18",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  upload: "M12 16V5M7 9l5-5 5 5M5 20h14",
  folder: "M3 6h6l2 2h10v11H3z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2",
  moon: "M19 15a8 8 0 1 1-9-11 7 7 0 0 0 9 11z",
  auto: "M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  copy: "M8 8h12v12H8zM16 8V4H4v12h4",
  "down-small": "M7 10l5 5 5-5",
  share: "M4 12v8h16v-8M12 15V4M8 7l4-4 4 4",
  camera: "M4 7h4l2-3h4l2 3h4v12H4zM12 9.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7z",
  refresh: "M20 12a8 8 0 1 1-2.500-5.800M20 3v5h-5",
} as const;

export type IconName = keyof typeof PATHS;

/** Shapes that are filled, not drawn as lines. */
const SOLID: readonly IconName[] = ["play", "stop"];

/** A small picture beside words; hidden from screen readers. */
export function icon(name: IconName): SVGSVGElement {
  const solid = SOLID.includes(name) || undefined;
  return svg(
    "svg",
    { viewBox: "0 0 24 24", class: `icon${solid ? " icon-solid" : ""}`, "aria-hidden": "true" },
    svg("path", { d: PATHS[name] }),
  );
}
