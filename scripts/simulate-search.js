// Draws docs/images/search-1000-workers.svg: searches on up to 1,000 workers, by simulation of discrete events. What is assumed stands in ASSUMED and below the
// figure. Writes the figures as JSON to standard output.

import { writeFileSync } from "node:fs";
import { scaleLinear, scaleLog } from "d3-scale";
import { line } from "d3-shape";

const ASSUMED = {
  /** Trials of the lowest rung, or in all; epochs of a whole training; seconds of an epoch: median, and spread of its logarithm from trial to trial. */
  trials: 19683,
  epochs: 27,
  epochSeconds: 20,
  spread: 0.5,
  eta: 3,
  /** Hours between two losses of a worker; seconds until it is back; seconds until the loss is noticed: between these. */
  lossHours: 4,
  backSeconds: 300,
  noticedSeconds: [30, 45],
  /** Seconds between two checkpoints that travel. */
  checkpointSeconds: 30,
  /** Milliseconds of the server for a run, all commands together: more than it takes. */
  serverMilliseconds: 5,
};

/** Numbers from 0 to 1 that are the same each time (mulberry32). */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Events by their time, the first one first. */
class Events {
  items = [];
  push(time, work) {
    const { items } = this;
    items.push({ time, work });
    for (let i = items.length - 1; i > 0; ) {
      const up = (i - 1) >> 1;
      if (items[up].time <= items[i].time) break;
      [items[up], items[i]] = [items[i], items[up]];
      i = up;
    }
  }
  pop() {
    const { items } = this;
    const first = items[0];
    const last = items.pop();
    if (items.length > 0) {
      items[0] = last;
      for (let i = 0; ; ) {
        let least = i;
        for (const child of [2 * i + 1, 2 * i + 2])
          if (child < items.length && items[child].time < items[least].time) least = child;
        if (least === i) break;
        [items[least], items[i]] = [items[i], items[least]];
        i = least;
      }
    }
    return first;
  }
}

/** Runs of a search: each has epochs to do, and may make others possible when it ends. */
const WAYS = {
  random: ({ trials, epochs, eta }) => {
    // As many epochs in all as the rungs have.
    const rungs = rungsOf(epochs, eta);
    const all = rungs.reduce((sum, each, i) => sum + (trials / eta ** i) * (each - (rungs[i - 1] ?? 0)), 0);
    const first = Array.from({ length: Math.round(all / epochs) }, (_, trial) => ({ trial, epochs, rung: 0 }));
    return { first, ended: () => [] };
  },
  halving: ({ trials, epochs, eta }, value) => {
    const rungs = rungsOf(epochs, eta);
    let results = [];
    let size = trials;
    return {
      first: Array.from({ length: trials }, (_, trial) => ({ trial, epochs: rungs[0], rung: 0 })),
      ended(run) {
        results.push(run);
        // The whole rung, before any goes on.
        if (results.length < size || run.rung + 1 === rungs.length) return [];
        size = Math.floor(size / eta);
        const best = results.sort((a, b) => value(a.trial) - value(b.trial)).slice(0, size);
        results = [];
        return best.map(({ trial, rung }) => ({ trial, epochs: rungs[rung + 1] - rungs[rung], rung: rung + 1 }));
      },
    };
  },
  asha: ({ trials, epochs, eta }, value) => {
    const rungs = rungsOf(epochs, eta);
    const done = rungs.map(() => []);
    const promoted = rungs.map(() => new Set());
    return {
      first: Array.from({ length: trials }, (_, trial) => ({ trial, epochs: rungs[0], rung: 0 })),
      ended({ trial, rung }) {
        const list = done[rung];
        let at = list.findIndex((other) => value(other) > value(trial));
        if (at < 0) at = list.length;
        list.splice(at, 0, trial);
        if (rung + 1 === rungs.length) return [];
        const next = list.slice(0, Math.floor(list.length / eta)).find((each) => !promoted[rung].has(each));
        if (next === undefined) return [];
        promoted[rung].add(next);
        return [{ trial: next, epochs: rungs[rung + 1] - rungs[rung], rung: rung + 1 }];
      },
    };
  },
};

function rungsOf(epochs, eta) {
  const rungs = [];
  for (let each = epochs; each >= 1; each /= eta) rungs.unshift(each);
  return rungs;
}

