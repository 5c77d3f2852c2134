"""Numbers that both sides compute from a place in an array, and what stands for a whole array in golden files.

test/golden/patterns.ts has the same functions.
"""

import numpy
import torch

# Salts of what is no parameter.
IMAGES = 1 << 20
TOWARDS = 1 << 21


def pattern(salt, shape):
    """Numbers in (-1, 1), odd multiples of 2**-12 / 2, which float32 holds exactly."""
    count = int(numpy.prod(shape))
    x = numpy.arange(count, dtype=numpy.uint32) ^ numpy.uint32((salt * 0x9E3779B1) & 0xFFFFFFFF)
    x ^= x >> numpy.uint32(16)
    x *= numpy.uint32(0x85EBCA6B)
    x ^= x >> numpy.uint32(13)
    x *= numpy.uint32(0xC2B2AE35)
    x ^= x >> numpy.uint32(16)
    values = ((x >> numpy.uint32(20)).astype(numpy.float64) - 2047.5) / 2048
    return torch.from_numpy(values.reshape(shape))


def initial(number, kind, shape):
    """A parameter in convasm's layout; `kind` is the last part of its name."""
    values = pattern(number, shape)
    if kind == "gamma":
        return 1 + values / 4
    if kind != "kernel":
        return values / 4
    inputs = int(numpy.prod(shape[:-1]))
    return values * 2.0 ** float(numpy.floor(0.5 * numpy.log2(6 / inputs)))


def digest(number, array):
    """Sum of the squares, and the product with a pattern; `array` in convasm's layout."""
    array = array.detach().double()
    towards = pattern(TOWARDS + number, tuple(array.shape))
    return [float((array * array).sum()), float((array * towards).sum())]


def to_convasm(tensor):
    """Filters [k, c, r, s] to [r, s, c, k], dense weights [units, inputs] to [inputs, units]."""
    if tensor.dim() == 4:
        return tensor.permute(2, 3, 1, 0)
    return tensor.t() if tensor.dim() == 2 else tensor


def to_torch(tensor):
    """The other way round."""
    if tensor.dim() == 4:
        return tensor.permute(3, 2, 0, 1)
    return tensor.t() if tensor.dim() == 2 else tensor
