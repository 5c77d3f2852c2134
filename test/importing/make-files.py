"""Writes files/*: small files of torch.save, as programs write them.

    pip install torch==2.13.0 numpy safetensors
    python test/importing/make-files.py

All hold the network of `NETWORK` in import-model.test.ts: a convolution (2 filters of 3 x 3), batch normalisation, a dense layer of 3
after a flattened image of 2 x 2, with weights that count up by eighths.
"""

import argparse
import pickle
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from torch import nn

FILES = Path(__file__).with_name("files")
FILES.mkdir(exist_ok=True)


def network():
    module = nn.Sequential(
        OrderedDict(
            features=nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU()),
            classifier=nn.Sequential(nn.Flatten(), nn.Linear(8, 3)),
        )
    )
    start = 0
    for tensor in [*module.parameters(), *[b for b in module.buffers() if b.dtype == torch.float32]]:
        count = tensor.numel()
        tensor.data = (torch.arange(start, start + count, dtype=torch.float32) / 8).reshape(tensor.shape)
        start += count
    return module


def save(name, value, **options):
    torch.save(value, FILES / name, **options)


module = network()
state = module.state_dict()
save("zip.pth", state)
save("old.pth", state, _use_new_zipfile_serialization=False)
save("protocol-5.pth", state, pickle_protocol=5)
save("half.pth", {key: value.half() if value.is_floating_point() else value for key, value in state.items()})
save("bfloat16.pth", {key: value.bfloat16() if value.is_floating_point() else value for key, value in state.items()})
save("double.pth", {key: value.double() if value.is_floating_point() else value for key, value in state.items()})
# Tensors that are parts of others, and whose values do not lie in row order.
flat = torch.cat([value.flatten() for value in state.values() if value.is_floating_point()])
shared, at = OrderedDict(), 0
for key, value in state.items():
    if value.is_floating_point():
        shared[key] = flat[at : at + value.numel()].view(value.shape)
        at += value.numel()
save("shared.pth", shared)
save("shared-old.pth", shared, _use_new_zipfile_serialization=False)
def backwards(value):
    return value.permute(tuple(reversed(range(value.dim()))))


strided = {key: backwards(backwards(value).contiguous()) for key, value in state.items()}
save("strided.pth", strided)
save("channels-last.pth", module.to(memory_format=torch.channels_last).state_dict())
module = network()
save("parameters.pth", dict(module.named_parameters()) | dict(module.named_buffers()))
save("parallel.pth", nn.DataParallel(module).state_dict())
optimizer = torch.optim.SGD(module.parameters(), lr=0.1, momentum=0.9)
module(torch.zeros(1, 1, 4, 4)).sum().backward()
optimizer.step()
module = network()
save(
    "checkpoint.pth",
    {
        "epoch": 3,
        "best": np.float64(0.5),
        "args": argparse.Namespace(lr=0.1, name="net"),
        "state_dict": module.state_dict(),
        "optimizer": optimizer.state_dict(),
    },
)
# Refused by name.
save("module.pth", module)
save("tensor.pth", torch.zeros(2))
save("sparse.pth", {"weight": torch.eye(2).to_sparse()})
save("expanded.pth", {"weight": torch.zeros(1).expand(1000)})
save("complex.pth", {"weight": torch.zeros(2, dtype=torch.complex64)})
torch.jit.script(nn.Linear(2, 2)).save(str(FILES / "torchscript.pt"))
(FILES / "list.pkl").write_bytes(pickle.dumps([1, 2, 3]))

# Python's own values in each protocol.
value = {
    "numbers": [0, 255, 65535, -1, 2**31 - 1, 2**40, -(2**70), 1.5, float("-inf")],
    "texts": ["", "ASCII", "grün", "ж" * 300, "😀\n"],
    "bytes": b"\x00\x01\xff",
    "nested": ({"a": None, "b": (True, False)}, (), [], [[]], (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)),
    "set": {7},
}
again = [value["texts"], value["texts"]]
for protocol in range(6):
    (FILES / f"protocol-{protocol}.pkl").write_bytes(pickle.dumps([value, again], protocol))