/** Simulates a search; hours until its end, share of the time in which workers train, and epochs' seconds that were trained twice. */
function simulate(way, workers, assumed, { travel = true, watch } = {}) {
  const draw = numbers(12345);
  const speed = Array.from({ length: assumed.trials }, () => Math.exp(assumed.spread * normal(draw)));
  const values = Array.from({ length: assumed.trials }, draw);
  const search = WAYS[way](assumed, (trial) => values[trial]);
  const events = new Events();
  const waiting = search.first.map((run) => ({ ...run, left: run.epochs * assumed.epochSeconds * speed[run.trial] }));
  let head = 0;
  const higher = [];
  const idle = [];
  let open = waiting.length;
  let now = 0;
  let serverFree = 0;
  let trained = 0;
  let lost = 0;
  let busy = 0;
  const loss = () => -Math.log(1 - draw()) * assumed.lossHours * 3600;
  const next = (worker) => {
    const run = higher.shift() ?? waiting[head++];
    if (run === undefined) {
      head = Math.min(head, waiting.length);
      idle.push(worker);
      return;
    }
    // Losses and returns while it had nothing to do cost nothing.
    if (worker.lostAt <= now) worker.lostAt = now + loss();
    // Commands wait for each other at the server.
    serverFree = Math.max(serverFree, now) + assumed.serverMilliseconds / 1000;
    const begin = serverFree;
    const end = begin + run.left;
    busy++;
    watch?.(now, busy);
    if (end <= worker.lostAt) {
      events.push(end, () => {
        busy--;
        trained += run.left;
        watch?.(now, busy);
        open--;
        for (const more of search.ended(run)) {
          open++;
          higher.push({ ...more, left: more.epochs * assumed.epochSeconds * speed[more.trial] });
        }
        next(worker);
        while (idle.length > 0 && (higher.length > 0 || head < waiting.length)) next(idle.pop());
      });
      return;
    }
    events.push(worker.lostAt, () => {
      busy--;
      watch?.(now, busy);
      const done = Math.max(0, now - begin);
      const kept = travel ? Math.floor(done / assumed.checkpointSeconds) * assumed.checkpointSeconds : 0;
      trained += done;
      lost += done - kept;
      const [least, most] = assumed.noticedSeconds;
      events.push(now + least + draw() * (most - least), () => {
        higher.unshift({ ...run, left: run.left - kept });
        if (idle.length > 0) next(idle.pop());
      });
      events.push(now + assumed.backSeconds, () => {
        worker.lostAt = now + loss();
        next(worker);
      });
    });
  };
  for (let i = 0; i < workers; i++) {
    const worker = { lostAt: loss() };
    events.push(0, () => next(worker));
  }
  while (open > 0) {
    const event = events.pop();
    now = event.time;
    event.work();
  }
  return { hours: now / 3600, share: trained / (workers * now), lostShare: lost / trained };
}

function normal(draw) {
  return Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
}

const COLORS = { random: "#0072b2", halving: "#d55e00", asha: "#009e73" };
const COUNTS = [1, 3, 10, 30, 100, 300, 1000];
const ways = Object.keys(WAYS);
const byCount = Object.fromEntries(ways.map((way) => [way, COUNTS.map((count) => simulate(way, count, ASSUMED))]));
const busyOver = Object.fromEntries(
  ways.map((way) => {
    const points = [];
    simulate(way, 1000, ASSUMED, { watch: (time, count) => points.push([time / 3600, count]) });
    const step = Math.max(1, Math.floor(points.length / 400));
    return [way, points.filter((_, i) => i % step === 0 || i === points.length - 1)];
  }),
);
const LOSSES = [0.25, 0.5, 1, 2, 4, 8, 24];
const lossShares = [true, false].map((travel) =>
  LOSSES.map((lossHours) => simulate("random", 100, { ...ASSUMED, trials: 1500, lossHours }, { travel }).lostShare),
);

const WIDTH = 300;
const HEIGHT = 220;

function panel(at, title, x, y, xTicks, yTicks, xName, curves) {
  const parts = [`<text x="0" y="-14" font-weight="600" class="ink">${title}</text>`];
  for (const [value, text] of yTicks)
    parts.push(
      `<line x1="0" x2="${WIDTH}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" class="grid"/>`,
      `<text x="-8" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${text}</text>`,
    );
  for (const [value, text] of xTicks)
    parts.push(`<text x="${x(value).toFixed(1)}" y="${HEIGHT + 18}" text-anchor="middle">${text}</text>`);
  parts.push(`<text x="${WIDTH / 2}" y="${HEIGHT + 38}" text-anchor="middle">${xName}</text>`);
  const path = line(
    ([a]) => x(a),
    ([, b]) => y(b),
  );
  for (const { points, color, dash } of curves)
    parts.push(
      `<path d="${path.digits(1)(points)}" fill="none" stroke="${color}" stroke-width="2"${dash ? ' stroke-dasharray="5 4"' : ""}/>`,
    );
  return `<g transform="translate(${at},90)">${parts.join("\n")}</g>`;
}

