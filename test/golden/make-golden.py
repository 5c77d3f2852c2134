"""Writes the golden values that convasm's networks are compared with: PyTorch 2.13, CPU, float64.

python3 test/golden/make-golden.py [NAME...]

With names it writes only those files, such as `axes` for axes.golden.json.
Names and layouts are convasm's: images and activations [n, h, w, c], filters [r, s, c / groups, k], dense weights
[inputs, units]. Images and initial weights are multiples of 1/256, which float32 holds exactly.
"""

import json
import sys
import zlib
from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
FOLDER = Path(__file__).parent
GENERATOR = torch.Generator().manual_seed(20240607)
WANTED = sys.argv[1:]
WRITTEN = []


def begin(name):
    """Gives a file a seed of its own, so that its numbers depend on no file before it."""
    GENERATOR.manual_seed(zlib.crc32(name.encode()))


def draw(*shape, deviation=1.0, mean=0.0):
    """Normal numbers, rounded to 1/256."""
    values = torch.randn(shape, generator=GENERATOR) * deviation + mean
    return torch.round(values * 256) / 256


class Weights:
    """Parameters in convasm's layouts, which are the leaves of the gradient."""

    def __init__(self):
        self.values = {}

    def add(self, name, *shape, deviation, mean=0.0):
        self.values[name] = draw(*shape, deviation=deviation, mean=mean).requires_grad_()

    def conv(self, name, r, s, c, k, bias=True):
        self.add(f"{name}/kernel", r, s, c, k, deviation=(2 / (r * s * c)) ** 0.5)
        if bias:
            self.add(f"{name}/bias", k, deviation=0.2)

    def dense(self, name, inputs, units):
        self.add(f"{name}/kernel", inputs, units, deviation=(2 / inputs) ** 0.5)
        self.add(f"{name}/bias", units, deviation=0.2)

    def norm(self, name, c):
        self.add(f"{name}/gamma", c, deviation=0.25, mean=1.0)
        self.add(f"{name}/beta", c, deviation=0.25)

    def __getitem__(self, name):
        return self.values[name]

    def get(self, name, missing=None):
        return self.values.get(name, missing)


def conv(w, name, x, strides=1, padding=((0, 0), (0, 0)), dilation=1, groups=1):
    """x [n, c, h, w]; the filters go from HWIO to PyTorch's OIHW."""
    (top, bottom), (left, right) = padding
    kernel = w[f"{name}/kernel"].permute(3, 2, 0, 1)
    padded = F.pad(x, (left, right, top, bottom))
    return F.conv2d(padded, kernel, w.get(f"{name}/bias"), stride=strides, dilation=dilation, groups=groups)


def dense(w, name, x):
    return x @ w[f"{name}/kernel"] + w[f"{name}/bias"]


def norm(w, name, x, statistics, stays, epsilon):
    """Batch normalisation in training mode; PyTorch's momentum is the share that is replaced."""
    c = x.shape[1]
    mean = statistics.setdefault(f"{name}/movingMean", torch.zeros(c))
    variance = statistics.setdefault(f"{name}/movingVariance", torch.ones(c))
    return F.batch_norm(x, mean, variance, w[f"{name}/gamma"], w[f"{name}/beta"], True, 1 - stays, epsilon)


def flat(x):
    """[n, c, h, w] to [n, h w c]."""
    return x.permute(0, 2, 3, 1).reshape(x.shape[0], -1)


def array(tensor):
    return {"shape": list(tensor.shape), "values": tensor.detach().reshape(-1).tolist()}


def hwc(tensor):
    """[n, c, h, w] to [n, h, w, c]."""
    return tensor.permute(0, 2, 3, 1)


def arrays(tensors):
    return {name: array(tensor) for name, tensor in tensors.items()}


def write(name, contents):
    WRITTEN.append(name)
    if WANTED and name not in WANTED:
        return
    path = FOLDER / f"{name}.golden.json"
    path.write_text(json.dumps({"torch": torch.__version__, **contents}, separators=(",", ":")) + "\n")
    print(path.name, path.stat().st_size)


SAME3 = ((1, 1), (1, 1))


