"""The strided notebook: one image at a time, loops over output positions, filters at once."""

import numpy as np

from common import descend, softmax_loss

STRIDE = 2


def convolve(x, kernel, bias):
    rows, columns, filters = bias.shape
    r, s = kernel.shape[:2]
    y = np.zeros((rows, columns, filters))
    for i in range(rows):
        for j in range(columns):
            patch = x[i * STRIDE : i * STRIDE + r, j * STRIDE : j * STRIDE + s]
            y[i, j] = np.tensordot(patch, kernel, 3) + bias[i, j]
    return y


def convolve_backward(x, kernel, dy):
    r, s = kernel.shape[:2]
    dx, dkernel = np.zeros_like(x), np.zeros_like(kernel)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            window = np.s_[i * STRIDE : i * STRIDE + r, j * STRIDE : j * STRIDE + s]
            dkernel += x[window][..., None] * dy[i, j]
            dx[window] += kernel @ dy[i, j]
    return dx, dkernel


class Strided:
    def __init__(self, weights, optimizer):
        self._weights, self._rate = weights, optimizer["learningRate"]

    def step(self, images, labels):
        w = self._weights
        x = images[0]
        y1 = np.maximum(convolve(x, w["conv2d/kernel"], w["conv2d/bias"]), 0)
        y2 = np.maximum(convolve(y1, w["conv2d_1/kernel"], w["conv2d_1/bias"]), 0)
        flat = y2.reshape(1, -1)
        y3 = np.maximum(flat @ w["dense/kernel"] + w["dense/bias"], 0)
        logits = y3 @ w["dense_1/kernel"] + w["dense_1/bias"]
        loss, dlogits = softmax_loss(logits, labels)
        d3 = (dlogits @ w["dense_1/kernel"].T) * (y3 > 0)
        d2 = (d3 @ w["dense/kernel"].T).reshape(y2.shape) * (y2 > 0)
        d1, dkernel2 = convolve_backward(y1, w["conv2d_1/kernel"], d2)
        d1 *= y1 > 0
        _, dkernel1 = convolve_backward(x, w["conv2d/kernel"], d1)
        gradients = {
            "conv2d/kernel": dkernel1,
            "conv2d/bias": d1,
            "conv2d_1/kernel": dkernel2,
            "conv2d_1/bias": d2,
            "dense/kernel": flat.T @ d3,
            "dense/bias": d3[0],
            "dense_1/kernel": y3.T @ dlogits,
            "dense_1/bias": dlogits[0],
        }
        descend(w, gradients, self._rate)
        return loss
