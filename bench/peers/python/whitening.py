"""First layers that whiten patches of images, for the twins of recipes."""

import torch
from torch import nn
from torch.nn import functional as F


def whitening(images, size, filters, epsilon, bias):
    """A convolution of size x size windows whose filters whiten patches: those of large variance first, then the same with the opposite sign; they are not trained.

    images are scaled, [n, channels, height, width]; the bias, if there is one, starts at zero and is trained.
    """
    channels = images.shape[1]
    patches = F.unfold(images.double(), size).transpose(1, 2).reshape(-1, channels * size * size)
    variances, directions = torch.linalg.eigh(torch.cov(patches.T, correction=0))
    rows = (directions / (variances + epsilon).sqrt()).T.flip(0)
    # The sign of the largest value, which is free, as convasm has it.
    rows = rows * rows.gather(1, rows.abs().argmax(1, keepdim=True)).sign()
    conv = nn.Conv2d(channels, filters, size, bias=bias)
    with torch.no_grad():
        conv.weight.copy_(torch.cat([rows, -rows])[:filters].reshape(conv.weight.shape))
        if bias:
            conv.bias.zero_()
    conv.weight.requires_grad_(False)
    return conv