def network(w, images, statistics):
    x = images.permute(0, 3, 1, 2)
    x = conv(w, "stem", x, padding=SAME3)
    x = F.leaky_relu(norm(w, "norm1", x, statistics, 0.75, 2**-10), 0.125)
    x = F.max_pool2d(x, (3, 2), stride=2, padding=(1, 0))
    y = conv(w, "block/grouped", x, padding=SAME3, groups=2)
    y = F.gelu(norm(w, "block/norm2", y, statistics, 0.5, 2**-7))
    y = conv(w, "block/dilated", y, padding=((2, 2), (2, 2)), dilation=2, groups=4)
    x = x + y
    x = torch.tanh(conv(w, "depthwise", x, strides=(2, 1), padding=SAME3, groups=8))
    y = F.relu(conv(w, "down/strided", x, strides=2, padding=((1, 1), (2, 0))))
    x = y + conv(w, "down/shortcut/projection", x, strides=2)
    x = F.avg_pool2d(x, 2, stride=2, ceil_mode=True, count_include_pad=False)
    x = torch.sigmoid(dense(w, "hidden", flat(x)))
    return dense(w, "out", x)


def make_network():
    w = Weights()
    w.conv("stem", 3, 3, 3, 8, bias=False)
    w.norm("norm1", 8)
    w.conv("block/grouped", 3, 3, 4, 8, bias=False)
    w.norm("block/norm2", 8)
    w.conv("block/dilated", 3, 3, 2, 8)
    w.conv("depthwise", 3, 3, 1, 8)
    w.conv("down/strided", 3, 3, 8, 6)
    w.conv("down/shortcut/projection", 1, 1, 8, 6)
    w.dense("hidden", 12, 10)
    w.dense("out", 10, 5)
    images = draw(4, 11, 10, 3)
    labels = torch.tensor([3, 0, 4, 3])
    statistics = {}
    logits = network(w, images, statistics)
    losses = F.cross_entropy(logits, labels, label_smoothing=0.125, reduction="none")
    losses.mean().backward()
    write(
        "network",
        {
            "images": array(images),
            "labels": labels.tolist(),
            "weights": arrays(w.values),
            "logits": array(logits),
            "losses": losses.tolist(),
            "correct": (logits.argmax(1) == labels).int().tolist(),
            "gradients": {name: array(value.grad) for name, value in w.values.items()},
            "statistics": arrays(statistics),
        },
    )


def small_network(w, images, statistics):
    x = F.relu(conv(w, "conv", images.permute(0, 3, 1, 2)))
    x = norm(w, "norm", x, statistics, 0.75, 2**-10)
    return dense(w, "dense", flat(F.max_pool2d(x, 2)))


def is_kernel(name):
    return name.endswith("/kernel")


def clip(parameters, limit):
    """By hand: clip_grad_norm_ adds 1e-6 to the norm. Returns whether it clipped."""
    length = torch.cat([p.grad.reshape(-1) for p in parameters]).norm()
    if length <= limit:
        return False
    for p in parameters:
        p.grad.mul_(limit / length)
    return True