const hoursMost = Math.max(...ways.map((way) => busyOver[way].at(-1)[0]));
const xBusy = scaleLinear([0, hoursMost], [0, WIDTH]);
const yBusy = scaleLinear([0, 1000], [HEIGHT, 0]);
const xCount = scaleLog([1, 1000], [0, WIDTH]);
const allHours = ways.flatMap((way) => byCount[way].map(({ hours }) => hours));
const yHours = scaleLog([Math.min(...allHours) / 1.3, Math.max(...allHours) * 1.3], [HEIGHT, 0]);
const xLoss = scaleLog([0.25, 24], [0, WIDTH]);
const yLoss = scaleLinear([0, Math.max(...lossShares[1])], [HEIGHT, 0]).nice(4);
const hourTicks = [0.3, 1, 3, 10, 30, 100, 300, 1000].filter(
  (each) => each > yHours.domain()[0] && each < yHours.domain()[1],
);
const busyPanel = panel(
  70,
  "Busy workers, of 1,000",
  xBusy,
  yBusy,
  xBusy.ticks(6).map((each) => [each, each]),
  [0, 250, 500, 750, 1000].map((each) => [each, each]),
  "hours",
  ways.map((way) => ({ points: busyOver[way], color: COLORS[way] })),
);
const countPanel = panel(
  450,
  "Hours until the search has ended",
  xCount,
  yHours,
  [1, 10, 100, 1000].map((each) => [each, each]),
  hourTicks.map((each) => [each, each]),
  "workers",
  ways.map((way) => ({ points: COUNTS.map((count, i) => [count, byCount[way][i].hours]), color: COLORS[way] })),
);
const lossPanel = panel(
  830,
  "Training that was done twice",
  xLoss,
  yLoss,
  [0.25, 1, 4, 24].map((each) => [each, each]),
  yLoss.ticks(5).map((each) => [each, `${Math.round(100 * each)} %`]),
  "hours between two losses of a worker",
  [
    { points: LOSSES.map((each, i) => [each, lossShares[0][i]]), color: COLORS.random },
    { points: LOSSES.map((each, i) => [each, lossShares[1][i]]), color: "#6b7785", dash: true },
  ],
);
const legend = [
  ["random", COLORS.random],
  ["halving, whole rungs", COLORS.halving],
  ["asha", COLORS.asha],
  ["without checkpoints that travel", "#6b7785"],
]
  .map(
    ([name, color], i) =>
      `<g transform="translate(${70 + 200 * i},50)"><rect width="14" height="4" y="-5" fill="${color}"/><text x="20" y="0">${name}</text></g>`,
  )
  .join("\n");
const notes = [
  `Simulated: ${ASSUMED.trials} trials (random: as many whole trainings as the rungs cost), ${ASSUMED.epochs} epochs of ${ASSUMED.epochSeconds} s (median), 1 in ${ASSUMED.eta} goes on; a worker is lost every ${ASSUMED.lossHours} h (left, middle),`,
  `is missed after ${ASSUMED.noticedSeconds.join(" to ")} s and back after ${ASSUMED.backSeconds / 60} min; a checkpoint each ${ASSUMED.checkpointSeconds} s; ${ASSUMED.serverMilliseconds} ms of the server for a run.`,
]
  .map((note, i) => `<text x="24" y="${372 + 18 * i}" font-size="11">${note}</text>`)
  .join("\n");
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1170" height="400" viewBox="0 0 1170 400" role="img" font-family="system-ui, sans-serif" font-size="12">
<title>Searches on 1,000 workers, simulated</title>
<style>text { fill: #6b7785 } .ink { fill: #1f2933 } .grid { stroke: #e4e8ec } .paper { fill: #fff }
@media (prefers-color-scheme: dark) { text { fill: #9aa5b1 } .ink { fill: #e4e7eb } .grid { stroke: #323f4b } .paper { fill: #12181f } }</style>
<rect width="1170" height="400" class="paper"/>
<text x="24" y="28" font-size="18" font-weight="600" class="ink">Searches on 1,000 workers, simulated</text>
${legend}
${busyPanel}
${countPanel}
${lossPanel}
${notes}
</svg>
`;
writeFileSync(new URL("../docs/images/search-1000-workers.svg", import.meta.url), svg);
console.log(JSON.stringify({ byCount, COUNTS, LOSSES, lossShares }));
