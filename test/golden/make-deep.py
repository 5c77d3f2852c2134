"""Writes deep.golden.json: losses, gradients and five steps of the deep networks, by torchvision's blocks in float64.

PyTorch 2.13, torchvision 0.28 or later, CPU: python3 test/golden/make-deep.py
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from patterns import IMAGES, digest, initial, pattern, to_convasm, to_torch
from torch import nn
from torchvision.models import DenseNet, mobilenet_v2, mobilenet_v3_small, resnet18, shufflenet_v2_x0_5, shufflenet_v2_x1_0, squeezenet1_1
from torchvision.models.resnet import BasicBlock
from torchvision.ops import SqueezeExcitation

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)

CLASSES = 5
BATCH = 4
STEPS = 5
RATE, MOMENTUM = 2**-10, 0.875


def resnet(filters, small):
    """ResNet-18 of any width, of torchvision's blocks."""

    def block(c, k, strides):
        if strides == 1:
            return BasicBlock(c, k)
        around = nn.Sequential(nn.Conv2d(c, k, 1, strides, bias=False), nn.BatchNorm2d(k))
        return BasicBlock(c, k, strides, around)

    if small:
        stem = [nn.Conv2d(3, filters, 3, 1, 1, bias=False), nn.BatchNorm2d(filters), nn.ReLU()]
    else:
        stem = [nn.Conv2d(3, filters, 7, 2, 3, bias=False), nn.BatchNorm2d(filters), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    blocks = [block(filters, filters, 1), block(filters, filters, 1)]
    for i in (1, 2, 4):
        blocks += [block(i * filters, 2 * i * filters, 2), block(2 * i * filters, 2 * i * filters, 1)]
    return nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8 * filters, CLASSES))


def densenet(depth, growth):
    """torchvision's with the beginning that its authors had on CIFAR-10."""
    count = (depth - 4) // 6
    net = DenseNet(growth, (count,) * 3, 2 * growth, num_classes=CLASSES)
    net.features.conv0 = nn.Conv2d(3, 2 * growth, 3, 1, 1, bias=False)
    net.features.norm0 = net.features.relu0 = net.features.pool0 = nn.Identity()
    return net


class HardSigmoid(nn.Module):
    """PyTorch's own has 1 / 6 in float32 in its gradient, also where all else is float64."""

    def forward(self, x):
        return F.relu6(x + 3) / 6


def mobilenet_v3(width):
    net = mobilenet_v3_small(num_classes=CLASSES, width_mult=width)
    for module in net.modules():
        if isinstance(module, SqueezeExcitation):
            module.scale_activation = HardSigmoid()
    return net


def check_resnet():
    """The one of blocks is torchvision's at its width."""
    ours, theirs = resnet(64, False), resnet18(num_classes=CLASSES)
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        a.data = b.data
    x = pattern(IMAGES, (2, 3, 65, 70))
    assert torch.equal(ours(x), theirs(x))


# Name, what `--set` says, shape of the images, what is added to all shifts of normalisations, the network. Without more of
# those in mobilenetV2 gradients grow from layer to layer, so that float32 loses most digits of them.
CASES = [
    ("resnet18", {"filters": 8}, [15, 12, 3], 0, lambda: resnet(8, True)),
    ("resnet18", {"filters": 8}, [70, 65, 3], 0, lambda: resnet(8, False)),
    ("mobilenetV2", {"width": 0.25}, [66, 67, 3], 1.5, lambda: mobilenet_v2(num_classes=CLASSES, width_mult=0.25)),
    ("squeezenet", {}, [37, 32, 3], 0, lambda: squeezenet1_1(num_classes=CLASSES)),
    ("mobilenetV3Small", {"width": 0.25}, [66, 65, 3], 0.5, lambda: mobilenet_v3(0.25)),
    ("shufflenetV2", {"width": 0.5}, [65, 66, 3], 1.5, lambda: shufflenet_v2_x0_5(num_classes=CLASSES)),
    ("densenet", {"depth": 22, "growth": 6}, [13, 12, 3], 0, lambda: densenet(22, 6)),
]