# convasm's options, and PyTorch's optimizer with its own.
OPTIMIZERS = [
    ({"type": "sgd", "learningRate": 0.1}, torch.optim.SGD, {}),
    ({"type": "sgd", "learningRate": 0.05, "momentum": 0.9}, torch.optim.SGD, {"momentum": 0.9}),
    (
        {"type": "sgd", "learningRate": 0.05, "momentum": 0.9, "nesterov": True},
        torch.optim.SGD,
        {"momentum": 0.9, "nesterov": True},
    ),
    (
        {"type": "sgd", "learningRate": 0.05, "momentum": 0.9, "dampening": 0.25},
        torch.optim.SGD,
        {"momentum": 0.9, "dampening": 0.25},
    ),
    (
        {"type": "sgd", "learningRate": 0.1, "momentum": 0.5, "dampening": 1, "l2": 0.05, "clipNorm": 2},
        torch.optim.SGD,
        {"momentum": 0.5, "dampening": 1},
    ),
    ({"type": "sgd", "learningRate": 0.1, "l2": 0.05}, torch.optim.SGD, {}),
    ({"type": "sgd", "learningRate": 0.1, "l2": 0.05, "decayAll": True}, torch.optim.SGD, {}),
    (
        {"type": "sgd", "learningRate": 0.05, "momentum": 0.9, "weightDecay": 0.1},
        torch.optim.SGD,
        {"momentum": 0.9},
    ),
    (
        {"type": "sgd", "learningRate": 0.05, "momentum": 0.9, "nesterov": True, "l2": 0.05, "clipNorm": 2},
        torch.optim.SGD,
        {"momentum": 0.9, "nesterov": True},
    ),
    ({"type": "rmsprop", "learningRate": 0.01}, torch.optim.RMSprop, {"alpha": 0.9, "eps": 1e-7}),
    (
        {"type": "rmsprop", "learningRate": 0.01, "rho": 0.75, "momentum": 0.5, "epsilon": 0.01, "weightDecay": 0.1},
        torch.optim.RMSprop,
        {"alpha": 0.75, "momentum": 0.5, "eps": 0.01},
    ),
    ({"type": "rmsprop", "learningRate": 0.01, "l2": 0.05}, torch.optim.RMSprop, {"alpha": 0.9, "eps": 1e-7}),
    ({"type": "adam", "learningRate": 0.01}, torch.optim.Adam, {"eps": 1e-7}),
    # Decoupled decay makes Adam what PyTorch calls AdamW.
    (
        {"type": "adam", "learningRate": 0.01, "weightDecay": 0.25},
        torch.optim.AdamW,
        {"eps": 1e-7, "weight_decay": 0.25},
    ),
    (
        {"type": "adam", "learningRate": 0.01, "beta1": 0.75, "beta2": 0.9, "epsilon": 0.01, "l2": 0.05},
        torch.optim.Adam,
        {"betas": (0.75, 0.9), "eps": 0.01},
    ),
    ({"type": "adam", "learningRate": 0.01, "clipNorm": 2}, torch.optim.Adam, {"eps": 1e-7}),
    ({"type": "adamw", "learningRate": 0.01}, torch.optim.AdamW, {"eps": 1e-7, "weight_decay": 0.01}),
    (
        {"type": "adamw", "learningRate": 0.01, "weightDecay": 0.25, "decayAll": True},
        torch.optim.AdamW,
        {"eps": 1e-7, "weight_decay": 0.25},
    ),
]

STEPS = 10


def train(start, images, labels, options, make, settings):
    """Ten steps on one batch: the loss before each, the weights and running statistics after the last."""
    w = Weights()
    w.values = {name: value.detach().clone().requires_grad_() for name, value in start.values.items()}
    decayed = [p for name, p in w.values.items() if is_kernel(name) or options.get("decayAll")]
    free = [p for name, p in w.values.items() if not (is_kernel(name) or options.get("decayAll"))]
    everything = [*decayed, *free]
    # AdamW brings its own decoupled decay; the others have PyTorch's coupled one, and the decoupled one by hand.
    coupled = settings.get("weight_decay", options.get("l2", 0))
    by_hand = options.get("weightDecay", 0) if make is not torch.optim.AdamW else 0
    groups = [{"params": decayed, "weight_decay": coupled}, {"params": free, "weight_decay": 0}]
    own = {key: value for key, value in settings.items() if key != "weight_decay"}
    optimizer = make(groups, lr=options["learningRate"], **own)
    statistics, losses, clipped = {}, [], []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = F.cross_entropy(small_network(w, images, statistics), labels)
        loss.backward()
        losses.append(loss.item())
        if "clipNorm" in options:
            clipped.append(clip(everything, options["clipNorm"]))
        with torch.no_grad():
            for p in decayed:
                p.mul_(1 - options["learningRate"] * by_hand)
        optimizer.step()
    # A limit that is always or never passed would test half of the clipping.
    assert "clipNorm" not in options or (any(clipped) and not all(clipped)), clipped
    return {"options": options, "losses": losses, "weights": arrays(w.values), "statistics": arrays(statistics)}


def make_optimizers():
    w = Weights()
    w.conv("conv", 3, 3, 1, 3)
    w.norm("norm", 3)
    w.dense("dense", 27, 3)
    images = draw(6, 8, 8, 1)
    labels = torch.tensor([2, 0, 1, 1, 0, 2])
    write(
        "optimizers",
        {
            "images": array(images),
            "labels": labels.tolist(),
            "weights": arrays(w.values),
            "runs": [train(w, images, labels, *case) for case in OPTIMIZERS],
        },
    )


