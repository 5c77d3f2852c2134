import { defineConfig } from "vitest/config";

const slow = "test/**/*.slow.test.ts";

/** Tests of threads, workers, pages and measurements, which other tests beside them would disturb. */
const alone = [
  "test/{bench,browser,engine/threads,worker}/**/*.test.ts",
  "test/cli/{bench,doctor,resume,two-processes,wide}.test.ts",
];

export default defineConfig({
  test: {
    // Only stops what hangs: a slow, busy machine is no failure.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    globalSetup: ["test/global-setup.ts"],
    setupFiles: ["test/setup.ts"],
    projects: [
      {
        extends: true,
        test: { name: "fast", include: ["test/**/*.test.ts"], exclude: [slow, ...alone], maxWorkers: "100%" },
      },
      {
        extends: true,
        test: { name: "alone", include: alone, exclude: [slow], maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: { name: "slow", include: [slow], testTimeout: 3_600_000, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
