"""The training steps of the five notebooks in NumPy: written anew, loops where theirs were, with correct gradients."""

import platform

import numpy as np

from batchnorm import BatchNorm
from conv5 import Conv5
from conv8 import Conv8
from conv10 import Conv10
from strided import Strided

STEPS = {"strided": Strided, "batchnorm": BatchNorm, "conv8": Conv8, "conv5": Conv5, "conv10": Conv10}


class Job:
    def __init__(self, subject):
        weights = {weight: subject.weight(weight).astype(np.float64) for weight in subject.names}
        self._network = STEPS[subject.net](weights, subject.optimizer)
        self._subject = subject
        self._batches = [self._wide(batch) for batch in subject.batches()]
        self._next = 0

    @staticmethod
    def _wide(batch):
        images, labels = batch
        return images.astype(np.float64), labels

    def check(self):
        batch = self._wide(self._subject.checked_batch())
        return [self._network.step(*batch) for _ in range(self._subject.check_steps)]

    def activate(self):
        pass

    def step(self):
        batch = self._batches[self._next]
        self._next = (self._next + 1) % len(self._batches)
        return self._network.step(*batch)


class NumPy:
    def __init__(self, threads):
        self.versions = {"NumPy": np.__version__, "Python": platform.python_version(), "threads": str(threads)}
        self.note = None

    def settings(self, mode, subject):
        return ["default"]

    def build(self, subject, mode, setting, dropout):
        return Job(subject)

    def release(self):
        pass
