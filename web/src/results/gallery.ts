import { h } from "../ui/dom.ts";
import { loss, percent } from "../ui/format.ts";
import { thumbnail } from "../ui/picture.ts";
import type { Results } from "./report.ts";

/** Images with what they are and what they were taken for. */
export async function gallery({ data, report, nameOf }: Results, indices: readonly number[]): Promise<HTMLElement> {
  if (indices.length === 0) return h("p", { class: "note" }, "None.");
  const { images } = await data.images(indices);
  const items = indices.map((index, i) => {
    const [label, prediction] = [report.labels[index], report.predictions[index]];
    const isRight = label === prediction;
    const words = isRight ? nameOf(label) : `${nameOf(label)}, read as ${nameOf(prediction)}`;
    const details = `${words}; ${percent(report.confidences[index])} sure, loss ${loss(report.losses[index])}`;
    const caption = isRight
      ? [h("span", {}, nameOf(label))]
      : [h("span", {}, nameOf(label)), h("span", { class: "gallery-wrong" }, `→ ${nameOf(prediction)}`)];
    return h(
      "li",
      { title: details },
      h(
        "figure",
        {},
        thumbnail(images, data.shape, i, `Image ${index}: ${details}`),
        h(
          "figcaption",
          { "aria-hidden": "true" },
          ...caption,
          h("span", { class: "soft push" }, percent(report.confidences[index], 0)),
        ),
      ),
    );
  });
  return h("ul", { class: "gallery" }, ...items);
}
