"""Writes imported.golden.json: what PyTorch says of the shared models.

    pip install torch==2.13.0 efficientnet-lite-pytorch==0.1.0
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
import torch
from efficientnet_lite_pytorch import EfficientNet
from torch import nn

SHARED, PIXELS = Path(sys.argv[1]), Path(sys.argv[2])
# Of 1,000 classes: enough to tell networks apart.
EVERY = 20
# So small that float32 stays within 2e-4 of float64 for 20 steps; at 1 / 256 it is 3e-3 away after three.
RATE = 1 / 8192


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


def steps(network, x):
    """Losses of 20 steps of plain SGD on the photographs in float64, without anything random."""
    network, x = copy.deepcopy(network).double().train(), x.double()
    network._global_params = network._global_params._replace(drop_connect_rate=None)
    network._dropout.p = 0
    optimizer = torch.optim.SGD(network.parameters(), lr=RATE)
    labels = torch.arange(8) * 100
    losses = []
    for _ in range(20):
        loss = nn.functional.cross_entropy(network(x), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {"rate": RATE, "losses": losses}


def efficientnet():
    network = EfficientNet.from_name("efficientnet-lite0")
    network.load_state_dict(torch.load(SHARED / "models" / "efficientnet-lite0.pth", map_location="cpu"))
    network.eval()
    pixels = np.fromfile(PIXELS, np.uint8).reshape(8, 224, 224, 3)
    x = (torch.tensor(pixels).permute(0, 3, 1, 2).float() - 127) / 128
    with torch.no_grad():
        logits = network(x)
    return {
        "steps": steps(network, x),
        "pixels": hashlib.sha256(pixels.tobytes()).hexdigest(),
        "every": EVERY,
        "range": float(logits.max() - logits.min()),
        "best": logits.argmax(1).tolist(),
        "logits": [round(value, 6) for value in logits[:, ::EVERY].flatten().tolist()],
    }


golden = {"torch": torch.__version__, "mnist": mnist(), "efficientnetLite0": efficientnet()}
path = Path(__file__).with_name("imported.golden.json")
path.write_text(json.dumps(golden) + "\n")
