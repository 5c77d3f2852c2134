"""Writes imported.golden.json: what PyTorch says of the shared models.

    pip install torch==2.13.0 efficientnet-lite-pytorch==0.1.0 onnx==1.23.2
    node test/importing/write-photographs.ts photographs.raw
    python test/importing/make-imported.py ../shared photographs.raw

The photographs come as pixels, since decoders and resizing differ in the last bit. Needs Node 22.18 or newer to run the script.
"""

import copy
import gzip
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from efficientnet_lite_pytorch import EfficientNet
from torch import nn

SHARED, PIXELS = Path(sys.argv[1]), Path(sys.argv[2])
# Of 1,000 classes: enough to tell networks apart.
EVERY = 20
# So small that float32 stays within 2e-4 of float64 for 20 steps; at 1 / 256 it is 3e-3 away after three.
RATE = 1 / 8192
# The same without normalisations, where it is 1e-3 away at 1 / 8192.
FOLDED_RATE = 1 / 65536


def idx(name, header):
    return np.frombuffer(gzip.open(SHARED / "data" / "mnist" / name).read(), np.uint8)[header:]


def mnist():
    network = nn.Sequential()
    network.features = nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    )
    network.classifier = nn.Sequential(nn.Linear(3136, 128), nn.ReLU(), nn.Linear(128, 10))
    network.load_state_dict(torch.load(SHARED / "models" / "mnist-cnn.pth", map_location="cpu"))
    images = idx("t10k-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28)
    labels = idx("t10k-labels-idx1-ubyte.gz", 8)
    x = (torch.tensor(images) / 255 - 0.1307) / 0.3081
    with torch.no_grad():
        logits = network.classifier(network.features(x).flatten(1))
    predictions = logits.argmax(1).numpy().astype(np.uint8)
    margins = logits.topk(2).values
    return {
        "accuracy": float((predictions == labels).mean()),
        "sha256": hashlib.sha256(predictions.tobytes()).hexdigest(),
        "closest": float((margins[:, 0] - margins[:, 1]).min()),
        "logits": logits[:4].flatten().tolist(),
    }


def steps(network, x, rate):
    """Losses of 20 steps of plain SGD on the photographs in float64."""
    network, x = copy.deepcopy(network).double().train(), x.double()
    optimizer = torch.optim.SGD(network.parameters(), lr=rate)
    labels = torch.arange(8) * 100
    losses = []
    for _ in range(20):
        loss = nn.functional.cross_entropy(network(x), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {"rate": rate, "losses": losses}


class Graph(nn.Module):
    """The network of an ONNX file, node by node, all of whose weights are trained: those of EfficientNet-Lite0 without normalisations."""

    def __init__(self, path):
        super().__init__()
        self.graph = onnx.load(path).graph
        tensors = {each.name: torch.tensor(onnx.numpy_helper.to_array(each)) for each in self.graph.initializer}
        self.constants = {name: value for name, value in tensors.items() if not value.is_floating_point() or value.dim() == 0}
        self.weights = nn.ParameterList([value for name, value in tensors.items() if name not in self.constants])
        self.names = [name for name in tensors if name not in self.constants]

    def forward(self, x):
        values = {**self.constants, **dict(zip(self.names, self.weights)), self.graph.input[0].name: x}
        for node in self.graph.node:
            facts = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
            values[node.output[0]] = self.run(node.op_type, [values[name] for name in node.input if name], facts)
        return values[self.graph.output[0].name]

    @staticmethod
    def run(op, inputs, facts):
        if op == "Conv":
            top, left, bottom, right = facts["pads"]
            return nn.functional.conv2d(
                nn.functional.pad(inputs[0], (left, right, top, bottom)), *inputs[1:], stride=facts["strides"], groups=facts["group"]
            )
        if op == "Clip":
            return inputs[0].clamp(inputs[1].item(), inputs[2].item())
        if op == "Add":
            return inputs[0] + inputs[1]
        if op == "ReduceMean":
            return inputs[0].mean(inputs[1].tolist(), keepdim=facts.get("keepdims", 1) == 1)
        if op == "Reshape":
            return inputs[0].flatten(1)
        if op == "Gemm":
            return nn.functional.linear(*inputs)
        raise ValueError(op)


def efficientnet():
    network = EfficientNet.from_name("efficientnet-lite0")
    network.load_state_dict(torch.load(SHARED / "models" / "efficientnet-lite0.pth", map_location="cpu"))
    network.eval()
    pixels = np.fromfile(PIXELS, np.uint8).reshape(8, 224, 224, 3)
    x = (torch.tensor(pixels).permute(0, 3, 1, 2).float() - 127) / 128
    with torch.no_grad():
        logits = network(x)
    trained = copy.deepcopy(network)
    # Without anything random.
    trained._global_params = trained._global_params._replace(drop_connect_rate=None)
    trained._dropout.p = 0
    folded = Graph(SHARED / "models" / "efficientnet-lite0.onnx")
    with torch.no_grad():
        # The file's batch is two images.
        assert float((folded(x[:2]) - logits[:2]).abs().max() / (logits.max() - logits.min())) < 1e-5
    return {
        "steps": steps(trained, x, RATE),
        "foldedSteps": steps(folded, x, FOLDED_RATE),
        "pixels": hashlib.sha256(pixels.tobytes()).hexdigest(),
        "every": EVERY,
        "range": float(logits.max() - logits.min()),
        "best": logits.argmax(1).tolist(),
        "logits": [round(value, 6) for value in logits[:, ::EVERY].flatten().tolist()],
    }


golden = {"torch": torch.__version__, "mnist": mnist(), "efficientnetLite0": efficientnet()}
path = Path(__file__).with_name("imported.golden.json")
path.write_text(json.dumps(golden) + "\n")
