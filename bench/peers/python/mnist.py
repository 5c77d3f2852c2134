"""The recipe speed99 in PyTorch: trains one epoch on MNIST, tests, and prints a line of JSON.

Only the epoch is timed. Data is loaded before, and a few steps are made to compile and to warm up; the weights start anew
after them.
"""

import argparse
import copy
import gzip
import json
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from pytorch import LAYOUTS
from whitening import whitening

BATCH, RATE, DECAY, WARM_UP = 96, 0.8, 0.004, 10
WHITENED, EPSILON = 500, 0.2
MEAN, DEVIATION = 33.3, 78.6
SIZE = 28


def read(folder, name):
    """An IDX file, whose magic number says how many dimensions there are."""
    data = gzip.decompress((folder / f"{name}.gz").read_bytes())
    return torch.from_numpy(np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).copy())


def load(folder, kind):
    images = read(folder, f"{kind}-images-idx3-ubyte").reshape(-1, SIZE, SIZE)
    return images, read(folder, f"{kind}-labels-idx1-ubyte").long()


def block(channels, filters, pooled):
    conv = nn.Conv2d(channels, filters, 3, bias=False)
    nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
    norm = nn.BatchNorm2d(filters, eps=1e-3, momentum=0.1)
    return [conv, *([nn.MaxPool2d(2)] if pooled else []), norm, nn.ReLU()]


def network(images):
    pixels = ((images[:WHITENED].double() - MEAN) / DEVIATION).unsqueeze(1)
    first = whitening(pixels, 3, 8, EPSILON, bias=False)
    blocks = [first, nn.MaxPool2d(2), nn.ReLU(), *block(8, 16, True), *block(16, 64, False)]
    return nn.Sequential(*blocks, nn.Flatten(), nn.Linear(64 * 3 * 3, 10))


def scaled(pixels, layout):
    return ((pixels.float() - MEAN) / DEVIATION).unsqueeze(1).contiguous(memory_format=layout)


class Run:
    def __init__(self, net, forward, layout, steps):
        self.net, self.forward, self.layout = net, forward, layout
        self.kernels = [p for p in net.parameters() if p.ndim > 1 and p.requires_grad]
        trained = [p for p in net.parameters() if p.requires_grad]
        self.optimizer = torch.optim.SGD(trained, lr=RATE, momentum=0.9, nesterov=True, fused=True)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer, max_lr=RATE, total_steps=steps, div_factor=25, final_div_factor=1e4, cycle_momentum=False
        )

    def step(self, pixels, labels):
        self.optimizer.zero_grad(set_to_none=True)
        self.forward(scaled(pixels, self.layout), labels).backward()
        with torch.no_grad():
            torch._foreach_mul_(self.kernels, 1 - self.schedule.get_last_lr()[0] * DECAY)
        self.optimizer.step()
        self.schedule.step()


def shifted(padded, order, generator):
    """Images moved by -1, 0 or 1 pixels in both directions."""
    span = torch.arange(SIZE)
    moves = torch.randint(0, 3, (2, len(order), 1), generator=generator)
    rows, columns = span + moves[0], span + moves[1]
    return padded[order[:, None, None], rows[:, :, None], columns[:, None, :]]


def epoch(run, padded, labels, generator, steps):
    order = torch.randperm(len(labels), generator=generator)
    for step in range(steps):
        chosen = order[step * BATCH : (step + 1) * BATCH]
        run.step(shifted(padded, chosen, generator), labels[chosen])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--way", choices=("eager", "compiled"), default="eager")
    parser.add_argument("--layout", choices=tuple(LAYOUTS), default="channels_last")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(options.seed)
    generator = torch.Generator().manual_seed(options.seed)
    layout = LAYOUTS[options.layout]

    images, labels = load(options.folder, "train")
    padded = F.pad(images, (1, 1, 1, 1))
    net = network(images).to(memory_format=layout)

    def loss(x, y):
        return F.cross_entropy(net(x), y, label_smoothing=0.1)

    forward = torch.compile(loss, dynamic=False) if options.way == "compiled" else loss
    start = copy.deepcopy(net.state_dict())
    steps = -(-len(labels) // BATCH)
    warm = Run(net, forward, layout, steps)
    epoch(warm, padded, labels, generator, WARM_UP)
    # A last batch that is smaller compiles anew.
    rest = len(labels) % BATCH
    if rest > 0:
        warm.step(images[:rest], labels[:rest])
    net.load_state_dict(start)

    run = Run(net, forward, layout, steps)
    began = time.perf_counter()
    epoch(run, padded, labels, generator, steps)
    seconds = time.perf_counter() - began

    net.eval()
    images, labels = load(options.folder, "t10k")
    with torch.inference_mode():
        right = sum(
            (net(scaled(images[i : i + 1000], layout)).argmax(1) == labels[i : i + 1000]).sum().item()
            for i in range(0, len(labels), 1000)
        )
    print(json.dumps({"seconds": seconds, "accuracy": right / len(labels), "version": torch.__version__}))


main()
