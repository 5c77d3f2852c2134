/**
 * The first hour of somebody who asks how fast it is: one network on two engines, drawn, and as rows for a program.
 *
 * @param {import("./steps.js").Steps} steps
 */
export async function benchmark(steps) {
  const words = [
    "bench",
    "--net",
    "lenet5",
    "--batch",
    "32",
    "--engine",
    "js",
    "simd",
    "--threads",
    "1",
    "--mode",
    "train",
  ];
  const text = await steps.convasm([...words, "--json", "--svg", "bench.svg"]);
  await steps.step("WebAssembly is faster than plain JavaScript", async () => {
    const rows = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const speedOf = (engine) => rows.find((row) => row.engine === engine && row.imagesPerSecond > 0)?.imagesPerSecond;
    const [js, simd] = [speedOf("js"), speedOf("simd")];
    if (!(simd > js)) throw new Error(`expected simd above js, got ${simd} and ${js} images/s`);
  });
}
