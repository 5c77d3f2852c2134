import { halvesOf } from "../../formats/half-floats.ts";
import type { WrittenTensor } from "../../formats/safetensors.ts";
import type { Node } from "../../graph/graph.ts";
import { takeName } from "../../graph/take-name.ts";
import type { Shape } from "../../layers/shape.ts";
import { type Turned, turnedFloats } from "../channels-first.ts";
import type { ModelView } from "../model-view.ts";
import { NodeWeights } from "../node-weights.ts";
import type { ExportedWeight } from "../precision.ts";

/** A tensor of the module: images as [n, channels, height, width], all others in our order. */
export interface Value {
  /** The expression or variable that it is. */
  readonly code: string;
  /** Its shape here, without the batch. */
  readonly shape: Shape;
  /** The image whose values a vector has channel by channel; undefined for one in our order. */
  readonly image?: Shape | undefined;
}

/** The expression for the output of a layer, whose modules are added. */
export type WriteLayer = (net: PythonNetwork, node: Node, inputs: readonly Value[]) => Value;

/** Words that no attribute of a module may be: Python's, and those of `nn.Module` that layers could be called. */
const TAKEN = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from global if import in is " +
    "lambda nonlocal not or pass raise return try while with yield " +
    "T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval extra_repr float " +
    "forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict modules mtia named_buffers named_children " +
    "named_modules named_parameters parameters register_buffer register_module register_parameter requires_grad_ set_extra_state " +
    "set_submodule share_memory state_dict to to_empty train training type xpu zero_grad scale offset self x"
  ).split(" "),
);

/** The modules of a network as lines of Python, and their tensors. */
export class PythonNetwork extends NodeWeights {
  /** Lines of `__init__`. */
  readonly modules: string[] = [];
  /** Functions beside the module that it calls, by name. */
  readonly functions = new Set<string>();
  readonly tensors = new Map<string, WrittenTensor>();
  readonly #half: boolean;
  readonly #containers = new Set<string>();
  readonly #names = new Map<string, string>();

  /** @param half true: weights in half precision */
  constructor(weights: ModelView["weights"], half: boolean) {
    super(weights);
    this.#half = half;
  }

  /**
   * Adds a module, whose name is the layer's with dots for slashes, as far as Python has such names.
   *
   * @param code the expression that makes it
   * @returns how `forward` calls it
   */
  module(path: string, code: string): string {
    const name = this.nameOf(path);
    const parts = name.split(".");
    for (let count = 1; count < parts.length; count++) {
      const container = parts.slice(0, count).join(".");
      if (!this.#containers.has(container)) this.modules.push(`self.${container} = nn.Module()`);
      this.#containers.add(container);
    }
    this.#containers.add(name);
    this.modules.push(`self.${name} = ${code}`);
    return `self.${name}`;
  }

  /** The name of a layer's module. */
  nameOf(path: string): string {
    const known = this.#names.get(path);
    if (known !== undefined) return known;
    const plain = path.split(/[/.]/).map(identifier).join(".");
    const free = takeName(plain, new Set(this.#names.values()));
    this.#names.set(path, free);
    return free;
  }

  /** Puts a weight into the file under a module's name and its own there. */
  weight(path: string, theirs: string, weight: ExportedWeight, order: Turned): void {
    this.floats(path, theirs, order.dims, turnedFloats(weight.data, order));
  }

  /** Adds floats to the file of weights, in half precision where the options ask for it. */
  floats(path: string, theirs: string, shape: Shape, values: Float32Array): void {
    const tensor = this.#half
      ? ({ dtype: "F16", shape, data: halvesOf(values) } as const)
      : ({ dtype: "F32", shape, data: values } as const);
    this.tensors.set(`${this.nameOf(path)}.${theirs}`, tensor);
  }

  /** Puts a whole number into the file. */
  whole(path: string, theirs: string, value: number): void {
    const data = BigInt64Array.of(BigInt(value));
    this.tensors.set(`${this.nameOf(path)}.${theirs}`, { dtype: "I64", shape: [], data });
  }

  /** The expression of a vector with its values in our order; all others are as they are. */
  plain({ code, shape, image }: Value): Value {
    if (image === undefined) return { code, shape };
    const [h, w, c] = image;
    return { code: `${code}.reshape(-1, ${c}, ${h}, ${w}).permute(0, 2, 3, 1).flatten(1)`, shape };
  }

  /** The expression of a tensor with its values in our order: images as [n, height, width, channels]. */
  ours(value: Value): string {
    return value.shape.length === 3 ? `${value.code}.permute(0, 2, 3, 1)` : this.plain(value).code;
  }

  /** A tensor of our order as the module has it. */
  fromOurs(code: string, shape: Shape): Value {
    return { code: shape.length === 3 ? `${code}.permute(0, 3, 1, 2)` : code, shape };
  }
}

/** A part of a name as an attribute that Python and `nn.Module` leave free. */
export function identifier(part: string): string {
  const plain = part.replace(/\W/g, "_");
  if (/^\d/.test(plain)) return `layer_${plain}`;
  return TAKEN.has(plain) || plain.startsWith("_") ? `layer_${plain}` : plain;
}

/** A list of numbers or expressions as a tuple. */
export function tuple(values: readonly (number | string)[]): string {
  return `(${values.join(", ")}${values.length === 1 ? "," : ""})`;
}

/** A truth value. */
export function truth(value: boolean): string {
  return value ? "True" : "False";
}
