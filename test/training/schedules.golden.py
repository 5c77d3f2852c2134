"""Prints the learning rates that PyTorch's schedulers give (made with PyTorch 2.13, CPU).

python3 test/training/schedules.golden.py
"""

import torch
from torch.optim import lr_scheduler


def rates(make_scheduler, steps, learning_rate=0.1):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=learning_rate)
    scheduler = make_scheduler(optimizer)
    result = []
    for _ in range(steps):
        result.append(float(f"{optimizer.param_groups[0]['lr']:.12g}"))
        optimizer.step()
        if len(result) < steps:
            scheduler.step()
    return result


print("step", rates(lambda o: lr_scheduler.StepLR(o, 3, 0.5), 10))
print("milestones", rates(lambda o: lr_scheduler.MultiStepLR(o, [2, 5], 0.1), 8))
print("exponential", rates(lambda o: lr_scheduler.ExponentialLR(o, 0.9), 6))
print("cosine", rates(lambda o: lr_scheduler.CosineAnnealingLR(o, 12, 0.001), 12))
print("oneCycle cosine", rates(lambda o: lr_scheduler.OneCycleLR(o, 0.5, total_steps=13), 13))
linear = dict(pct_start=0.4, anneal_strategy="linear", div_factor=10, final_div_factor=100)
print("oneCycle linear", rates(lambda o: lr_scheduler.OneCycleLR(o, 0.2, total_steps=16, **linear), 16))