def make_losses():
    w = Weights()
    w.conv("conv", 3, 3, 1, 2)
    w.dense("dense", 18, 4)
    images = draw(3, 5, 5, 1)
    zero_to_one = torch.tensor([[0, 1, 1, 0.25], [0.5, 0, 0, 1], [1, 1, 0.75, 0]])
    losses = {
        "sigmoidBinaryCrossEntropy": (zero_to_one, F.binary_cross_entropy_with_logits),
        "meanSquaredError": (draw(3, 4), F.mse_loss),
    }
    cases = {}
    for name, (targets, function) in losses.items():
        for value in w.values.values():
            value.grad = None
        x = torch.tanh(conv(w, "conv", images.permute(0, 3, 1, 2)))
        outputs = dense(w, "dense", flat(x))
        function(outputs, targets).backward()
        cases[name] = {
            "targets": array(targets),
            "outputs": array(outputs),
            "losses": function(outputs, targets, reduction="none").mean(1).tolist(),
            "gradients": {name: array(value.grad) for name, value in w.values.items()},
        }
    write("losses", {"images": array(images), "weights": arrays(w.values), "cases": cases})


def dilated_average(x, size, dilation, stride, padding):
    """PyTorch pools no means over dilated windows; unfold has them, with zeros for padding."""
    n, c, h, w = x.shape
    lengths = [(side + 2 * padding - dilation * (size - 1) - 1) // stride + 1 for side in (h, w)]
    windows = F.unfold(x, size, dilation, padding, stride).reshape(n, c, size * size, *lengths)
    return windows.mean(2)


def options_network(w, images):
    x = conv(w, "stem", images.permute(0, 3, 1, 2))
    x = F.gelu(x, approximate="tanh")
    x = F.max_pool2d(x, 3, stride=1, padding=1, dilation=2)
    x = F.avg_pool2d(x, 3, stride=2, padding=1, ceil_mode=True, count_include_pad=True)
    x = F.gelu(conv(w, "mid", x, padding=SAME3), approximate="tanh")
    x = dilated_average(x, 2, dilation=3, stride=2, padding=1)
    # A product on each row, as after ONNX' Flatten from axis 2.
    x = torch.tanh(x.permute(0, 2, 3, 1).flatten(2) @ w["rows/kernel"][0, 0] + w["rows/bias"])
    return dense(w, "out", x.flatten(1))


def make_options():
    w = Weights()
    w.conv("stem", 3, 3, 2, 6)
    w.conv("mid", 3, 3, 6, 5)
    w.conv("rows", 1, 1, 15, 4)
    w.dense("out", 12, 3)
    images = draw(3, 15, 14, 2)
    labels = torch.tensor([2, 0, 1])
    logits = options_network(w, images)
    losses = F.cross_entropy(logits, labels, reduction="none")
    losses.mean().backward()
    write(
        "options",
        {
            "images": array(images),
            "labels": labels.tolist(),
            "weights": arrays(w.values),
            "losses": losses.tolist(),
            "gradients": {name: array(value.grad) for name, value in w.values.items()},
        },
    )


make_network()
make_optimizers()
make_losses()
make_options()


def make_rectifiers():
    """ReLUs of several kinds and their gradients, at their corners too where PyTorch has a function for them."""
    x = torch.tensor([-8, -3, -0.5, -0.125, 0, 0.25, 1, 2.5, 5.875, 6, 6.5, 100])
    dy = torch.tensor([1, -2, 3, 0.5, 7, -1, 2, 0.25, 4, 5, -6, 8])
    kinds = [
        ({}, F.relu),
        ({"maxValue": 6}, F.relu6),
        ({"maxValue": 2.5}, lambda z: F.hardtanh(z, 0, 2.5)),
        ({"negativeSlope": 0.125}, lambda z: F.leaky_relu(z, 0.125)),
        ({"maxValue": 3, "negativeSlope": 0.25}, lambda z: F.leaky_relu(z, 0.25).clamp(max=3)),
    ]
    cases = []
    for options, function in kinds:
        z = x.clone().requires_grad_()
        y = function(z)
        y.backward(dy)
        cases.append({"options": options, "y": y.tolist(), "dx": z.grad.tolist()})
    write("rectifiers", {"x": x.tolist(), "dy": dy.tolist(), "cases": cases})


make_rectifiers()


def make_ceiling():
    """Pooling that rounds its size up, with windows larger than the padded image, as far as PyTorch allows them."""
    cases = []
    for side in (1, 2, 4):
        for size in (2, 3, 5):
            for strides in (1, 2, 3, 6):
                for padding in (0, 1, 2):
                    if 2 * padding > size or abs(size - side - 2 * padding) > strides:
                        continue
                    x = draw(1, 2, side, side + 1).requires_grad_()
                    case = {"height": side, "poolSize": size, "strides": strides, "padding": padding}
                    try:
                        largest = F.max_pool2d(x, size, strides, padding, ceil_mode=True)
                    except RuntimeError:
                        cases.append(case)
                        continue
                    kinds = {
                        "max": largest,
                        "average": F.avg_pool2d(x, size, strides, padding, ceil_mode=True, count_include_pad=False),
                        "padded": F.avg_pool2d(x, size, strides, padding, ceil_mode=True, count_include_pad=True),
                    }
                    dy = draw(*largest.shape)
                    found = {}
                    for name, y in kinds.items():
                        x.grad = None
                        y.backward(dy)
                        found[name] = {"y": array(y.permute(0, 2, 3, 1)), "dx": array(x.grad.permute(0, 2, 3, 1))}
                    cases.append({**case, "x": array(x.permute(0, 2, 3, 1)), "dy": array(dy.permute(0, 2, 3, 1)), **found})
    write("ceiling", {"cases": cases})


make_ceiling()


def make_upsampling():
    """Images made larger in both ways, and the gradients."""
    x = draw(2, 3, 3, 2)
    cases = []
    for mode in ("nearest", "bilinear"):
        for size in ((2, 2), (3, 4), (1, 5)):
            corners = {} if mode == "nearest" else {"align_corners": False}
            z = x.clone().requires_grad_()
            y = F.interpolate(z.permute(0, 3, 1, 2), scale_factor=size, mode=mode, **corners).permute(0, 2, 3, 1)
            dy = draw(*y.shape)
            y.backward(dy)
            options = {"size": size, "interpolation": mode}
            cases.append({"options": options, "y": array(y), "dy": array(dy), "dx": array(z.grad)})
    state = GENERATOR.get_state()
    for size in ((2, 3), (4, 1)):
        z = x.clone().requires_grad_()
        y = hwc(F.interpolate(z.permute(0, 3, 1, 2), scale_factor=size, mode="bilinear", align_corners=True))
        dy = draw(*y.shape)
        y.backward(dy)
        options = {"size": size, "interpolation": "bilinear", "alignCorners": True}
        cases.append({"options": options, "y": array(y), "dy": array(dy), "dx": array(z.grad)})
    # What is drawn after this stays as it was without the last cases.
    GENERATOR.set_state(state)
    write("upsampling", {"x": array(x), "cases": cases})


make_upsampling()


def make_activations():
    """Activations and their gradients, at corners and far out too."""
    points = torch.tensor([-100, -9, -4, -3.25, -3, -2.5, -1.5, -1, -0.25, 0, 0.125, 0.75, 1, 2, 2.75, 3, 3.5, 8, 40])
    # PyTorch's own hardsigmoid multiplies gradients by a sixth that is rounded to float32.
    kinds = [
        ("hardSigmoid", {}, lambda z: F.relu6(z + 3) / 6),
        ("hardSwish", {}, lambda z: z * F.relu6(z + 3) / 6),
        ("silu", {}, F.silu),
        ("elu", {}, F.elu),
        ("elu", {"alpha": 0.375}, lambda z: F.elu(z, 0.375)),
        ("selu", {}, F.selu),
        ("softplus", {}, lambda z: F.softplus(z, threshold=1000)),
        ("mish", {}, F.mish),
        ("gelu", {"approximate": True}, lambda z: F.gelu(z, approximate="tanh")),
        ("gelu", {}, F.gelu),
    ]
    cases = []
    for kind, options, function in kinds:
        z = points.clone().requires_grad_()
        y = function(z)
        dy = draw(*y.shape)
        y.backward(dy)
        cases.append({"type": kind, "options": options, "y": array(y), "dy": array(dy), "dx": array(z.grad)})
    write("activations", {"x": array(points), "cases": cases})


make_activations()


def transposed(w, x, strides=1, padding=0, output_padding=0, groups=1, dilation=1):
    """x [n, c, h, w]; the filters go from [r, s, filters / groups, c] to PyTorch's order."""
    kernel = w["kernel"].permute(3, 2, 0, 1)
    return F.conv_transpose2d(x, kernel, w.get("bias"), strides, padding, output_padding, groups, dilation)


def transposed_same(w, x, strides):
    """What TensorFlow has: the data gradient of a convolution that keeps its size but for the strides."""
    n, _, h, wd = x.shape
    r, s, filters, _ = w["kernel"].shape
    totals = [max(size - strides, 0) for size in (r, s)]
    image = torch.zeros(n, filters, strides * h, strides * wd, requires_grad=True)
    (top, left), (bottom, right) = zip(*[(total // 2, total - total // 2) for total in totals])
    y = F.conv2d(F.pad(image, (left, right, top, bottom)), w["kernel"].permute(3, 2, 0, 1), stride=strides)
    (gradient,) = torch.autograd.grad(y, image, x, create_graph=True)
    return gradient + w["bias"][:, None, None]


def depthwise(w, x, name="kernel", strides=1, padding=0):
    """The filters go from [r, s, 1, c multiplier] to [c multiplier, 1, r, s]."""
    return F.conv2d(x, w[name].permute(3, 2, 0, 1), w.get("bias"), strides, padding, groups=x.shape[1])


def separable(w, x, strides):
    z = F.conv2d(x, w["depthwiseKernel"].permute(3, 2, 0, 1), None, strides, 1, groups=x.shape[1])
    return F.conv2d(z, w["pointwiseKernel"].permute(3, 2, 0, 1), w["bias"])


def make_shapes():
    """Layers that change an image's shape: convolutions the other way round or in two parts, pooling, padding, order of axes."""
    # From a seed of their own: what stands before them makes no difference.
    GENERATOR.manual_seed(15)
    # Type, options, shape of x, shapes of the weights, function of images [n, c, h, w].
    cases = [
        ("conv2dTranspose", {"filters": 3, "kernelSize": 3}, (3, 4, 2), {"kernel": (3, 3, 3, 2), "bias": (3,)}, transposed),
        (
            "conv2dTranspose",
            {"filters": 4, "kernelSize": [3, 2], "strides": [2, 3], "padding": [1, 0], "outputPadding": [1, 2]}
            | {"dilationRate": [1, 2], "groups": 2},
            (3, 2, 4),
            {"kernel": (3, 2, 2, 4), "bias": (4,)},
            lambda w, x: transposed(w, x, (2, 3), (1, 0), (1, 2), 2, (1, 2)),
        ),
        (
            "conv2dTranspose",
            {"filters": 2, "kernelSize": 4, "strides": 2, "padding": 1, "useBias": False},
            (3, 3, 3),
            {"kernel": (4, 4, 2, 3)},
            lambda w, x: transposed(w, x, 2, 1),
        ),
        (
            "conv2dTranspose",
            {"filters": 2, "kernelSize": 3, "strides": 2, "padding": "same"},
            (2, 3, 3),
            {"kernel": (3, 3, 2, 3), "bias": (2,)},
            lambda w, x: transposed_same(w, x, 2),
        ),
        (
            "conv2dTranspose",
            {"filters": 2, "kernelSize": [4, 5], "padding": "same"},
            (4, 3, 2),
            {"kernel": (4, 5, 2, 2), "bias": (2,)},
            lambda w, x: transposed_same(w, x, 1),
        ),
        (
            "depthwiseConv2d",
            {"kernelSize": 3, "strides": 2, "padding": 1, "depthMultiplier": 3},
            (5, 4, 2),
            {"kernel": (3, 3, 1, 6), "bias": (6,)},
            lambda w, x: depthwise(w, x, strides=2, padding=1),
        ),
        (
            "separableConv2d",
            {"filters": 5, "kernelSize": 3, "strides": 2, "padding": 1, "depthMultiplier": 2},
            (5, 4, 3),
            {"depthwiseKernel": (3, 3, 1, 6), "pointwiseKernel": (1, 1, 6, 5), "bias": (5,)},
            lambda w, x: separable(w, x, 2),
        ),
        ("globalMaxPooling2d", {}, (3, 4, 3), {}, lambda w, x: F.adaptive_max_pool2d(x, 1).flatten(1)),
        ("adaptiveAveragePooling2d", {"outputSize": [2, 3]}, (5, 7, 3), {}, lambda w, x: F.adaptive_avg_pool2d(x, (2, 3))),
        ("adaptiveAveragePooling2d", {"outputSize": [4, 2]}, (3, 4, 2), {}, lambda w, x: F.adaptive_avg_pool2d(x, (4, 2))),
        ("zeroPadding2d", {"padding": [[1, 2], [0, 3]]}, (2, 3, 2), {}, lambda w, x: F.pad(x, (0, 3, 1, 2))),
        ("cropping2d", {"cropping": [[1, 0], [2, 1]]}, (3, 5, 2), {}, lambda w, x: x[:, :, 1:, 2:-1]),
        ("channelShuffle", {"groups": 3}, (2, 2, 6), {}, lambda w, x: F.channel_shuffle(x, 3)),
        ("channelSlice", {"start": 1, "end": 4}, (2, 3, 5), {}, lambda w, x: x[:, 1:4]),
        ("rescaling", {"scale": 1.5, "offset": -0.25}, (2, 3, 2), {}, lambda w, x: 1.5 * x - 0.25),
    ]
    found = []
    for kind, options, shape, shapes, function in cases:
        x = draw(2, *shape).requires_grad_()
        w = Weights()
        for name, sizes in shapes.items():
            w.add(name, *sizes, deviation=0.25)
        y = function(w, x.permute(0, 3, 1, 2))
        y = hwc(y) if y.dim() == 4 else y
        dy = draw(*y.shape)
        y.backward(dy)
        found.append(
            {
                "layer": {"type": kind, **options},
                "x": array(x),
                "weights": arrays(w.values),
                "y": array(y),
                "dy": array(dy),
                "dx": array(x.grad),
                "gradients": {name: array(value.grad) for name, value in w.values.items()},
            }
        )
    write("shapes", {"cases": found})


make_shapes()


def make_normalizations():
    """Layer, group and instance normalisation and all gradients."""
    shape = (3, 5, 3, 6)
    x = draw(*shape, deviation=0.75, mean=3)
    cases = []
    images = {"axis": [1, 2, 3], "epsilon": 2**-10}
    for kind, options in [
        ("layerNormalization", {"epsilon": 2**-10}),
        ("layerNormalization", images),
        ("groupNormalization", {"groups": 2}),
        ("groupNormalization", {"groups": 1, "epsilon": 2**-7}),
        ("groupNormalization", {"groups": -1}),
        ("layerNormalization", {"scale": False}),
        ("layerNormalization", {"center": False, "scale": False}),
        ("groupNormalization", {"groups": 3, "center": False}),
        ("groupNormalization", {"groups": 2, "scale": False}),
        ("groupNormalization", {"groups": -1, "center": False, "scale": False}),
    ]:
        z = x.clone().requires_grad_()
        size = shape[1:] if options is images else shape[3:]
        w = Weights()
        if options.get("scale", True):
            w.add("gamma", *size, deviation=0.25, mean=1.0)
        if options.get("center", True):
            w.add("beta", *size, deviation=0.25)
        # PyTorch 2.13 has no gradient for a shift without a scale.
        gamma, beta = w.get("gamma", torch.ones(size)), w.get("beta", torch.zeros(size))
        epsilon = options.get("epsilon", 1e-3)
        if kind == "layerNormalization":
            y = F.layer_norm(z, size, gamma, beta, epsilon)
        else:
            groups = shape[3] if options["groups"] < 0 else options["groups"]
            y = F.group_norm(z.permute(0, 3, 1, 2), groups, gamma, beta, epsilon).permute(0, 2, 3, 1)
        dy = draw(*shape)
        y.backward(dy)
        gradients = {"input": array(z.grad), **{name: array(value.grad) for name, value in w.values.items()}}
        cases.append({"type": kind, "options": options, "weights": arrays(w.values), "y": array(y), "dy": array(dy), "gradients": gradients})
    write("normalizations", {"x": array(x), "cases": cases})


make_normalizations()


def make_prelu():
    """Parametric ReLU: PyTorch's with one factor and one per channel, and by its definition with others."""
    shape = (3, 5, 3, 6)
    x = draw(*shape)
    cases = []
    for axes in ([1, 2, 3], [1, 2], [], [1], [2], [3], [2, 3], [1, -1]):
        options = {"sharedAxes": axes} if axes else {}
        size = [1 if axis in axes or axis - 4 in axes else shape[axis] for axis in (1, 2, 3)]
        z = x.clone().requires_grad_()
        w = Weights()
        w.add("alpha", *size, deviation=0.25, mean=0.25)
        alpha = w["alpha"]
        if axes in ([1, 2, 3], [1, 2]):
            y = F.prelu(z.permute(0, 3, 1, 2), alpha.flatten()).permute(0, 2, 3, 1)
        else:
            y = torch.where(z > 0, z, alpha * z)
        dy = draw(*shape)
        y.backward(dy)
        gradients = {"input": array(z.grad), "alpha": array(w["alpha"].grad)}
        cases.append({"options": options, "weights": arrays(w.values), "y": array(y), "dy": array(dy), "gradients": gradients})
    write("prelu", {"x": array(x), "cases": cases})


make_prelu()


def make_axes():
    """Layers that only order numbers, softmax over channels, and windows over more channels than a cache line has."""
    begin("axes")
    found = []
    for layer, shape, function in [
        ({"type": "permute", "dims": [3, 1, 2]}, (2, 3, 5), lambda x: x.permute(0, 3, 1, 2)),
        ({"type": "permute", "dims": [2, 3, 1]}, (2, 3, 2), lambda x: x.permute(0, 2, 3, 1)),
        ({"type": "softmax"}, (2, 3, 7), lambda x: torch.softmax(x, 3)),
        ({"type": "channelShuffle", "groups": 2}, (2, 2, 22), lambda x: channels_first(F.channel_shuffle, x, 2)),
        ({"type": "channelShuffle", "groups": 11}, (1, 3, 22), lambda x: channels_first(F.channel_shuffle, x, 11)),
        (
            {"type": "adaptiveAveragePooling2d", "outputSize": [3, 2]},
            (4, 5, 21),
            lambda x: channels_first(F.adaptive_avg_pool2d, x, (3, 2)),
        ),
    ]:
        x = draw(2, *shape).requires_grad_()
        y = function(x)
        dy = draw(*y.shape)
        y.backward(dy)
        places = {"x": array(x), "y": array(y), "dy": array(dy), "dx": array(x.grad)}
        found.append({"layer": layer, "weights": {}, **places, "gradients": {}})
    write("axes", {"cases": found})


def channels_first(function, x, *args):
    return function(x.permute(0, 3, 1, 2), *args).permute(0, 2, 3, 1)


make_axes()


def make_bounded_pooling():
    """ReLU6 and then max pooling, with numbers at both corners and equal maxima in a window."""
    begin("bounded-pooling")
    x = (torch.round(draw(2, 7, 6, 5, deviation=4, mean=3) * 2) / 2).requires_grad_()
    cases = []
    for size, strides in ((2, 2), (3, 2), (2, 1)):
        x.grad = None
        y = channels_first(F.max_pool2d, F.relu6(x), size, strides)
        dy = draw(*y.shape)
        y.backward(dy)
        cases.append({"poolSize": size, "strides": strides, "y": array(y), "dy": array(dy), "dx": array(x.grad)})
    write("bounded-pooling", {"x": array(x), "cases": cases})


make_bounded_pooling()

unknown = set(WANTED) - set(WRITTEN)
if unknown:
    sys.exit(f"make-golden: expected names among {', '.join(WRITTEN)}, got {', '.join(sorted(unknown))}")
