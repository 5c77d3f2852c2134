import { encodeSafetensors } from "../../formats/safetensors.ts";
import { type Graph, usersOf } from "../../graph/graph.ts";
import type { ExportedFile } from "../export-contract.ts";
import type { ExportSettings } from "../export-options.ts";
import type { ModelView } from "../model-view.ts";
import { predictionGraph } from "../prediction-graph.ts";
import { unknownLayer } from "../unknown-layer.ts";
import { WRITERS } from "./layers.ts";
import { identifier, PythonNetwork, tuple, type Value } from "./python-network.ts";

/** Functions that PyTorch has none for, by their names. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  _average_pool: `def _average_pool(x, window, stride, pads, dilation):
    """Means of windows over what of them lies in the image; pads are left, right, top, bottom."""
    ones = torch.ones(x.shape[1], 1, *window, dtype=x.dtype, device=x.device)

    def sums(image):
        return F.conv2d(F.pad(image, pads), ones, stride=stride, dilation=dilation, groups=x.shape[1])

    return sums(x) / sums(torch.ones_like(x))`,
  _prelu: `def _prelu(x, weight):
    """x where it is positive, else weight times x."""
    return torch.where(x > 0, x, weight * x)`,
};

/** Writes a state dict as safetensors and the module that it is of as a Python file. */
export function writePytorch(model: ModelView, settings: ExportSettings): readonly ExportedFile[] {
  const net = new PythonNetwork(model.weights, settings.half);
  const graph = predictionGraph(model, settings.logits);
  const forward = forwardLines(net, graph, scalingCode(model, settings));
  const { name } = settings;
  return [
    { name: `${name}.py`, bytes: new TextEncoder().encode(sourceOf(model, settings, net, forward, graph)) },
    { name: stateDictOf(name), bytes: encodeSafetensors(net.tensors, { format: "pt" }) },
  ];
}

/** The name of the file of weights: another one than that of convasm's own files, as both may lie in one folder. */
function stateDictOf(name: string): string {
  return `${name}-pytorch.safetensors`;
}

/** The expression that scales pixels; undefined where nothing is to scale. */
function scalingCode({ architecture: { input } }: ModelView, { withoutScaling }: ExportSettings): string | undefined {
  const isPlain = input.scale.every((value) => value === 1) && input.offset.every((value) => value === 0);
  return withoutScaling || isPlain ? undefined : "x * self.scale + self.offset";
}

/** The lines of `forward`: each layer one, and variables of their own for tensors that others than the next layer take. */
function forwardLines(net: PythonNetwork, graph: Graph, scaling: string | undefined): readonly string[] {
  const lines: string[] = [];
  const users = usersOf(graph);
  const ends = new Set(graph.outputs.map(({ tensor }) => tensor.id));
  const names = new Set(["x", "self", "F", "nn", "torch"]);
  const variableOf = (id: number, path: string, next: number): string => {
    const [only, ...others] = users.get(id) ?? [];
    if (!ends.has(id) && others.length === 0 && only === graph.nodes[next]) return "x";
    const plain = identifier(path.replace(/\W/g, "_"));
    let free = plain;
    for (let count = 1; names.has(free); count++) free = `${plain}_${count}`;
    names.add(free);
    return free;
  };
  const values = new Map<number, Value>();
  const first = variableOf(graph.input.id, "image", 0);
  if (scaling !== undefined || first !== "x") lines.push(`${first} = ${scaling ?? "x"}`);
  const input: Value = { code: first, shape: graph.input.shape };
  values.set(graph.input.id, input);
  for (const [i, node] of graph.nodes.entries()) {
    const write = WRITERS.get(node.layer.type);
    if (write === undefined) throw unknownLayer(node, "PyTorch", WRITERS.keys());
    const value = write(
      net,
      node,
      node.inputs.map(({ id }) => values.get(id) ?? input),
    );
    const variable = variableOf(node.output.id, node.path, i + 1);
    if (value.code !== variable) lines.push(`${variable} = ${value.code}`);
    values.set(node.output.id, { ...value, code: variable });
  }
  const results = graph.outputs.map(({ tensor }) => net.plain(values.get(tensor.id) ?? input).code);
  return [...lines, `return ${results.length === 1 ? results[0] : tuple(results)}`];
}

function sourceOf(
  { architecture: { input }, classNames }: ModelView,
  { name, withoutScaling }: ExportSettings,
  net: PythonNetwork,
  forward: readonly string[],
  { outputs }: Graph,
): string {
  const [h, w, c] = input.shape;
  const hasScaling = forward.some((line) => line.includes("self.scale"));
  const scaling = hasScaling
    ? "Pixels come as they are: the network scales them."
    : withoutScaling
      ? `Pixels are to be scaled before: times SCALE plus OFFSET, channel by channel.`
      : "Pixels come as they are: the network does not scale them.";
  const perChannel = (values: readonly number[]) => `torch.tensor(${list(values)}).view(1, -1, 1, 1)`;
  return `"""A network that convasm trained. Images are float32 [n, ${c}, ${h}, ${w}]: channels first. ${scaling}

    import ${/^[A-Za-z_]\w*$/.test(name) ? name : "this_file"}
    net = ${/^[A-Za-z_]\w*$/.test(name) ? name : "this_file"}.load()
    outputs = net(images)

Needs torch and safetensors.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import nn

INPUT_SHAPE = ${tuple([c, h, w])}
SCALE = ${list(input.scale)}
OFFSET = ${list(input.offset)}
OUTPUTS = ${JSON.stringify(outputs.map((output) => output.name))}
CLASS_NAMES = ${classNames === undefined ? "None" : JSON.stringify(classNames)}
${[...net.functions].map((key) => `\n\n${FUNCTIONS[key]}\n`).join("")}

class Net(nn.Module):
    def __init__(self):
        super().__init__()
${[
  ...(hasScaling
    ? [
        `self.register_buffer("scale", ${perChannel(input.scale)}, persistent=False)`,
        `self.register_buffer("offset", ${perChannel(input.offset)}, persistent=False)`,
      ]
    : []),
  ...net.modules,
]
  .map((line) => `        ${line}\n`)
  .join("")}
    def forward(self, x):
${forward.map((line) => `        ${line}\n`).join("")}

def load(path=Path(__file__).with_name(${JSON.stringify(stateDictOf(name))})):
    """The network with its weights, to predict with; train() makes it ready to train on."""
    net = Net()
    net.load_state_dict(load_file(path))
    return net.eval()
`;
}

function list(values: readonly number[]): string {
  return `[${values.map((value) => (Number.isInteger(value) ? `${value}.0` : String(value))).join(", ")}]`;
}
