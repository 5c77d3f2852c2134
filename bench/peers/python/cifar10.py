"""The recipe cifar10 in PyTorch, or the one that it follows, K. Jordan's airbench94 (2024), on CIFAR-10 as pictures in a zip file: trains, tests, prints JSON.

Both have batches of 256; Jordan's learning rate and averaging are scaled from his 1024. Predictions are means over the image, four copies moved
by a pixel, and the same mirrored.
"""

import argparse
import io
import json
import time
import zipfile

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

from whitening import whitening

BATCH, WHITENED, EPSILON, PAD = 256, 5000, 5e-4, 2
MEAN = torch.tensor([125.3, 123.0, 113.9]).view(3, 1, 1)
DEVIATION = torch.tensor([63.0, 62.1, 66.7]).view(3, 1, 1)


def load(path, part, limit):
    """Pixels scaled [n, 3, 32, 32], labels [n]: the first `limit` of each class."""
    images, labels = [], []
    with zipfile.ZipFile(path) as archive:
        names = sorted(name for name in archive.namelist() if name.startswith(f"{part}/") and name.endswith(".jpg"))
        classes = sorted({name.split("/")[1] for name in names})
        for label, name in enumerate(classes):
            for file in [each for each in names if each.split("/")[1] == name][:limit]:
                images.append(np.asarray(Image.open(io.BytesIO(archive.read(file))).convert("RGB")))
                labels.append(label)
    pixels = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float()
    return ((pixels - MEAN) / DEVIATION).contiguous(memory_format=torch.channels_last), torch.tensor(labels)


class Residual(nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)


def network(images, jordan):
    def conv(channels, filters):
        layer = nn.Conv2d(channels, filters, 3, padding=1, bias=False)
        if jordan:
            nn.init.dirac_(layer.weight.data[:channels])
        return layer

    def normalized(filters):
        norm = nn.BatchNorm2d(filters, eps=1e-12 if jordan else 1e-3, momentum=0.1)
        norm.weight.requires_grad_(not jordan)
        return [norm, nn.GELU()]

    def block(channels, filters):
        second = [conv(filters, filters), *normalized(filters)]
        return [conv(channels, filters), nn.MaxPool2d(2), *normalized(filters), *(second if jordan else [Residual(*second)])]

    head = nn.Linear(256, 10, bias=False)
    blocks = [*block(24, 64), *block(64, 256), *block(256, 256)]
    net = nn.Sequential(whitening(images[:WHITENED], 2, 24, EPSILON, bias=True), nn.GELU(), *blocks, nn.MaxPool2d(3), nn.Flatten(), head)
    return net.to(memory_format=torch.channels_last)


def optimizer(net, jordan):
    """SGD; Jordan's biases of normalisations learn 64 times as fast, and decay as much as the weights."""
    biases = [p for p in net.parameters() if p.requires_grad and p.ndim == 1]
    weights = [p for p in net.parameters() if p.requires_grad and p.ndim > 1]
    rate, decay = (11.5 * BATCH / (1024 * (1 + 1 / 0.15)), 0.0153 * BATCH / (1024 * (1 + 1 / 0.15))) if jordan else (0.4, 0.4 * 0.0013)
    groups = [{"params": weights, "lr": rate, "weight_decay": decay / rate}]
    if jordan:
        groups.append({"params": biases, "lr": 64 * rate, "weight_decay": decay / (64 * rate)})
    else:
        groups.append({"params": biases, "lr": rate, "weight_decay": 0.0})
    return torch.optim.SGD(groups, momentum=0.85, nesterov=True, fused=True)


def rate_at(step, steps):
    """Share of the highest learning rate: from 0.2 up to 1 in 23 % of the steps, and down to 0.07."""
    peak = 0.23 * steps
    return 0.2 + 0.8 * step / peak if step < peak else 1 + (0.07 - 1) * (step - peak) / (steps - peak)


def changed(images, flip, generator):
    """Images moved by up to two pixels, those of `flip` mirrored."""
    padded = F.pad(images, (PAD,) * 4, "reflect")
    moves = torch.randint(0, 2 * PAD + 1, (2, len(images)), generator=generator)
    out = torch.empty_like(images)
    for i in range(2 * PAD + 1):
        for j in range(2 * PAD + 1):
            chosen = (moves[0] == i) & (moves[1] == j)
            out[chosen] = padded[chosen, :, i : i + 32, j : j + 32]
    return torch.where(flip.view(-1, 1, 1, 1), out.flip(3), out)


def accuracy(net, images, labels):
    net.eval()
    padded = F.pad(images, (1,) * 4, "reflect")
    right = 0
    with torch.inference_mode():
        for at in range(0, len(images), 500):
            total = 0
            for top, left in ((1, 1), (0, 1), (2, 1), (1, 0), (1, 2)):
                view = padded[at : at + 500, :, top : top + 32, left : left + 32]
                total = total + (net(view) / 9).softmax(1) + (net(view.flip(3)) / 9).softmax(1)
            right += (total.argmax(1) == labels[at : at + 500]).sum().item()
    net.train()
    return right / len(images)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("zip")
    parser.add_argument("--like", choices=("recipe", "airbench94"), default="recipe")
    parser.add_argument("--epochs", type=int, default=9)
    parser.add_argument("--limit", type=int, default=None, help="images of each class to train on")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(options.seed)
    generator = torch.Generator().manual_seed(options.seed)
    jordan = options.like == "airbench94"
    images, labels = load(options.zip, "train", options.limit)
    tests = load(options.zip, "test", None)
    net = network(images, jordan)
    optim = optimizer(net, jordan)
    rates = [group["lr"] for group in optim.param_groups]
    per_epoch = len(images) // BATCH
    steps = per_epoch * options.epochs
    average = {name: value.clone() for name, value in net.state_dict().items()}
    first = torch.randint(0, 2, (len(images),), generator=generator).bool()
    began, step = time.perf_counter(), 0
    for epoch in range(options.epochs):
        order = torch.randperm(len(images), generator=generator)
        right = 0
        for at in range(per_epoch):
            chosen = order[at * BATCH : (at + 1) * BATCH]
            # Every image is mirrored in every other epoch.
            x = changed(images[chosen], first[chosen] ^ (epoch % 2 == 1), generator)
            y = labels[chosen]
            for group, rate in zip(optim.param_groups, rates, strict=True):
                group["lr"] = rate * rate_at(step, steps)
            optim.zero_grad(set_to_none=True)
            out = net(x) / 9
            F.cross_entropy(out, y, label_smoothing=0.2).backward()
            optim.step()
            right += (out.argmax(1) == y).sum().item()
            step += 1
            if step % 20 == 0:
                # Jordan's weights become the average each time; the recipe's are averaged beside.
                kept = 0.774 * (step / steps) ** 3 if jordan else min(0.774, (step // 20) / (step // 20 + 9))
                for name, value in net.state_dict().items():
                    if value.dtype.is_floating_point:
                        average[name].lerp_(value, 1 - kept)
                        if jordan:
                            value.copy_(average[name])
        print(json.dumps({"epoch": epoch + 1, "accuracy": right / (per_epoch * BATCH), "seconds": time.perf_counter() - began}), flush=True)
    if not jordan:
        net.load_state_dict({**net.state_dict(), **{k: v for k, v in average.items() if v.dtype.is_floating_point}})
    print(json.dumps({"testAccuracy": accuracy(net, *tests), "seconds": time.perf_counter() - began, "version": torch.__version__}))


main()
