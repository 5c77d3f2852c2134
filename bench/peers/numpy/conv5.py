"""The notebook that reads HDF5: one image at a time, its windows gathered into a matrix for BLAS."""

import numpy as np

from common import descend, softmax_loss


def columns(image, size):
    """Windows of [h, w] as rows of a matrix [positions, size x size]."""
    rows, places = (side - size + 1 for side in image.shape)
    result = np.empty((rows * places, size * size))
    for i in range(rows):
        for j in range(places):
            result[i * places + j] = image[i : i + size, j : j + size].ravel()
    return result


class Conv5:
    def __init__(self, weights, optimizer):
        self._weights, self._rate = weights, optimizer["learningRate"]
        self._size = weights["conv2d/kernel"].shape[0]
        weights["conv2d/kernel"] = weights["conv2d/kernel"].reshape(self._size**2, -1)

    def step(self, images, labels):
        w = self._weights
        windows = columns(images[0, :, :, 0], self._size)
        y1 = np.maximum(windows @ w["conv2d/kernel"], 0)
        flat = y1.reshape(1, -1)
        loss, dlogits = softmax_loss(flat @ w["dense/kernel"] + w["dense/bias"], labels)
        d1 = (dlogits @ w["dense/kernel"].T).reshape(y1.shape) * (y1 > 0)
        gradients = {
            "conv2d/kernel": windows.T @ d1,
            "dense/kernel": flat.T @ dlogits,
            "dense/bias": dlogits[0],
        }
        descend(w, gradients, self._rate)
        return loss
