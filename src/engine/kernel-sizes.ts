/**
 * Sizes on which kernels and those who call them agree: numbers of the memory's layout that are in no kernel's arguments. Both
 * compilers read this file, TypeScript and AssemblyScript, so it holds nothing but plain constants.
 *
 * @module
 */

/** Columns in a panel of packed weights. */
export const PANEL = 8;

/** Points of Winograd's 6 x 6 transforms. */
export const WINOGRAD_POINTS = 36;

/** Tiles of 4 x 4 outputs in a block of Winograd's forward pass and data gradient: whole products of four and of six rows. */
export const WINOGRAD_BLOCK = 36;

/** Tiles in a block of Winograd's weight gradient. Sums are added block by block, so it is part of their bits. */
export const WINOGRAD_TILES = 32;

/**
 * Floats by which Winograd's 36 matrices lie further apart than their size, so that they do not fall into the same few sets of
 * a cache.
 */
export const WINOGRAD_GAP = 16;

/** Channels in a part of Winograd's weight gradient. */
export const WINOGRAD_GROUP = 4;

/** Rows of weights that `dense_backward_weights` copies the inputs of at a time, and samples that it copies. */
export const DENSE_COPY_ROWS = 48;
export const DENSE_COPY_SAMPLES = 128;

/** Gradients per partial sum of `gradient_norm`. */
export const NORM_BLOCK = 1024;

/** Rows of a sample's sums of batch normalisation. */
export const SUM_ROWS = 5;

/** Floats of an image's transform in `augment`: an affine map and a box. */
export const TRANSFORM_FLOATS = 10;

/** Number that the places of maxima are counted from: floats from there on have their distance from it in their low bits. */
export const FIRST_PLACE = 8388608;
