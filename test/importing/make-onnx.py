"""Writes onnx/*.onnx and onnx.golden.json: small networks as PyTorch's two exporters and Keras write them, and what onnxruntime says of them.

    pip install torch==2.13.0 onnx==1.23.2 onnxruntime==1.32.0 onnxscript keras
    python test/importing/make-onnx.py

The pixels are made by a formula, in the order height, width, channels: see onnx.test.ts.
"""

import json
import os
import warnings
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "torch")
warnings.filterwarnings("ignore")

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn
from torch.nn import functional as F

FOLDER = Path(__file__).with_name("onnx")
FOLDER.mkdir(exist_ok=True)
golden = {}


def pixels(batch, h, w, c):
    """Images [batch, h, w, c] from -1 to 1."""
    i = np.arange(batch * h * w * c)
    return ((i * 37 % 101) / 50 - 1).astype(np.float32).reshape(batch, h, w, c)


def record(name, h, w, c, layout="NCHW", input="raw", cast=np.float32):
    """Notes what onnxruntime says of a file."""
    path = FOLDER / f"{name}.onnx"
    x = pixels(2, h, w, c)
    given = {"NCHW": lambda: x.transpose(0, 3, 1, 2), "NHWC": lambda: x, "NCL": lambda: x[:, 0].transpose(0, 2, 1),
             "flat": lambda: x.reshape(2, -1)}[layout]()
    session = onnxruntime.InferenceSession(path.read_bytes() if not (FOLDER / f"{name}.bin").exists() else str(path))
    outputs = session.run(None, {session.get_inputs()[0].name: given.astype(cast)})
    # Images as layers here give them, channels last.
    last = [y.transpose(0, 2, 3, 1) if y.ndim == 4 else y.transpose(0, 2, 1) if y.ndim == 3 else y for y in outputs]
    golden[name] = {
        "shape": [h, w, c],
        "outputs": [[round(float(v), 6) for v in y.astype(np.float64).flatten()] for y in last],
    }


def shrink(module):
    """Random weights of few bits, statistics that are not those of the start."""
    generator = torch.Generator().manual_seed(1)
    for name, tensor in module.state_dict().items():
        if tensor.dtype.is_floating_point:
            tensor.copy_((torch.rand(tensor.shape, generator=generator) * 64).round() / 64 - (0 if "running_var" in name else 0.5))
        if "running_var" in name:
            tensor.add_(0.5)
    return module.eval()


def export(name, module, shape, opset, dynamo, layout="NCHW", half=False, external=False, **options):
    h, w, c = shape
    x = {"NCHW": (2, c, h, w), "NCL": (2, c, w), "flat": (2, h * w * c)}[layout]
    example = torch.rand(x)
    if half:
        module, example = module.half(), example.half()
    path = FOLDER / f"{name}.onnx"
    if dynamo:
        torch.onnx.export(module, (example,), str(path), dynamo=True, opset_version=opset, verbose=False,
                          dynamic_shapes=({0: torch.export.Dim("batch")},), external_data=external, **options)
    else:
        torch.onnx.export(module, (example,), str(path), dynamo=False, opset_version=opset, input_names=["x"],
                          dynamic_axes={"x": {0: "batch"}}, **options)
    model = onnx.load(str(path), load_external_data=not external)
    # Traces of the program that was exported say nothing of the network.
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in [*model.graph.input, *model.graph.output, *model.graph.value_info]:
        del value.metadata_props[:]
    for tensor in model.graph.initializer:
        del tensor.metadata_props[:]
    del model.graph.value_info[:]
    del model.graph.metadata_props[:]
    if external:
        beside = path.with_suffix(".onnx.data")
        onnx.load_external_data_for_model(model, str(FOLDER))
        beside.unlink()
        onnx.save_model(model, str(path), save_as_external_data=True, location=f"{name}.bin", size_threshold=64)
    else:
        path.write_bytes(model.SerializeToString())
    record(name, h, w, c, layout, cast=np.float16 if half else np.float32)


