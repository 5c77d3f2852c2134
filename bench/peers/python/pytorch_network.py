"""A program as a PyTorch module."""

import numpy as np
import torch
from torch import nn


def tensor(values):
    return torch.from_numpy(np.ascontiguousarray(values))


def convolution(node, subject):
    r, s, channels, filters = subject.weight(node["weight"]).shape
    groups = node["groups"]
    sides = (r, s), node["strides"], node["padding"]
    layer = nn.Conv2d(channels * groups, filters, *sides, groups=groups, bias=node["bias"] is not None)
    layer.weight.data = tensor(subject.weight(node["weight"]).transpose(3, 2, 0, 1))
    if node["bias"] is not None:
        layer.bias.data = tensor(subject.weight(node["bias"]))
    return layer


def dense(node, subject):
    layer = nn.Linear(node["inputs"], node["units"], bias=node["bias"] is not None)
    weight = subject.weight(node["weight"])
    if node["spatial"] is not None:
        h, w, c = node["spatial"]
        weight = weight.reshape(h, w, c, -1).transpose(2, 0, 1, 3).reshape(h * w * c, -1)
    layer.weight.data = tensor(weight.T)
    if node["bias"] is not None:
        layer.bias.data = tensor(subject.weight(node["bias"]))
    return layer


def normalization(node, subject, spatial):
    kind = nn.BatchNorm2d if spatial else nn.BatchNorm1d
    # PyTorch's momentum is the share that is new.
    layer = kind(node["channels"], node["epsilon"], 1 - node["momentum"])
    layer.weight.data = tensor(subject.weight(node["gamma"]))
    layer.bias.data = tensor(subject.weight(node["beta"]))
    layer.running_mean.data = tensor(subject.weight(node["mean"]))
    layer.running_var.data = tensor(subject.weight(node["variance"]))
    return layer


def activation(node):
    if node["upper"] is None:
        return nn.ReLU(inplace=True)
    return nn.ReLU6(inplace=True) if node["upper"] == 6 else nn.Hardtanh(0, node["upper"], inplace=True)


class Residual(nn.Module):
    def __init__(self, body, shortcut):
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x):
        return self.body(x) + self.shortcut(x)


class Average(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


def network(program, subject, dropout):
    """The module of a program, with the subject's weights; channels first."""
    layers = []
    spatial = True
    for node in program:
        op = node["op"]
        if op == "conv":
            layers.append(convolution(node, subject))
        elif op == "dense":
            layers.append(dense(node, subject))
        elif op == "batchnorm":
            layers.append(normalization(node, subject, spatial))
        elif op == "maxpool":
            layers.append(nn.MaxPool2d(node["size"]))
        elif op == "relu":
            layers.append(activation(node))
        elif op == "residual":
            body = network(node["body"], subject, dropout)
            shortcut = network(node["shortcut"], subject, dropout) if node["shortcut"] else nn.Identity()
            layers.append(Residual(body, shortcut))
        elif op == "flatten":
            layers.append(nn.Flatten())
            spatial = False
        elif op == "globalaverage":
            layers.append(Average())
            spatial = False
        elif op == "dropout":
            if dropout:
                layers.append(nn.Dropout(node["rate"]))
        else:
            raise ValueError(f"pytorch: no layer for {op}")
    return nn.Sequential(*layers)
