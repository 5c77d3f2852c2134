"""The notebook with batch normalisation: the full batch at once, windows gathered by index arrays and scattered back."""

import numpy as np

from common import descend, softmax_loss


def window_indices(shape, r, s, padding):
    """Channel, row and column of each element of each window: [c r s, positions]."""
    _, channels, h, w = shape
    rows, columns = h + 2 * padding - r + 1, w + 2 * padding - s + 1
    row = np.tile(np.repeat(np.arange(r), s), channels)[:, None] + np.repeat(np.arange(rows), columns)
    column = np.tile(np.arange(s), r * channels)[:, None] + np.tile(np.arange(columns), rows)
    channel = np.repeat(np.arange(channels), r * s)[:, None]
    return channel, row, column, (rows, columns)


class Convolution:
    def __init__(self, kernel, padding):
        self.kernel, self._padding = kernel, padding

    def forward(self, x):
        r, s, c, k = self.kernel.shape
        p = self._padding
        self._shape = x.shape
        *self._at, (rows, columns) = window_indices(x.shape, r, s, p)
        channel, row, column = self._at
        padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        windows = padded[:, channel, row, column]
        self._windows = windows.transpose(1, 2, 0).reshape(c * r * s, -1)
        self._matrix = self.kernel.transpose(3, 2, 0, 1).reshape(k, -1)
        y = self._matrix @ self._windows
        return y.reshape(k, rows, columns, len(x)).transpose(3, 0, 1, 2)

    def backward(self, dy):
        r, s, c, k = self.kernel.shape
        p = self._padding
        n, _, h, w = self._shape
        flat = dy.transpose(1, 2, 3, 0).reshape(k, -1)
        self.gradient = (flat @ self._windows.T).reshape(k, c, r, s).transpose(2, 3, 1, 0)
        windows = (self._matrix.T @ flat).reshape(c * r * s, -1, n).transpose(2, 0, 1)
        dx = np.zeros((n, c, h + 2 * p, w + 2 * p))
        channel, row, column = self._at
        np.add.at(dx, (slice(None), channel, row, column), windows)
        return dx[:, :, p : p + h, p : p + w]


class Normalization:
    def __init__(self, gamma, beta, epsilon=1e-5):
        self.gamma, self.beta, self._epsilon = gamma, beta, epsilon

    def forward(self, x):
        self._axes = (0, 2, 3) if x.ndim == 4 else (0,)
        self._sides = (1, -1, 1, 1) if x.ndim == 4 else (1, -1)
        centred = x - x.mean(axis=self._axes, keepdims=True)
        self._factor = 1 / np.sqrt(x.var(axis=self._axes, keepdims=True) + self._epsilon)
        self._normal = centred * self._factor
        return self.gamma.reshape(self._sides) * self._normal + self.beta.reshape(self._sides)

    def backward(self, dy):
        self.dgamma = (dy * self._normal).sum(axis=self._axes)
        self.dbeta = dy.sum(axis=self._axes)
        mean = dy.mean(axis=self._axes, keepdims=True)
        slope = (dy * self._normal).mean(axis=self._axes, keepdims=True)
        return self.gamma.reshape(self._sides) * self._factor * (dy - mean - self._normal * slope)


class Pool:
    """Windows of 2 x 2 by the same index arrays, each channel an image of its own."""

    def forward(self, x):
        n, c, h, w = self._shape = x.shape
        row = np.tile(np.repeat(np.arange(2), 2)[:, None], h // 2 * (w // 2))
        row = row + 2 * np.repeat(np.arange(h // 2), w // 2)
        column = np.tile(np.arange(2), 2)[:, None] + 2 * np.tile(np.arange(w // 2), h // 2)
        self._at = row, column
        windows = x.reshape(n * c, h, w)[:, row, column]
        self._taken = windows.argmax(axis=1)
        return windows.max(axis=1).reshape(n, c, h // 2, w // 2)

    def backward(self, dy):
        n, c, h, w = self._shape
        windows = np.zeros((n * c, 4, h // 2 * (w // 2)))
        np.put_along_axis(windows, self._taken[:, None], dy.reshape(n * c, 1, -1), axis=1)
        dx = np.zeros((n * c, h, w))
        row, column = self._at
        np.add.at(dx, (slice(None), row, column), windows)
        return dx.reshape(self._shape)


class BatchNorm:
    def __init__(self, weights, optimizer):
        self._rate = optimizer["learningRate"]
        self._conv1 = Convolution(weights["conv2d/kernel"], 1)
        self._conv2 = Convolution(weights["conv2d_1/kernel"], 1)
        names = ("batchNormalization", "batchNormalization_1", "batchNormalization_2")
        self._norms = [Normalization(weights[f"{name}/gamma"], weights[f"{name}/beta"]) for name in names]
        self._pool = Pool()
        # Flattened are channels, rows, columns here.
        dense = weights["dense/kernel"]
        self._w1 = dense.reshape(13, 13, 18, -1).transpose(2, 0, 1, 3).reshape(dense.shape)
        self._w2, self._b2 = weights["dense_1/kernel"], weights["dense_1/bias"]

    def step(self, images, labels):
        norm1, norm2, norm3 = self._norms
        y1 = np.maximum(norm1.forward(self._conv1.forward(images.transpose(0, 3, 1, 2))), 0)
        pooled = self._pool.forward(y1)
        y2 = np.maximum(norm2.forward(self._conv2.forward(pooled)), 0)
        flat = y2.reshape(len(images), -1)
        y3 = np.maximum(norm3.forward(flat @ self._w1), 0)
        loss, dlogits = softmax_loss(y3 @ self._w2 + self._b2, labels)
        d3 = norm3.backward((dlogits @ self._w2.T) * (y3 > 0))
        d2 = norm2.backward((d3 @ self._w1.T).reshape(y2.shape) * (y2 > 0))
        d1 = norm1.backward(self._pool.backward(self._conv2.backward(d2)) * (y1 > 0))
        self._conv1.backward(d1)
        weights = {"conv1": self._conv1.kernel, "conv2": self._conv2.kernel, "w1": self._w1, "w2": self._w2}
        weights["b2"] = self._b2
        gradients = {
            "conv1": self._conv1.gradient,
            "conv2": self._conv2.gradient,
            "w1": flat.T @ d3,
            "w2": y3.T @ dlogits,
            "b2": dlogits.sum(axis=0),
        }
        for i, norm in enumerate(self._norms):
            weights |= {f"gamma{i}": norm.gamma, f"beta{i}": norm.beta}
            gradients |= {f"gamma{i}": norm.dgamma, f"beta{i}": norm.dbeta}
        descend(weights, gradients, self._rate)
        return loss
