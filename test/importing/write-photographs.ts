// Writes pictures' pixels for make-imported.py and make-cifar10.py: node test/importing/write-photographs.ts FILE [cifar10]

import { writeFileSync } from "node:fs";
import { cifarPictures, photographs, sharedFile } from "./photographs.ts";

const [file, set] = process.argv.slice(2);
const zip = sharedFile("data", set === "cifar10" ? "cifar10-jpeg.zip" : "ants-bees.zip");
if (zip !== undefined) {
  writeFileSync(file, set === "cifar10" ? (await cifarPictures(zip)).pixels : await photographs(zip, 224));
}
