"""A linear probe on the features of EfficientNet-Lite0, in convasm and in PyTorch, on the same pictures.

    pip install torch==2.13.0 efficientnet-lite-pytorch==0.1.0
    python bench/transfer/probe.py cifar10-jpeg.zip efficientnet-lite0.onnx efficientnet-lite0.pth FOLDER

FOLDER gets the pictures: 500 to train on and 200 to test on of each class, the first by name. Each program decodes and resizes them itself,
computes the features before the last layer, and trains a dense layer on them by the settings of convasm's `fitHead`, which are PyTorch's
SGD with momentum and its OneCycleLR. Features are also compared on pixels that convasm has resized.
"""

import argparse
import json
import subprocess
import time
import zipfile
from pathlib import Path

import numpy as np
import torch
from efficientnet_lite_pytorch import EfficientNet
from PIL import Image
from torch import nn

HERE = Path(__file__).resolve().parent
COUNTS = {"train": 500, "test": 200}


def extract(archive, folder):
    """Writes the first pictures of each class into a folder, where they are not there yet."""
    with zipfile.ZipFile(archive) as zipped:
        groups = {}
        for name in sorted(zipped.namelist()):
            parts = Path(name).parts
            if len(parts) >= 3 and not name.endswith("/"):
                groups.setdefault(parts[-3:-1], []).append(name)
        for (part, label), names in groups.items():
            for name in names[: COUNTS[part]]:
                target = folder / part / label / Path(name).name
                if not target.exists():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(zipped.read(name))


def backbone(weights):
    network = EfficientNet.from_name("efficientnet-lite0")
    network.load_state_dict(torch.load(weights, map_location="cpu"))
    return network.eval()


def features(network, pixels):
    """Features of pixels [n, height, width, 3] from 0 to 255."""
    given = (torch.from_numpy(pixels).permute(0, 3, 1, 2).float() - 127) / 128
    with torch.no_grad():
        return network.extract_features(given).mean((2, 3))


def resized(picture, side):
    """The middle of a picture whose shorter side is brought to a size, as torchvision's Resize and CenterCrop have it."""
    width, height = picture.size
    short = min(width, height)
    width, height = int(side * width / short), int(side * height / short)
    left, top = round((width - side) / 2), round((height - side) / 2)
    scaled = picture.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(scaled.crop((left, top, left + side, top + side)))


def read(folder, side):
    classes = sorted(path.name for path in folder.iterdir())
    files = [(path, label) for label, name in enumerate(classes) for path in sorted((folder / name).iterdir())]
    pixels = np.stack([resized(Image.open(path).convert("RGB"), side) for path, _ in files])
    return pixels, torch.tensor([label for _, label in files])


def probe(train, labels, test, test_labels, seed):
    """Accuracy on the test features after the training of `fitHead`."""
    torch.manual_seed(seed)
    mean, deviation = train.mean(0), train.std(0, unbiased=False)
    deviation = deviation.clamp(min=0.01 * deviation.square().mean().sqrt().item())
    train, test = (train - mean) / deviation, (test - mean) / deviation
    count, width = train.shape
    head = nn.Linear(width, int(labels.max()) + 1)
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    epochs = min(30, max(10, round(50_000 / count)))
    rate, penalty = min(0.1, 4 / width), min(0.5, 120 / count)
    groups = [{"params": [head.weight], "weight_decay": penalty}, {"params": [head.bias], "weight_decay": 0}]
    optimizer = torch.optim.SGD(groups, lr=rate, momentum=0.9)
    steps = -(-count // 32)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=epochs * steps, cycle_momentum=False)
    for _ in range(epochs):
        for batch in torch.randperm(count).split(32):
            optimizer.zero_grad()
            nn.functional.cross_entropy(head(train[batch]), labels[batch]).backward()
            optimizer.step()
            schedule.step()
    with torch.no_grad():
        return (head(test).argmax(1) == test_labels).float().mean().item()


def main():
    parser = argparse.ArgumentParser()
    for name in ("archive", "onnx", "weights", "folder"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--size", type=int, default=96)
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    pictures = given.folder / "pictures"
    extract(given.archive, pictures)

    command = ["node", HERE / "features.js", pictures, given.onnx, given.size, given.seeds, given.folder]
    ours = json.loads(subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout)

    network = backbone(given.weights)
    pixels = np.fromfile(given.folder / "pixels.raw", np.uint8).reshape(-1, given.size, given.size, 3)
    theirs = features(network, pixels)
    mine = torch.from_numpy(np.fromfile(given.folder / "features.raw", np.float32).reshape(theirs.shape))
    range_ = (theirs.max() - theirs.min()).item()
    difference = (theirs - mine).abs().max().item() / range_
    print(f"features of the same pixels: largest difference {difference:.1e} of their range")

    (train, labels), (test, test_labels) = read(pictures / "train", given.size), read(pictures / "test", given.size)
    began = time.perf_counter()
    made = [torch.cat([features(network, part) for part in np.array_split(all_, -(-len(all_) // 32))]) for all_ in (train, test)]
    speed = (len(train) + len(test)) / (time.perf_counter() - began)
    accuracies = [probe(made[0], labels, made[1], test_labels, seed) for seed in range(given.seeds)]
    for name, values, rate in [("convasm", ours["accuracies"], ours["imagesPerSecond"]), ("PyTorch", accuracies, speed)]:
        seeds = ", ".join(f"{100 * value:.2f}" for value in values)
        print(f"{name}: {100 * np.mean(values):.2f} % of {len(test)} pictures ({seeds}); features of {rate:.0f} images/s")


if __name__ == "__main__":
    main()
