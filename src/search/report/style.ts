/** The style of a report: light or dark as the reader's system has it, narrow or wide as the window is. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#f5f5f2, #131618);
  --surface: light-dark(#ffffff, #1b1f22);
  --ink: light-dark(#1f2933, #e7eaeb);
  --note: light-dark(#5f6b78, #a3acb1);
  --grid: light-dark(#e4e8ec, #2a3034);
  --line: light-dark(#c6ccd2, #475058);
  --worst: light-dark(#c3d1de, #4c5c6a);
  --good: light-dark(#0072b2, #62bdf0);
  --best: light-dark(#d55e00, #ff9a4d);
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif;
  font-size: 16px;
  line-height: 1.5;
  color: var(--ink);
  background: var(--paper);
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px 20px 80px; max-width: 1280px; }
h1 { margin: 0 0 4px; font-size: 26px; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 0 0 4px; font-size: 18px; }
p { margin: 0 0 12px; max-width: 80ch; color: var(--note); font-size: 14px; }
.card { margin: 16px 0 0; padding: 18px 20px 16px; border-radius: 10px; background: var(--surface); border: 1px solid var(--grid); min-width: 0; }
.two { display: grid; gap: 0 16px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); align-items: start; }
.many { display: grid; gap: 12px 20px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr)); }
.many > figure { max-width: 460px; }
.wide { overflow-x: auto; }
figure { margin: 0; min-width: 0; }
figcaption { font-weight: 600; font-size: 14px; overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: auto; font-family: inherit; }
.wide > svg { min-width: 720px; }
.value { margin: 6px 0 10px; font-size: 40px; font-weight: 650; line-height: 1.1; color: var(--best); }
.value small { font-size: 15px; font-weight: 400; color: var(--note); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 16px; margin: 0; font-size: 14px; }
dt { color: var(--note); }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
code { font-family: ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", "DejaVu Sans Mono", monospace; font-size: 13px; }

.note { fill: var(--note); }
.name { fill: var(--ink); font-weight: 600; }
.halo { paint-order: stroke; stroke: var(--surface); stroke-width: 4px; stroke-linejoin: round; pointer-events: none; }
.grid { stroke: var(--grid); }
.axis { stroke: var(--line); }
.steps { fill: none; stroke: var(--best); stroke-width: 2; stroke-linejoin: round; }
.mark { --shade: color-mix(in oklab, var(--good) var(--q), var(--worst)); }
.mark.best { --shade: var(--best); }
path.mark, .mark path { fill: none; stroke: var(--shade); stroke-width: 1.4; stroke-linejoin: round; }
path.mark.best, .mark.best path { stroke-width: 3; }
circle.mark, .mark circle { fill: var(--shade); stroke: var(--surface); stroke-width: 0.8; }
.mark.failed { --shade: var(--note); }
[data-p].failed { --shade: var(--line); stroke-width: 1; stroke-dasharray: 3 3; }
.brush { fill: transparent; cursor: crosshair; touch-action: none; }
.chosen { fill: var(--best); fill-opacity: 0.25; stroke: var(--best); pointer-events: none; }
.chosen[height="0"] { display: none; }
.off { display: none; }
.pointed .mark:not(.on) { opacity: 0.15; }
.mark.on { --shade: var(--best); }
path.mark.on, .mark.on path { stroke-width: 3; }

.scale { display: flex; align-items: center; gap: 8px; color: var(--note); font-size: 13px; flex-wrap: wrap; }
.scale i { width: 120px; height: 8px; border-radius: 4px; background: linear-gradient(in oklab 90deg, var(--worst), var(--good)); }
.scale b { width: 22px; height: 4px; border-radius: 2px; background: var(--best); margin-left: 10px; }
.scale output { margin-left: auto; }
.scale button { font: inherit; color: inherit; background: none; border: 1px solid var(--line); border-radius: 6px; padding: 2px 10px; cursor: pointer; }
.bars { list-style: none; margin: 0; padding: 0; }
.bars li { display: grid; grid-template-columns: minmax(90px, 26%) 1fr 110px; gap: 12px; align-items: center; padding: 4px 0; font-size: 14px; }
.bars .key { overflow-wrap: anywhere; }
.bars .track { height: 14px; border-radius: 4px; background: var(--grid); }
.bars .bar { display: block; height: 100%; width: var(--share); border-radius: 4px; background: var(--good); }
.bars .share { font-variant-numeric: tabular-nums; color: var(--note); }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 10px; text-align: left; border-bottom: 1px solid var(--grid); white-space: nowrap; }
td.number { text-align: right; }
th button { font: inherit; font-weight: 600; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }
th[aria-sort="ascending"] button::after { content: " ▲"; font-size: 10px; }
th[aria-sort="descending"] button::after { content: " ▼"; font-size: 10px; }
tr.best td { color: var(--best); font-weight: 600; }
tbody tr.on td { background: var(--grid); }
#told { position: fixed; left: 50%; bottom: 14px; transform: translateX(-50%); width: max-content; max-width: min(94vw, 1100px); padding: 8px 14px; border-radius: 8px; font-size: 14px; background: var(--ink); color: var(--surface); box-shadow: 0 4px 20px rgb(0 0 0 / 30%); pointer-events: none; }
#told:empty { display: none; }
@media (max-width: 600px) {
  body { padding: 16px 10px 70px; }
  .card { padding: 14px 12px 12px; }
  .value { font-size: 34px; }
  .bars li { grid-template-columns: minmax(80px, 34%) 1fr 52px; gap: 8px; }
}
@media print { .card { break-inside: avoid; } #told, .scale button { display: none; } }
`;
