"""A subject's files, as the driver writes them, and the loop that answers its commands."""

import json

import numpy as np

MARK = "@@ "


class Subject:
    """A network with its data, as in the driver's protocol.js."""

    def __init__(self, path):
        with open(path, encoding="utf8") as file:
            fields = json.load(file)
        self.net = fields["net"]
        self.batch = fields["batch"]
        self.shape = fields["shape"]
        self.classes = fields["classes"]
        self.program = fields["program"]
        self.optimizer = fields["optimizer"]
        self.has_dropout = fields["hasDropout"]
        self.check_steps = fields["checkSteps"]
        self.distinct = fields["distinct"]
        self.count = fields["images"]
        self._scale, self._offset = fields["scale"], fields["offset"]
        files = fields["files"]
        self.onnx = files["onnx"]
        self._pixels = np.fromfile(files["images"], np.uint8).reshape(self.count, *self.shape)
        self._labels = np.fromfile(files["labels"], np.uint8)
        values = np.fromfile(files["weights"], np.float32)
        self._weights = {}
        for weight in fields["weights"]:
            begin = weight["offset"]
            size = int(np.prod(weight["shape"]))
            self._weights[weight["name"]] = values[begin : begin + size].reshape(weight["shape"])

    @property
    def names(self):
        return list(self._weights)

    def weight(self, name):
        """A copy of a weight, in convasm's layout: [r, s, c, k] or [inputs, units]."""
        return self._weights[name].copy()

    def checked_batch(self):
        return self._gather(np.arange(self.batch) % self.distinct)

    def batches(self):
        return [self._gather(np.arange(i, i + self.batch)) for i in range(0, self.count, self.batch)]

    def _gather(self, indices):
        """Images [n, h, w, c] in float32, labels [n]."""
        images = self._pixels[indices].astype(np.float64) * self._scale + self._offset
        return images.astype(np.float32), self._labels[indices].astype(np.int64)
