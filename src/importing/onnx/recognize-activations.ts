/**
 * Activations that a file has as several nodes, such as x times its sigmoid: a part of the graph in which all is made of one tensor and
 * numbers is a function of each element, and is known by its values.
 *
 * @module
 */

import { erf } from "../../engine/reference/erf.ts";
import type { OnnxAttribute } from "../../formats/onnx/messages.ts";
import { attributesOf, countUsers } from "./absorb.ts";
import type { OpNode, Value } from "./op-node.ts";
import type { SimpleGraph } from "./simplify.ts";

type Fn = (x: number) => number;

/** Most nodes of an activation: GELU by tanh has nine. */
const MOST_NODES = 12;

const sigmoid: Fn = (x) => 1 / (1 + Math.exp(-x));
const softplus: Fn = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const clamp = (x: number, least: number, most: number) => Math.min(Math.max(x, least), most);
const hardSigmoid: Fn = (x) => clamp(x / 6 + 0.5, 0, 1);

/** Operators that are a layer's only with some numbers. */
const WITHOUT_LAYER: readonly string[] = ["Neg", "Abs", "Max", "Min", "Pow"];

/** Inputs that stand for the largest ones. */
const FAR = 1e6;

/** Operators of one tensor as functions of its elements. */
const OF_ONE: Readonly<Record<string, (node: OpNode) => Fn>> = {
  Relu: () => (x) => Math.max(x, 0),
  LeakyRelu: (node) => {
    const slope = node.number("alpha", 0.01);
    return (x) => (x < 0 ? slope * x : x);
  },
  Sigmoid: () => sigmoid,
  Tanh: () => Math.tanh,
  Softplus: () => softplus,
  Erf: () => erf,
  Exp: () => Math.exp,
  Neg: () => (x) => -x,
  Abs: () => Math.abs,
  Reciprocal: () => (x) => 1 / x,
  HardSwish: () => (x) => x * hardSigmoid(x),
  HardSigmoid: (node) => {
    const [alpha, beta] = [node.number("alpha", 0.2), node.number("beta", 0.5)];
    return (x) => clamp(alpha * x + beta, 0, 1);
  },
  Clip: (node) => {
    const [least, most] = [node.scalar("min", 1) ?? -Infinity, node.scalar("max", 2) ?? Infinity];
    return (x) => clamp(x, least, most);
  },
  Rescale: (node) => {
    const [scale, offset] = [node.number("scale", 1), node.number("offset", 0)];
    return (x) => scale * x + offset;
  },
};

/** Operators of several tensors as functions of their elements. */
const OF_SEVERAL: Readonly<Record<string, (...values: readonly number[]) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Pow: (a, b) => a ** b,
  Max: (a, b) => Math.max(a, b),
  Min: (a, b) => Math.min(a, b),
  Greater: (a, b) => Number(a > b),
  GreaterOrEqual: (a, b) => Number(a >= b),
  Less: (a, b) => Number(a < b),
  LessOrEqual: (a, b) => Number(a <= b),
  Where: (condition, a, b) => (condition !== 0 ? a : b),
};

/** An operator that there is a layer for. */
interface Known {
  readonly op: string;
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
  readonly f: Fn;
}

function known(op: string, f: Fn, numbers: Readonly<Record<string, number>> = {}): Known {
  return { op, f, attributes: attributesOf(numbers) };
}

const KNOWN: readonly Known[] = [
  known("Swish", (x) => x * sigmoid(x)),
  known("HardSwish", (x) => x * hardSigmoid(x)),
  known("HardSigmoid", hardSigmoid, { alpha: 1 / 6, beta: 0.5 }),
  known("Mish", (x) => x * Math.tanh(softplus(x))),
  known("Gelu", (x) => (x * (1 + erf(x / Math.SQRT2))) / 2),
  {
    ...known("Gelu", (x) => (x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))) / 2),
    attributes: new Map([["approximate", { kind: "text", value: "tanh" }]]),
  },
  known("Sigmoid", sigmoid),
  known("Softplus", softplus),
  known("Relu", (x) => Math.max(x, 0)),
];

/** Points at which functions are compared. */
const POINTS: readonly number[] = Array.from({ length: 81 }, (_, i) => (i - 40) / 5 + 0.013);

/** Constants are float32. */
const isNear = (a: number, b: number) => Math.abs(a - b) <= 2e-6 * Math.max(1, Math.abs(b));

/** The layer's operator that a function is; undefined for none. */
function recognized(f: Fn): Known | undefined {
  const values = POINTS.map(f);
  if (!values.every(Number.isFinite)) return undefined;
  const is = (other: Fn) => values.every((value, i) => isNear(value, other(POINTS[i])));
  const offset = f(0);
  const scale = f(1) - offset;
  // Functions with a number of their own.
  const slope = -f(-1);
  const [least, most] = [f(-FAR), f(FAR)];
  // A side on which outputs grow as inputs do has no bound.
  const bounds = { ...(least > -FAR / 2 && { min: least }), ...(most < FAR / 2 && { max: most }) };
  const made = [
    known("Rescale", (x) => scale * x + offset, { scale, offset }),
    ...(slope >= 0 && slope <= 1 ? [known("LeakyRelu", (x) => (x < 0 ? slope * x : x), { alpha: slope })] : []),
    ...(most > least ? [known("Clip", (x) => clamp(x, least, most), bounds)] : []),
  ];
  return [...KNOWN, ...made].find((candidate) => is(candidate.f));
}

