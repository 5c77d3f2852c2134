"""Writes random.golden.json: losses, outputs and gradients of random networks, by PyTorch 2.13 in float64.

node test/graph/print-networks.ts 50 | python3 test/golden/make-random.py

Tensors are [n, h, w, c], as convasm has them.
"""

import json
import math
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from patterns import IMAGES, digest, initial, pattern

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)

CLASSES = 3
BATCH = 4

ACTIVATIONS = {
    "relu": F.relu,
    "leakyRelu": lambda x: F.leaky_relu(x, 0.3),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "gelu": F.gelu,
}


def merged(function):
    def merge(xs):
        result = xs[0]
        for x in xs[1:]:
            result = function(result, x)
        return result

    return merge


MERGES = {
    "add": merged(torch.add),
    "subtract": merged(torch.sub),
    "maximum": merged(torch.maximum),
    "average": lambda xs: sum(xs) / len(xs),
}


def multiply(xs):
    """Vectors of factors go onto the channels of an image."""
    most = max(x.dim() for x in xs)
    result = 1
    for x in xs:
        result = result * (x[:, None, None, :] if x.dim() < most else x)
    return result


def sides(padding, size, window, strides):
    """Padding before and after on one axis."""
    if padding == "valid":
        return 0, 0
    if padding == "same":
        total = max(0, (math.ceil(size / strides) - 1) * strides + window - size)
        return total // 2, total - total // 2
    return padding, padding


def padded(x, padding, windows, strides, value=0.0):
    """x [n, c, h, w] with rows and columns around it."""
    h, w = x.shape[2:]
    top, bottom = sides(padding, h, windows, strides)
    left, right = sides(padding, w, windows, strides)
    return F.pad(x, (left, right, top, bottom), value=value)


class Network:
    """The layers of a random network; parameters are made when a layer first runs."""

    def __init__(self, layers):
        self.layers = layers
        self.parameters = []
        self.statistics = []
        self.training = True
        self.made = {}

    def parameter(self, key, kind, *shape):
        if key not in self.made:
            value = initial(len(self.parameters), kind, shape).requires_grad_()
            self.made[key] = value
            self.parameters.append(value)
        return self.made[key]

    def statistic(self, key, start):
        if key not in self.made:
            self.made[key] = start
            self.statistics.append(start)
        return self.made[key]

    def chain(self, path, layers, x):
        for i, layer in enumerate(layers):
            x = self.layer(f"{path}/{i}", layer, [x])
        return x

    def run(self, images):
        tensors = {"input": images}
        for layer in self.layers:
            name = layer["name"]
            tensors[name] = self.layer(name, layer, [tensors[source] for source in layer["inputs"]])
        return tensors[self.layers[-1]["name"]]

    def layer(self, path, layer, xs):
        kind = layer["type"]
        x = xs[0]
        if kind in ACTIVATIONS:
            return ACTIVATIONS[kind](x)
        if kind in MERGES:
            return MERGES[kind](xs)
        if kind == "multiply":
            return multiply(xs)
        if kind == "concatenate":
            return torch.cat(xs, layer.get("axis", -1))
        if kind == "flatten":
            return x.reshape(x.shape[0], -1)
        if kind == "globalAveragePooling2d":
            return x.mean((1, 2))
        if kind == "residual":
            around = layer.get("shortcut", [])
            main = self.chain(path, layer["layers"], x)
            return main + self.chain(f"{path}/shortcut", around, x)
        made = getattr(self, kind)(path, layer, x)
        return ACTIVATIONS[layer["activation"]](made) if "activation" in layer else made

    def dense(self, path, layer, x):
        kernel = self.parameter(f"{path}/kernel", "kernel", x.shape[1], layer["units"])
        return x @ kernel + self.parameter(f"{path}/bias", "bias", layer["units"])

    def conv2d(self, path, layer, x):
        groups = layer.get("groups", 1)
        return self.convolution(path, layer, x, layer["filters"], groups)

    def depthwiseConv2d(self, path, layer, x):
        c = x.shape[3]
        return self.convolution(path, layer, x, c * layer.get("depthMultiplier", 1), c)

    def convolution(self, path, layer, x, filters, groups):
        size, strides, dilation = layer["kernelSize"], layer.get("strides", 1), layer.get("dilationRate", 1)
        kernel = self.parameter(f"{path}/kernel", "kernel", size, size, x.shape[3] // groups, filters)
        has_bias = layer.get("useBias", True)
        bias = self.parameter(f"{path}/bias", "bias", filters) if has_bias else None
        window = (size - 1) * dilation + 1
        image = padded(x.permute(0, 3, 1, 2), layer.get("padding", "valid"), window, strides)
        y = F.conv2d(image, kernel.permute(3, 2, 0, 1).contiguous(), bias, strides, 0, dilation, groups)
        return y.permute(0, 2, 3, 1)

    def batchNormalization(self, path, layer, x):
        c = x.shape[-1]
        gamma = self.parameter(f"{path}/gamma", "gamma", c)
        beta = self.parameter(f"{path}/beta", "beta", c)
        mean = self.statistic(f"{path}/mean", torch.zeros(c))
        variance = self.statistic(f"{path}/variance", torch.ones(c))
        image = x.permute(0, 3, 1, 2)
        share = 1 - layer["momentum"]
        y = F.batch_norm(image, mean, variance, gamma, beta, self.training, share, layer["epsilon"])
        return y.permute(0, 2, 3, 1)

    def maxPooling2d(self, path, layer, x):
        return self.pool(layer, x, F.max_pool2d, -math.inf)

    def averagePooling2d(self, path, layer, x):
        """Padding does not count."""

        def mean(image, *window, **options):
            return F.avg_pool2d(image, *window, **options, count_include_pad=False)

        if layer["padding"] != "same":
            return self.pool(layer, x, mean, 0.0)
        ones = self.pool(layer, torch.ones_like(x), F.avg_pool2d, 0.0)
        return self.pool(layer, x, F.avg_pool2d, 0.0) / ones

    def pool(self, layer, x, function, value):
        image = x.permute(0, 3, 1, 2)
        size, strides, padding = layer["poolSize"], layer["strides"], layer["padding"]
        if padding == "same":
            y = function(padded(image, padding, size, strides, value), size, strides)
        else:
            y = function(image, size, strides, padding, ceil_mode=layer.get("ceilMode", False))
        return y.permute(0, 2, 3, 1)


def run(network):
    net = Network(network["layers"])
    images = pattern(IMAGES, (BATCH, *network["shape"]))
    labels = torch.arange(BATCH) % CLASSES
    logits = net.run(images)
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    net.training = False
    with torch.no_grad():
        after = F.cross_entropy(net.run(images), labels)
    return {
        **network,
        "loss": loss.item(),
        "gradients": [digest(i, value.grad) for i, value in enumerate(net.parameters)],
        "statistics": [digest(i, value) for i, value in enumerate(net.statistics)],
        "lossAfter": after.item(),
    }


def brief(value):
    """Twelve digits: two more than the tests ask for."""
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, list):
        return [brief(item) for item in value]
    return {key: brief(item) for key, item in value.items()} if isinstance(value, dict) else value


contents = {
    "torch": torch.__version__,
    "classes": CLASSES,
    "batch": BATCH,
    "cases": [brief(run(network)) for network in json.load(sys.stdin)],
}
path = Path(__file__).parent / "random.golden.json"
path.write_text(json.dumps(contents, separators=(",", ":")) + "\n")
print(path.name, path.stat().st_size)
