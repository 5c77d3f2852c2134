/**
 * Facts of the safetensors format that writing and reading share. A file of their own, so that pages that only write files have
 * nothing of the reader, and so need not share code with what they load later.
 *
 * @module
 */

/** Bytes of the length before the header. */
export const LENGTH_BYTES = 8;

/** Longer headers are refused, as the format's own reader does. */
export const MAX_HEADER_BYTES = 100_000_000;

/** The key of the texts among the tensors' names. */
export const METADATA_KEY = "__metadata__";