/** A function of a tensor that a node's output is. */
interface Expression {
  readonly f: Fn;
  /** The nodes that it takes. */
  readonly nodes: ReadonlySet<OpNode>;
}

/** The graph with activations of several nodes as one. */
export function recognizeActivations(graph: SimpleGraph): SimpleGraph {
  const users = countUsers(graph);
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map(({ name }) => [name, node] as const)));
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const replaced = new Map<OpNode, OpNode | undefined>();
  for (const root of [...graph.nodes].reverse()) {
    if (replaced.has(root) || !isElementwise(root)) continue;
    const usable = (node: OpNode) => !replaced.has(node) && isElementwise(node);
    for (const [origin, { f, nodes }] of [...expressionsOf(root, makers, usable)].reverse()) {
      if ((nodes.size < 2 && !WITHOUT_LAYER.includes(root.op)) || !isClosed(nodes, root, users, outputs)) continue;
      const match = recognized(f);
      if (match === undefined) continue;
      for (const node of nodes) replaced.set(node, undefined);
      const { op, attributes } = match;
      replaced.set(root, root.with({ op, attributes, inputs: [origin] }));
      break;
    }
  }
  return { ...graph, nodes: graph.nodes.flatMap((node) => (replaced.has(node) ? (replaced.get(node) ?? []) : [node])) };
}

/** True for a node of one tensor, or of several and of single numbers. */
function isElementwise(node: OpNode): boolean {
  if (Object.hasOwn(OF_ONE, node.op)) return node.inputs.slice(1).every((value) => isNumber(value));
  return Object.hasOwn(OF_SEVERAL, node.op) && node.inputs.length === OF_SEVERAL[node.op].length;
}

function isNumber(value: Value | undefined): boolean {
  return value === undefined || value.constant?.size === 1;
}

/** True if nothing else needs what lies between. */
function isClosed(
  nodes: ReadonlySet<OpNode>,
  root: OpNode,
  users: ReadonlyMap<string, number>,
  outputs: ReadonlySet<string>,
): boolean {
  const inner = [...nodes].filter((node) => node !== root).map(({ output: { name } }) => name);
  const taken = [...nodes].flatMap(({ inputs }) => inputs.map((value) => value?.name));
  return inner.every(
    (name) => !outputs.has(name) && users.get(name) === taken.filter((other) => other === name).length,
  );
}

/** The tensors of which a node's output is a function, from near to far, and the functions. */
function expressionsOf(
  root: OpNode,
  makers: ReadonlyMap<string, OpNode>,
  usable: (node: OpNode) => boolean,
): ReadonlyMap<Value, Expression> {
  const known = new Map<string, ReadonlyMap<Value, Expression>>();
  const of = (value: Value, depth: number): ReadonlyMap<Value, Expression> => {
    const found = known.get(value.name);
    if (found !== undefined) return found;
    const all = new Map<Value, Expression>([[value, { f: (x) => x, nodes: new Set() }]]);
    const maker = makers.get(value.name);
    if (maker !== undefined && depth < MOST_NODES && usable(maker)) {
      for (const [origin, expression] of ofNode(maker, depth)) all.set(origin, expression);
    }
    known.set(value.name, all);
    return all;
  };
  const ofNode = (node: OpNode, depth: number): ReadonlyMap<Value, Expression> => {
    const isOfOne = Object.hasOwn(OF_ONE, node.op);
    const f: (...values: number[]) => number = isOfOne ? OF_ONE[node.op](node) : OF_SEVERAL[node.op];
    // Of each input a number, or the tensors of which it is a function.
    const parts = (isOfOne ? node.inputs.slice(0, 1) : node.inputs).map((value) => {
      if (value?.constant?.size === 1) return value.constant.data[0];
      return value === undefined || value.constant !== undefined ? undefined : of(value, depth + 1);
    });
    const all = new Map<Value, Expression>();
    const first = parts.find((part) => typeof part === "object");
    if (first === undefined || parts.includes(undefined)) return all;
    for (const origin of first.keys()) {
      const expressions = parts.map((part) => (typeof part === "object" ? at(part, origin) : part));
      const inner = expressions.flatMap((part) => (typeof part === "object" ? [part] : []));
      const nodes = new Set([...inner.flatMap((part) => [...part.nodes]), node]);
      const isWhole = inner.length === parts.filter((part) => typeof part === "object").length;
      if (!isWhole || nodes.size > MOST_NODES || origin.dims.join() !== node.output.dims.join()) continue;
      const value = (part: Expression | number | undefined, x: number) =>
        typeof part === "object" ? part.f(x) : (part ?? Number.NaN);
      all.set(origin, { f: (x) => f(...expressions.map((part) => value(part, x))), nodes });
    }
    return all;
  };
  return ofNode(root, 0);
}

/** The expression of a tensor, by the tensor's name. */
function at(expressions: ReadonlyMap<Value, Expression>, { name }: Value): Expression | undefined {
  for (const [origin, expression] of expressions) if (origin.name === name) return expression;
  return undefined;
}
