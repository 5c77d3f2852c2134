import { InputRangeError } from "../../errors.ts";
import type { OnnxAttribute, OnnxTensor } from "../../formats/onnx/messages.ts";
import type { Constant } from "./constant.ts";

/** A tensor of a graph: its name, its shape with the batch first, and its values where they are known. */
export interface Value {
  readonly name: string;
  readonly dims: readonly number[];
  readonly constant?: Constant | undefined;
}

/** Facts of the graph that a node stands in. */
export interface GraphFacts {
  /** Start of messages. */
  readonly who: string;
  /** Version of the operators. */
  readonly opset: number;
}

/** The parts of a node. */
export interface NodeParts {
  readonly op: string;
  readonly name: string;
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
  /** Undefined where an input is left out. */
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
}

/** An operator applied to values. */
export class OpNode {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  readonly facts: GraphFacts;
  readonly #attributes: ReadonlyMap<string, OnnxAttribute>;

  constructor({ op, name, attributes, inputs, outputs }: NodeParts, facts: GraphFacts) {
    this.op = op;
    this.name = name;
    this.inputs = inputs;
    this.outputs = outputs;
    this.facts = facts;
    this.#attributes = attributes;
  }

  /** This node with some parts changed. */
  with(change: Partial<NodeParts>): OpNode {
    const { op, name, inputs, outputs } = this;
    return new OpNode({ op, name, attributes: this.#attributes, inputs, outputs, ...change }, this.facts);
  }

  get opset(): number {
    return this.facts.opset;
  }

  /** The start of messages about it. */
  get who(): string {
    const name = this.name === "" ? (this.outputs[0]?.name ?? "") : this.name;
    return `${this.facts.who}: ${this.op} ${JSON.stringify(name.slice(0, 80))}`;
  }

  /** An error for something that the node asks for and that is not supported. */
  unsupported(expected: string, got: string, advice?: string): InputRangeError {
    return new InputRangeError(this.who, expected, got, "unsupported-file", { advice });
  }

  /** An error for something that breaks the operator's own rules. */
  damaged(expected: string, got: string): InputRangeError {
    return new InputRangeError(this.who, expected, got, "damaged-file");
  }

  /** Its input at a place. */
  input(index: number): Value {
    const value = this.inputs[index];
    if (value === undefined) throw this.damaged(`input ${index}`, "none");
    return value;
  }

  /** Its output, if it has but one that matters. */
  get output(): Value {
    const [output] = this.outputs;
    if (output === undefined) throw this.damaged("an output", "none");
    return output;
  }

  has(attribute: string): boolean {
    return this.#attributes.has(attribute);
  }

  number(name: string, fallback: number): number {
    const attribute = this.#attributes.get(name);
    if (attribute === undefined) return fallback;
    if (attribute.kind === "number") return attribute.value;
    throw this.damaged(`attribute ${name} to be a number`, attribute.kind);
  }

  numbers(name: string): readonly number[] | undefined {
    const attribute = this.#attributes.get(name);
    if (attribute === undefined) return undefined;
    if (attribute.kind === "numbers") return attribute.value;
    throw this.damaged(`attribute ${name} to be a list of numbers`, attribute.kind);
  }

  text(name: string, fallback: string): string {
    const attribute = this.#attributes.get(name);
    if (attribute === undefined) return fallback;
    if (attribute.kind === "text") return attribute.value;
    throw this.damaged(`attribute ${name} to be a text`, attribute.kind);
  }

  tensor(name: string): OnnxTensor | undefined {
    const attribute = this.#attributes.get(name);
    return attribute?.kind === "tensor" ? attribute.value : undefined;
  }

  /** A constant input; undefined where it is left out. */
  constant(index: number): Constant | undefined {
    const value = this.inputs[index];
    if (value === undefined) return undefined;
    if (value.constant !== undefined) return value.constant;
    throw this.unsupported(
      `input ${index} to be a constant`,
      `${JSON.stringify(value.name)}, which depends on the images`,
    );
  }

  /** A list of numbers that is an attribute in some versions and an input in others; undefined where it is left out. */
  list(name: string, index: number): readonly number[] | undefined {
    const attribute = this.numbers(name);
    if (attribute !== undefined) return attribute;
    const constant = this.constant(index);
    if (constant === undefined || constant.size <= 64) return constant === undefined ? undefined : [...constant.data];
    throw this.damaged(`a list of at most 64 numbers as input ${index}`, `${constant.size}`);
  }

  /** A number that is an attribute in some versions and an input in others; undefined where it is left out. */
  scalar(name: string, index: number): number | undefined {
    if (this.#attributes.has(name)) return this.number(name, 0);
    const constant = this.constant(index);
    if (constant === undefined || constant.size === 0) return undefined;
    if (constant.size === 1) return constant.data[0];
    throw this.damaged(`one number as input ${index}`, `${constant.size}`);
  }

  /** An axis counted from 0, of a shape with so many axes. */
  axis(axis: number, rank: number): number {
    const counted = axis < 0 ? axis + rank : axis;
    if (Number.isInteger(counted) && counted >= 0 && counted < rank) return counted;
    throw this.damaged(`an axis of ${rank}`, `${axis}`);
  }
}
