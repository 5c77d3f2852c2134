import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { Control } from "../../../src/engine/threads/control.ts";

// Wakes whoever sleeps on any word, again and again, and moves none.
const WAKER = `
const { workerData } = require("node:worker_threads");
const words = new Int32Array(workerData.buffer);
const idle = new Int32Array(new SharedArrayBuffer(4));
for (;;) {
  for (let i = 0; i < words.length; i++) workerData.woken[0] += Atomics.notify(words, i);
  Atomics.wait(idle, 0, 0, 1);
}`;

describe("control", () => {
  it("keeps waiting where a thread is woken late, for a barrier that it has left behind", async () => {
    const buffer = Control.allocate(2);
    const control = new Control(buffer, 2, true);
    const woken = new Int32Array(new SharedArrayBuffer(4));
    const waker = new Worker(WAKER, { eval: true, workerData: { buffer, woken } });
    try {
      await new Promise((resolve) => waker.once("online", resolve));
      const { generation } = control;
      control.arrive(0);
      const began = performance.now();
      while (Atomics.load(woken, 0) === 0 && performance.now() - began < 10_000) {
        expect(control.awaitBarrier(generation, 50)).toBe(false);
      }
      expect(Atomics.load(woken, 0)).toBeGreaterThan(0);
      control.arrive(1);
      expect(control.awaitBarrier(generation, 50)).toBe(true);
    } finally {
      await waker.terminate();
    }
  });
});
