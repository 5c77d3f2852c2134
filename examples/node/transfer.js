// Teaches a network, which others have trained, to tell photographs of your own apart.
import { writeFile } from "node:fs/promises";
import { exportModel, featuresOf, fitHead, importModel, loadDataFiles, splitStratified, transferModel } from "convasm";

const [file, photos, scaling = "imagenet"] = process.argv.slice(2);
if (photos === undefined) {
  console.error("Usage: node transfer.js NETWORK PHOTOS [imagenet|symmetric|unit|raw|MEAN,DEVIATION]");
  process.exit(2);
}
const [mean, deviation] = scaling.split(",").map(Number);
const input = deviation > 0 ? { mean, deviation } : scaling;

// The backbone, and the pictures as it takes them.
const { model: backbone } = await importModel(file, { input });
const [height, width, channels] = backbone.architecture.input.shape;
const data = await loadDataFiles(photos, { size: [height, width], fit: "crop", channels });
const held = data.validation ?? data.test;
const { train, validation } =
  held === undefined ? splitOf(splitStratified(data.train, 0.2)) : { train: data.train, validation: held };
console.log(`${train.length} pictures of ${train.classNames.join(", ")}; ${validation.length} held out`);

// Each picture goes through the backbone once; the new last layer then learns in no time.
const model = await transferModel(backbone, { classes: train.classNames });
const onProgress = (done) => process.stdout.isTTY && process.stdout.write(`\r${done} pictures looked at `);
const features = await featuresOf(backbone, train, { onProgress });
const { epochs } = await fitHead(model, features, { validation: await featuresOf(backbone, validation) });
console.log(`\n${(100 * epochs.at(-1).valAccuracy).toFixed(1)} % of those held out are right`);

await writeFile("photos.safetensors", model.save());
for (const { name, bytes } of await exportModel(model, { format: "onnx", name: "photos" }))
  await writeFile(name, bytes);
console.log("photos.safetensors and photos.onnx are written");

function splitOf({ rest, heldOut }) {
  return { train: rest, validation: heldOut };
}
