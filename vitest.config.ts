import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { knowsWide, WIDE_FLAG } from "./src/node/wide.ts";

const slow = "test/**/*.slow.test.ts";

/** Long tests that compute by themselves, which others beside them only slow down. */
const slowBeside =
  "test/{bundlers,engine,fuzz,golden,graph,exporting,importing,model,recipes,search}/**/!(every-engine).slow.test.ts";

/** Tests of every engine that there is, in processes that are started for `wide` where Node has it. */
const everyEngine = "test/importing/every-engine.slow.test.ts";

/** Golden tests, which are run once more in such processes: elsewhere they say that the host lacks `wide`. */
const golden = "test/golden/!(*.slow).test.ts";

/**
 * Tests of threads, of workers that are lost, and measurements, which other tests beside them would disturb; of a page whose engine is chosen by
 * its speed; and of a host that offers neither files nor decoders of pictures, which other files in the same process would give it.
 */
const alone = [
  "test/{training/plain-javascript,data/read/image-folder}.test.ts",
  "test/{bench,engine/threads}/**/*.test.ts",
  "test/worker/{lifetime,loss,replicas/failures}.test.ts",
  "test/browser/web-train.test.ts",
  "test/cli/{bench,doctor,two-processes}.test.ts",
];

/** Begins with what takes longest, so that at the end no core waits for the other. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) =>
      /test\/(browser|bundlers|package)|(random-networks|fuzz|tapes)\.slow/.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // Only stops what hangs: a slow, busy machine is no failure.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    globalSetup: ["test/global-setup.ts"],
    setupFiles: ["test/setup.ts"],
    projects: [
      {
        extends: true,
        test: {
          name: "fast",
          include: ["test/**/*.test.ts"],
          exclude: [slow, ...alone],
          maxWorkers: "100%",
          // Files share the modules of their process, which to load anew for each took half of the time: a file puts back what it sets.
          isolate: false,
        },
      },
      {
        extends: true,
        test: { name: "alone", include: alone, exclude: [slow], maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: {
          name: "slow-beside",
          include: [slowBeside],
          testTimeout: 3_600_000,
          maxWorkers: "100%",
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: "slow",
          include: [slow],
          exclude: [slowBeside, everyEngine],
          testTimeout: 3_600_000,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          name: "wide",
          include: knowsWide() ? [everyEngine, golden] : [everyEngine],
          // Without the first, simple compiler, which joins no operations to 256 bits.
          execArgv: knowsWide() ? [WIDE_FLAG, "--no-liftoff"] : [],
          testTimeout: 3_600_000,
          maxWorkers: 1,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
