/**
 * The protocol between driver and contenders: one line of JSON each way, over stdin and stdout. Answers start with a
 * mark, because libraries print to stdout what they like.
 *
 * @module
 */

export const MARK = "@@ ";

/**
 * A network with its data, which a contender is told to compute.
 *
 * @typedef {object} Subject
 * @property {string} net
 * @property {number} batch
 * @property {readonly [number, number, number]} shape of an image
 * @property {number} classes
 * @property {number} scale pixels become pixel * scale + offset
 * @property {number} offset
 * @property {readonly any[]} layers as convasm's JSON
 * @property {import("../driver/program.js").Node[]} program the same, spelt out
 * @property {any} optimizer as convasm's JSON, with its learning rate
 * @property {boolean} hasDropout
 * @property {number} checkSteps training steps whose losses are compared
 * @property {number} distinct the checked batch is the first `distinct` images, repeated
 * @property {number} images number of images in the file, whole batches
 * @property {{ name: string, shape: readonly number[], offset: number }[]} weights offsets count float32
 * @property {{ weights: string, images: string, labels: string, onnx: string }} files
 */

/**
 * A batch of images.
 *
 * @typedef {object} Batch
 * @property {Uint8Array} bytes raw pixels [n, h, w, c]
 * @property {Float32Array} pixels the same, scaled
 * @property {Uint8Array} labels
 */

/**
 * A network that is ready to be timed.
 *
 * @typedef {object} Job
 * @property {() => Promise<number[]>} check losses of `checkSteps` training steps on the checked batch, or its
 *   probabilities [n, classes]; leaves the weights changed
 * @property {() => unknown} step the next training step or inference, with its result read; may give a promise
 * @property {() => void} close
 */

/**
 * @typedef {object} JobOptions
 * @property {"train" | "infer"} mode
 * @property {string} setting one of the peer's `settings`
 * @property {boolean} dropout whether dropout drops
 * @property {boolean} checked whether the job is for the check alone
 */

/**
 * @typedef {object} Peer
 * @property {Record<string, string>} versions
 * @property {(mode: "train" | "infer", subject: Subject) => string[]} settings ways to run it, of which the fastest counts
 * @property {(subject: LoadedSubject, options: JobOptions) => Promise<Job>} build throws with the reason where it cannot
 * @property {boolean} [separateCheck] whether the check needs a job of its own
 * @property {string} [note] what to say beside its figures
 */

/** @typedef {import("./subject.js").LoadedSubject} LoadedSubject */
