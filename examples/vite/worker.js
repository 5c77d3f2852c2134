// The work: the backbone looks at each picture once, and a new last layer learns from that.
import { featuresOf, fitHead, importModel, readData, splitStratified, transferModel } from "convasm";

const say = (text, file) => self.postMessage({ text, file });

self.onmessage = async ({ data }) => {
  try {
    await learn(data);
  } catch (error) {
    say(error.message);
  }
};

async function learn({ network, photos, scaling }) {
  const [mean, deviation] = scaling.split(",").map(Number);
  say("Reading the network …");
  const { model: backbone } = await importModel(network, { input: deviation > 0 ? { mean, deviation } : scaling });
  const [height, width, channels] = backbone.architecture.input.shape;
  say("Reading the pictures …");
  const data = await readData(photos, { size: [height, width], fit: "crop", channels });
  const { rest, heldOut } = splitStratified(data.train, 0.2);
  const onProgress = (done) => say(`${done} of ${rest.length} pictures looked at …`);
  const features = await featuresOf(backbone, rest, { onProgress });
  const validation = await featuresOf(backbone, heldOut);
  const model = await transferModel(backbone, { classes: rest.classNames });
  const { epochs } = await fitHead(model, features, { validation });
  const share = (100 * epochs.at(-1).valAccuracy).toFixed(1);
  say(
    `Learned ${rest.classNames.join(", ")}: ${share} % of ${heldOut.length} held-out pictures are right.`,
    model.save(),
  );
}
