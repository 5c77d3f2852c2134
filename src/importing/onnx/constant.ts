import type { TensorKind } from "../../formats/onnx/values.ts";
import { sizeOf } from "../../layers/shape.ts";
import { rowStrides } from "../../numeric/strides.ts";

/** Values of a constant: floats, or whole numbers and truth values as doubles. */
export type ConstantData = Float32Array | Float64Array;

/** A tensor whose values are known, in row order. */
export class Constant {
  readonly dims: readonly number[];
  readonly kind: TensorKind;
  /** Name of the tensor in the file that it was made of. */
  readonly name: string;
  readonly #load: () => ConstantData;
  #data: ConstantData | undefined;

  /** @param load gives the values when they are asked for */
  constructor(name: string, dims: readonly number[], kind: TensorKind, load: () => ConstantData) {
    this.name = name;
    this.dims = dims;
    this.kind = kind;
    this.#load = load;
  }

  get data(): ConstantData {
    this.#data ??= this.#load();
    return this.#data;
  }

  get size(): number {
    return sizeOf(this.dims);
  }

  /** The same values in another shape. */
  reshaped(dims: readonly number[]): Constant {
    return new Constant(this.name, dims, this.kind, () => this.data);
  }

  /** Values of a new shape, each by its index, made when they are asked for. */
  mapped(dims: readonly number[], value: (data: ConstantData, index: number) => number): Constant {
    return new Constant(this.name, dims, this.kind, () => {
      const { data } = this;
      const made = arrayOf(this.kind, sizeOf(dims));
      for (let i = 0; i < made.length; i++) made[i] = value(data, i);
      return made;
    });
  }

  /** The values with the axes in another order: axis `i` is axis `order[i]` of these. */
  transposed(order: readonly number[]): Constant {
    const dims = order.map((axis) => this.dims[axis]);
    const strides = rowStrides(this.dims);
    const index = stridedIndex(
      dims,
      order.map((axis) => strides[axis]),
    );
    return this.mapped(dims, (data, i) => data[index(i)]);
  }
}

/** An array for values of a kind. */
export function arrayOf(kind: TensorKind, size: number): ConstantData {
  return kind === "float" ? new Float32Array(size) : new Float64Array(size);
}

/** The place of element `i` of a shape in an array with other strides. */
export function stridedIndex(dims: readonly number[], strides: readonly number[]): (i: number) => number {
  return (i) => {
    let rest = i;
    let at = 0;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      at += (rest % dims[axis]) * strides[axis];
      rest = Math.floor(rest / dims[axis]);
    }
    return at;
  };
}

/** The shape that shapes have together, extents of 1 standing for any; undefined where they do not fit. */
export function broadcast(...shapes: readonly (readonly number[])[]): number[] | undefined {
  const rank = Math.max(...shapes.map((dims) => dims.length));
  const dims: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const extents = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const extent = extents.find((value) => value !== 1) ?? 1;
    if (extents.some((value) => value !== 1 && value !== extent)) return undefined;
    dims.push(extent);
  }
  return dims;
}

/** The place in an array of element `i` of a shape to which the array's shape is broadcast. */
export function broadcastIndex(dims: readonly number[], to: readonly number[]): (i: number) => number {
  const strides = rowStrides(dims).map((stride, axis) => (dims[axis] === 1 ? 0 : stride));
  return stridedIndex(to, [...new Array<number>(to.length - dims.length).fill(0), ...strides]);
}
