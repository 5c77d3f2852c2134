"""The notebook with batch normalisation: the full batch at once, loops over positions and filters."""

import numpy as np

from common import descend, softmax_loss


class Convolution:
    def __init__(self, kernel, padding):
        self.kernel, self._padding = kernel, padding

    def forward(self, x):
        r, s, _, filters = self.kernel.shape
        p = self._padding
        x = self._x = np.pad(x, ((0, 0), (p, p), (p, p), (0, 0)))
        y = np.zeros((len(x), x.shape[1] - r + 1, x.shape[2] - s + 1, filters))
        for i in range(y.shape[1]):
            for j in range(y.shape[2]):
                windows = x[:, i : i + r, j : j + s]
                for k in range(filters):
                    y[:, i, j, k] = np.sum(windows * self.kernel[..., k], axis=(1, 2, 3))
        return y

    def backward(self, dy):
        r, s, _, filters = self.kernel.shape
        p = self._padding
        dx = np.zeros_like(self._x)
        self.gradient = np.zeros_like(self.kernel)
        for i in range(dy.shape[1]):
            for j in range(dy.shape[2]):
                windows = self._x[:, i : i + r, j : j + s]
                for k in range(filters):
                    slope = dy[:, i, j, k, None, None, None]
                    self.gradient[..., k] += np.sum(windows * slope, axis=0)
                    dx[:, i : i + r, j : j + s] += self.kernel[..., k] * slope
        return dx[:, p : dx.shape[1] - p, p : dx.shape[2] - p]


class Normalization:
    def __init__(self, gamma, beta, epsilon=1e-5):
        self.gamma, self.beta, self._epsilon = gamma, beta, epsilon

    def forward(self, x):
        self._axes = tuple(range(x.ndim - 1))
        centred = x - x.mean(axis=self._axes, keepdims=True)
        self._factor = 1 / np.sqrt(x.var(axis=self._axes, keepdims=True) + self._epsilon)
        self._normal = centred * self._factor
        return self.gamma * self._normal + self.beta

    def backward(self, dy):
        self.dgamma = (dy * self._normal).sum(axis=self._axes)
        self.dbeta = dy.sum(axis=self._axes)
        mean = dy.mean(axis=self._axes, keepdims=True)
        slope = (dy * self._normal).mean(axis=self._axes, keepdims=True)
        return self.gamma * self._factor * (dy - mean - self._normal * slope)


class Pool:
    def forward(self, x):
        n, h, w, channels = x.shape
        self._x = x
        y = np.zeros((n, h // 2, w // 2, channels))
        for i in range(h // 2):
            for j in range(w // 2):
                y[:, i, j] = x[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max(axis=(1, 2))
        return y

    def backward(self, dy):
        n, rows, columns, channels = dy.shape
        dx = np.zeros_like(self._x)
        for i in range(rows):
            for j in range(columns):
                windows = self._x[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].reshape(n, 4, channels)
                slopes = np.zeros_like(windows)
                np.put_along_axis(slopes, windows.argmax(axis=1)[:, None], dy[:, i, j][:, None], axis=1)
                dx[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2] = slopes.reshape(n, 2, 2, channels)
        return dx


class BatchNorm:
    def __init__(self, weights, optimizer):
        self._rate = optimizer["learningRate"]
        self._conv1 = Convolution(weights["conv2d/kernel"], 1)
        self._conv2 = Convolution(weights["conv2d_1/kernel"], 1)
        names = ("batchNormalization", "batchNormalization_1", "batchNormalization_2")
        self._norms = [Normalization(weights[f"{name}/gamma"], weights[f"{name}/beta"]) for name in names]
        self._pool = Pool()
        self._w1 = weights["dense/kernel"]
        self._w2, self._b2 = weights["dense_1/kernel"], weights["dense_1/bias"]

    def step(self, images, labels):
        norm1, norm2, norm3 = self._norms
        y1 = np.maximum(norm1.forward(self._conv1.forward(images)), 0)
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
