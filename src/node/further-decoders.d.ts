// Types of the parts of packages without types of their own, or with types for pages, that decoders of pictures use.

declare module "@jsquash/webp/codec/dec/webp_dec.js" {
  interface Decoder {
    decode(
      data: Uint8Array,
    ): { readonly width: number; readonly height: number; readonly data: Uint8ClampedArray } | null;
  }
  const factory: (options: {
    noInitialRun: boolean;
    instantiateWasm: (
      imports: WebAssembly.Imports,
      done: (instance: WebAssembly.Instance) => void,
    ) => WebAssembly.Exports;
  }) => Promise<Decoder>;
  export default factory;
}

declare module "omggif" {
  interface Frame {
    x: number;
    y: number;
    width: number;
    height: number;
    transparent_index: number | null;
  }
  export class GifReader {
    constructor(bytes: Uint8Array);
    width: number;
    height: number;
    numFrames(): number;
    frameInfo(frame: number): Frame;
    decodeAndBlitFrameRGBA(frame: number, pixels: Uint8Array): void;
  }
}

// Built by scripts/build-node-worker.js, perhaps later than this is checked.
declare module "*-decoder.text.js" {
  const text: string;
  export default text;
}
