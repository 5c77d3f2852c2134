"""The notebook with Adam: loops over images, filters and positions; only a window's sum is NumPy's."""

import numpy as np

from common import softmax_loss


def padded(images):
    return np.pad(images[..., 0], ((0, 0), (1, 1), (1, 1)))


def convolve(x, kernel, bias):
    n, h, w = x.shape
    r, s, _, filters = kernel.shape
    y = np.zeros((n, h - r + 1, w - s + 1, filters))
    for image in range(n):
        for k in range(filters):
            for i in range(y.shape[1]):
                for j in range(y.shape[2]):
                    y[image, i, j, k] = np.sum(x[image, i : i + r, j : j + s] * kernel[:, :, 0, k]) + bias[k]
    return y


def convolve_backward(x, kernel, dy):
    r, s = kernel.shape[:2]
    dkernel = np.zeros_like(kernel)
    for image in range(dy.shape[0]):
        for k in range(dy.shape[3]):
            for i in range(dy.shape[1]):
                for j in range(dy.shape[2]):
                    dkernel[:, :, 0, k] += x[image, i : i + r, j : j + s] * dy[image, i, j, k]
    return dkernel


def pool(x):
    n, h, w, channels = x.shape
    y = np.zeros((n, -(-h // 2), -(-w // 2), channels))
    for image in range(n):
        for k in range(channels):
            for i in range(y.shape[1]):
                for j in range(y.shape[2]):
                    y[image, i, j, k] = np.max(x[image, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2, k])
    return y


def pool_backward(x, dy):
    dx = np.zeros_like(x)
    for image in range(dy.shape[0]):
        for k in range(dy.shape[3]):
            for i in range(dy.shape[1]):
                for j in range(dy.shape[2]):
                    window = x[image, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2, k]
                    a, b = np.unravel_index(np.argmax(window), window.shape)
                    dx[image, 2 * i + a, 2 * j + b, k] += dy[image, i, j, k]
    return dx


class Conv10:
    def __init__(self, weights, optimizer):
        self._weights, self._settings = weights, optimizer
        self._first = {name: np.zeros_like(value) for name, value in weights.items()}
        self._second = {name: np.zeros_like(value) for name, value in weights.items()}

    def step(self, images, labels):
        w = self._weights
        x = padded(images)
        y1 = np.maximum(convolve(x, w["conv2d/kernel"], w["conv2d/bias"]), 0)
        y2 = pool(y1)
        flat = y2.reshape(len(images), -1)
        loss, dlogits = softmax_loss(flat @ w["dense/kernel"] + w["dense/bias"], labels)
        d2 = (dlogits @ w["dense/kernel"].T).reshape(y2.shape)
        d1 = pool_backward(y1, d2) * (y1 > 0)
        gradients = {
            "conv2d/kernel": convolve_backward(x, w["conv2d/kernel"], d1),
            "conv2d/bias": d1.sum(axis=(0, 1, 2)),
            "dense/kernel": flat.T @ dlogits,
            "dense/bias": dlogits.sum(axis=0),
        }
        self._adam(gradients)
        return loss

    def _adam(self, gradients):
        """Adam without bias correction, epsilon under the root."""
        settings = self._settings
        beta1, beta2 = settings["beta1"], settings["beta2"]
        for name, gradient in gradients.items():
            first = self._first[name] = beta1 * self._first[name] + (1 - beta1) * gradient
            second = self._second[name] = beta2 * self._second[name] + (1 - beta2) * gradient**2
            self._weights[name] -= settings["learningRate"] * first / np.sqrt(second + settings["epsilon"])