class Chain(nn.Module):
    """The usual chain, flattened by the shape of its input."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 6, 3, stride=2, padding=1, bias=False), nn.ReLU6(), nn.Dropout2d(0.2))
        self.classifier = nn.Sequential(nn.Linear(6 * 2 * 3, 5), nn.ReLU(), nn.Dropout(0.5), nn.Linear(5, 4))

    def forward(self, x):
        x = self.features(x)
        return self.classifier(x.view(x.size(0), -1)).softmax(1)


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, stride=2, padding=1)
        self.pool = nn.MaxPool2d(3, 2, 1, ceil_mode=True)
        self.a, self.b, self.down = nn.Conv2d(4, 8, 3, 2, 1, bias=False), nn.Conv2d(8, 8, 3, 1, 1), nn.Conv2d(4, 8, 1, 2)
        self.bn = nn.BatchNorm2d(8)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        x = self.pool(F.leaky_relu(self.stem(x), 0.1))
        x = F.relu(self.bn(self.b(F.relu(self.a(x)))) + self.down(x))
        return self.head(F.adaptive_avg_pool2d(x, 1).flatten(1)) - 1


class Squeeze(nn.Module):
    """MobileNetV3's block: squeeze-and-excitation, hard swish, depthwise."""

    def __init__(self):
        super().__init__()
        self.expand, self.depth = nn.Conv2d(3, 8, 1), nn.Conv2d(8, 8, 3, padding=1, groups=8)
        self.down, self.up = nn.Conv2d(8, 2, 1), nn.Conv2d(2, 8, 1)
        self.out = nn.Conv2d(8, 4, 1, groups=2)

    def forward(self, x):
        x = F.hardswish(self.depth(F.silu(self.expand(x))))
        scale = F.hardsigmoid(self.up(F.relu(self.down(F.adaptive_avg_pool2d(x, 1)))))
        x = self.out(x * scale)
        return (x * torch.sigmoid(x)).mean([2, 3])


class Shuffle(nn.Module):
    """ShuffleNetV2's unit."""

    def __init__(self):
        super().__init__()
        self.first, self.branch, self.head = nn.Conv2d(3, 8, 3), nn.Conv2d(4, 4, 3, padding=1), nn.Linear(8, 3)

    def forward(self, x):
        a, b = self.first(x).chunk(2, dim=1)
        x = torch.cat([a, F.relu(self.branch(b))], 1)
        n, c, h, w = x.shape
        x = x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)
        return self.head(x.mean((2, 3)))


class Unet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down, self.up = nn.Conv2d(3, 4, 3, 2, 1), nn.ConvTranspose2d(4, 4, 3, 2, 1, output_padding=1)
        self.grouped = nn.ConvTranspose2d(4, 4, 2, 2, groups=2)
        self.out = nn.Conv2d(15, 2, 1)

    def forward(self, x):
        y = F.relu(self.down(x))
        z = F.interpolate(y, scale_factor=2, mode="nearest")
        w = F.interpolate(y, scale_factor=2, mode="bilinear")
        return self.out(torch.cat([x, self.up(y), z[:, :2], w[:, 2:], self.grouped(y)], 1)), y[:, :, 1:, :-1]


class Activations(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.each = nn.PReLU(), nn.PReLU(3)

    def forward(self, x):
        x = x * 3
        parts = [F.mish(x), F.gelu(x), F.gelu(x, approximate="tanh"), F.elu(x, 0.7), F.selu(x), F.celu(x, 0.5), F.softplus(x), F.tanh(x), F.relu6(x), x.clamp(-0.5, 0.75), x.clamp(max=0.3), F.hardtanh(x), -x, torch.maximum(x, 0.2 * x), self.one(x), self.each(x), x.sigmoid() * 2 - 1, F.hardswish(x), 1 - x, x / 4]
        return torch.cat(parts, 1)


class Signal(nn.Module):
    """Convolutions over one axis."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv1d(2, 4, 5, padding=2), nn.Conv1d(4, 4, 3, stride=2, dilation=2, groups=4)
        self.up, self.head = nn.ConvTranspose1d(4, 3, 4, 2, 1), nn.Linear(3 * 12, 3)
        self.norm = nn.BatchNorm1d(4)

    def forward(self, x):
        x = self.up(F.avg_pool1d(F.relu(self.norm(self.b(self.a(x)))), 3, 1, 1))
        return self.head(F.max_pool1d(x, 1).flatten(1))


class Next(nn.Module):
    """ConvNeXt's block: channels last for a while."""

    def __init__(self):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 4, 3, padding=1), nn.LayerNorm(4, eps=1e-6)
        self.up, self.down = nn.Linear(4, 8), nn.Linear(8, 4)
        self.gamma = nn.Parameter(torch.ones(4))

    def forward(self, x):
        x = self.conv(x)
        y = self.down(F.gelu(self.up(self.norm(x.permute(0, 2, 3, 1)))))
        return x + (self.gamma * y).permute(0, 3, 1, 2)


