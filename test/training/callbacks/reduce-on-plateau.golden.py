"""Prints the learning rate that PyTorch's ReduceLROnPlateau leaves after each epoch (made with PyTorch 2.13, CPU).

python3 test/training/callbacks/reduce-on-plateau.golden.py

PyTorch reduces when more than `patience` epochs in a row were bad, convasm when `patience` were.
"""

import torch
from torch.optim.lr_scheduler import ReduceLROnPlateau

LOSSES = [1, 0.9, 0.9, 0.95, 0.85, 0.85, 0.84, 0.86, 0.87, 0.9, 0.9, 0.9, 0.9, 0.7, 0.71, 0.72, 0.73, 0.74, 0.75, 0.76]


def rates(values, **options):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler = ReduceLROnPlateau(optimizer, threshold_mode="abs", eps=0, **options)
    result = []
    for value in values:
        optimizer.step()
        scheduler.step(value)
        result.append(float(f"{optimizer.param_groups[0]['lr']:.10g}"))
    return result


print(rates(LOSSES, factor=0.5, patience=1, threshold=0))
print(rates(LOSSES, factor=0.1, patience=0, threshold=0.04, cooldown=2))
print(rates([1 - x for x in LOSSES], mode="max", factor=0.3, patience=1, threshold=0.01, cooldown=1, min_lr=0.005))
