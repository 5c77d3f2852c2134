/** Pixels as read (0 to 255), or as floats of any finite value. */
export type Pixels = Uint8Array | Float32Array;

/** Class labels: an index for each image. */
export type ClassLabels = Uint8Array | Uint16Array;

/** Height, width, channels. */
export type ImageShape = readonly [height: number, width: number, channels: number];
