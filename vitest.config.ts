import { defineConfig } from "vitest/config";

const slow = "test/**/*.slow.test.ts";

export default defineConfig({
  test: {
    // Only stops what hangs: a slow, busy machine is no failure.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    globalSetup: ["test/global-setup.ts"],
    setupFiles: ["test/setup.ts"],
    projects: [
      { extends: true, test: { name: "fast", include: ["test/**/*.test.ts"], exclude: [slow] } },
      { extends: true, test: { name: "slow", include: [slow], testTimeout: 3_600_000 } },
    ],
  },
});