# Networks at their full width, of which losses alone are kept.
WHOLE = [
    ("mobilenetV3Small", [66, 65, 3], 0.5, lambda: mobilenet_v3(1)),
    ("shufflenetV2", [65, 66, 3], 1.5, lambda: shufflenet_v2_x1_0(num_classes=CLASSES)),
]


def kind_of(module, name):
    if isinstance(module, nn.BatchNorm2d):
        return "gamma" if name == "weight" else "beta"
    return "kernel" if name == "weight" else "bias"


def run(make, shape, shift, dtype=torch.float64):
    torch.set_default_dtype(dtype)
    net = make()
    for module in net.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    parameters, buffers = [], []
    for module in net.modules():
        parameters += [(kind_of(module, key), value) for key, value in module.named_parameters(recurse=False)]
        buffers += [value for key, value in module.named_buffers(recurse=False) if key.startswith("running")]
    starts = []
    for number, (kind, value) in enumerate(parameters):
        start = initial(number, kind, tuple(to_convasm(value).shape)).to(dtype)
        if kind == "beta":
            start += shift
        starts.append(start)
        value.data = to_torch(start).clone().contiguous()
    images = pattern(IMAGES, (BATCH, *shape)).permute(0, 3, 1, 2).to(dtype)
    labels = torch.arange(BATCH) % CLASSES
    optimizer = torch.optim.SGD(net.parameters(), lr=RATE, momentum=MOMENTUM)
    losses, gradients = [], []
    net.train()
    for step in range(STEPS):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(images), labels)
        loss.backward()
        losses.append(loss.item())
        if step == 0:
            gradients = [digest(i, to_convasm(value.grad)) for i, (_, value) in enumerate(parameters)]
        optimizer.step()
    changes = [
        digest(i, to_convasm(value.data) - start) for i, ((_, value), start) in enumerate(zip(parameters, starts))
    ]
    net.eval()
    with torch.no_grad():
        logits = net(images)
    return {
        "losses": losses,
        "gradients": gradients,
        "changes": changes,
        "statistics": [digest(i, value) for i, value in enumerate(buffers)],
        "lossAfter": F.cross_entropy(logits, labels).item(),
    }


def share(got, wanted):
    """Largest error of digests, as test/golden/patterns.ts has it."""
    norms = [squares**0.5 for squares, _ in wanted]
    least = max(norms) / 1000
    errors = [max(abs(a[0] ** 0.5 - norm), abs(a[1] - b[1])) for a, b, norm in zip(got, wanted, norms)]
    return max(error / max(norm, least) for error, norm in zip(errors, norms))


def errors(got, wanted):
    """PyTorch's own errors in float32: of what the first step gives, and of what all leave."""
    first = share(got["gradients"], wanted["gradients"])
    later = max(share(got[key], wanted[key]) for key in ("changes", "statistics") if wanted[key])
    losses = max(abs(a - b) / b for a, b in zip(got["losses"], wanted["losses"]))
    return [first, max(later, losses, abs(got["lossAfter"] / wanted["lossAfter"] - 1))]


def case(name, variables, shape, shift, make):
    wanted = run(make, shape, shift)
    float32 = errors(run(make, shape, shift, torch.float32), wanted)
    print(name, shape, float32)
    head = {"network": name, "variables": variables, "shape": shape, "shift": shift}
    return {**head, **wanted, "float32Errors": float32}


def whole(name, shape, shift, make):
    wanted = run(make, shape, shift)["losses"]
    float32 = run(make, shape, shift, torch.float32)["losses"]
    print(name, "errors in float32", [abs(a - b) for a, b in zip(wanted, float32)])
    return {"network": name, "variables": {"width": 1}, "shape": shape, "shift": shift, "losses": wanted}


check_resnet()
contents = {
    "torch": torch.__version__,
    "classes": CLASSES,
    "batch": BATCH,
    "rate": RATE,
    "momentum": MOMENTUM,
    "cases": [case(*arguments) for arguments in CASES],
    "whole": [whole(*arguments) for arguments in WHOLE],
}
path = Path(__file__).parent / "deep.golden.json"
path.write_text(json.dumps(contents, separators=(",", ":")) + "\n")
print(path.name, path.stat().st_size)