class Norms(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3)
        self.group, self.instance = nn.GroupNorm(2, 6), nn.InstanceNorm2d(6, affine=True)

    def forward(self, x):
        x = self.conv(F.pad(x, (1, 0, 2, 1)))
        return F.adaptive_max_pool2d(self.group(x) + self.instance(x), 1).squeeze(-1).squeeze(-1)


class Scaled(nn.Module):
    """Pixels from 0 to 255, scaled in the network."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.5, 0.25, 0.125]).view(1, 3, 1, 1))
        self.conv = nn.Conv2d(3, 2, 3)

    def forward(self, x):
        return self.conv((x / 2 - self.mean) / (self.mean * 4)).amax((2, 3))


class Shapes(nn.Module):
    """Moves that cost nothing, and one that does."""

    def __init__(self):
        super().__init__()
        self.conv, self.norm, self.head = nn.Conv2d(3, 4, 3), nn.BatchNorm1d(24), nn.Linear(24, 5)
        self.rows = nn.Linear(6, 2)

    def forward(self, x):
        x = self.conv(x)  # [4, 2, 3]
        flat = self.norm(x.flatten(1))
        rows = self.rows(x.reshape(x.shape[0], 4, -1))
        return torch.cat([self.head(flat), rows.flatten(1), x.transpose(2, 3).flatten(1)], 1)


CASES = {
    "chain": (Chain, (8, 10, 3)), "residual": (Residual, (18, 15, 3)), "squeeze": (Squeeze, (5, 6, 3)),
    "shuffle": (Shuffle, (6, 5, 3)), "unet": (Unet, (6, 8, 3)), "activations": (Activations, (3, 4, 3)),
    "next": (Next, (4, 5, 3)), "norms": (Norms, (5, 6, 3)), "scaled": (Scaled, (6, 6, 3)), "shapes": (Shapes, (4, 5, 3)),
}
for name, (module, shape) in CASES.items():
    export(f"{name}-traced", shrink(module()), shape, 17, False)
    export(f"{name}-dynamo", shrink(module()), shape, 20, True)
export("signal-traced", shrink(Signal()), (1, 16, 2), 13, False, layout="NCL")
export("signal-dynamo", shrink(Signal()), (1, 16, 2), 18, True, layout="NCL")
export("chain-7", shrink(Chain()), (8, 10, 3), 7, False)
export("squeeze-9", shrink(Squeeze()), (5, 6, 3), 9, False)
export("activations-12", shrink(Activations()), (3, 4, 3), 12, False)
export("chain-half", shrink(Chain()), (8, 10, 3), 17, False, half=True)
export("chain-external", shrink(Chain()), (8, 10, 3), 18, True, external=True)
export("chain-constants", shrink(Chain()), (8, 10, 3), 13, False, export_params=True, do_constant_folding=False)


def keras_case():
    import keras
    from keras import layers

    inputs = keras.Input((8, 10, 3))
    x = layers.Rescaling(1 / 2, 0.25)(inputs)
    x = layers.Conv2D(4, 3, strides=2, padding="same", activation="relu")(x)
    y = layers.SeparableConv2D(4, 3, padding="same")(x)
    x = layers.Concatenate()([layers.BatchNormalization()(x), layers.AveragePooling2D(3, 1, padding="same")(y)])
    x = layers.Conv2DTranspose(4, 3, strides=2, padding="same", activation="swish")(x)
    x = layers.ZeroPadding2D(((1, 0), (0, 1)))(x)
    x = layers.MaxPooling2D(2)(x)
    outputs = layers.Dense(4, activation="softmax")(layers.Dropout(0.2)(layers.Flatten()(x)))
    model = keras.Model(inputs, outputs)
    model(pixels(2, 8, 10, 3))
    path = FOLDER / "keras.onnx"
    model.export(str(path), format="onnx", verbose=False)
    record("keras", 8, 10, 3, layout="NHWC")


try:
    keras_case()
except Exception as error:  # Keras exports by way of its backend, whose versions have to fit.
    print("keras:", type(error).__name__, str(error)[:300])

if (FOLDER / "tf2onnx.onnx").exists():
    record("tf2onnx", 8, 10, 3, layout="NHWC")
path = Path(__file__).with_name("onnx.golden.json")
path.write_text(json.dumps({"torch": torch.__version__, "onnxruntime": onnxruntime.__version__, "networks": golden}) + "\n")
for file in sorted(FOLDER.iterdir()):
    print(file.name, file.stat().st_size)
