"""The notebook with eight filters: one image at a time, loops over regions, and over filters backwards."""

import numpy as np

from common import descend, softmax_loss


def regions(x, size, stride):
    """Windows of an image with their place."""
    for i in range((x.shape[0] - size) // stride + 1):
        for j in range((x.shape[1] - size) // stride + 1):
            yield i, j, x[i * stride : i * stride + size, j * stride : j * stride + size]


def convolve(image, filters):
    r, _, count = filters.shape
    y = np.zeros((image.shape[0] - r + 1, image.shape[1] - r + 1, count))
    for i, j, region in regions(image, r, 1):
        y[i, j] = np.sum(region[:, :, None] * filters, axis=(0, 1))
    return y


def convolve_backward(image, filters, dy):
    dfilters = np.zeros_like(filters)
    for i, j, region in regions(image, filters.shape[0], 1):
        for k in range(filters.shape[2]):
            dfilters[:, :, k] += dy[i, j, k] * region
    return dfilters


def pool(x):
    y = np.zeros((x.shape[0] // 2, x.shape[1] // 2, x.shape[2]))
    for i, j, region in regions(x, 2, 2):
        y[i, j] = np.amax(region, axis=(0, 1))
    return y


def pool_backward(x, dy):
    dx = np.zeros_like(x)
    for i, j, region in regions(x, 2, 2):
        largest = np.amax(region, axis=(0, 1))
        for k in range(x.shape[2]):
            taken = False
            for a in range(2):
                for b in range(2):
                    # The first of equal ones.
                    if not taken and region[a, b, k] == largest[k]:
                        dx[2 * i + a, 2 * j + b, k] = dy[i, j, k]
                        taken = True
    return dx


class Conv8:
    def __init__(self, weights, optimizer):
        self._weights, self._rate = weights, optimizer["learningRate"]
        weights["conv2d/kernel"] = weights["conv2d/kernel"][:, :, 0]

    def step(self, images, labels):
        w = self._weights
        image = images[0, :, :, 0]
        y1 = convolve(image, w["conv2d/kernel"])
        y2 = pool(y1)
        flat = y2.reshape(1, -1)
        loss, dlogits = softmax_loss(flat @ w["dense/kernel"] + w["dense/bias"], labels)
        d2 = (dlogits @ w["dense/kernel"].T).reshape(y2.shape)
        d1 = pool_backward(y1, d2)
        gradients = {
            "conv2d/kernel": convolve_backward(image, w["conv2d/kernel"], d1),
            "dense/kernel": flat.T @ dlogits,
            "dense/bias": dlogits[0],
        }
        descend(w, gradients, self._rate)
        return loss
