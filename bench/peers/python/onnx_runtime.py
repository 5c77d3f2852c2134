"""ONNX Runtime on the CPU, its native build: inference."""

import numpy as np
import onnxruntime


class OnnxRuntime:
    note = None

    def __init__(self, threads):
        self._options = onnxruntime.SessionOptions()
        self._options.intra_op_num_threads = threads
        self._options.inter_op_num_threads = 1
        self._options.log_severity_level = 3
        self.versions = {"ONNX Runtime": onnxruntime.__version__, "threads": str(threads)}

    def settings(self, mode, subject):
        return ["default"]

    def build(self, subject, mode, setting, dropout):
        if mode == "train":
            raise ValueError("ONNX Runtime does not train")
        return Inference(subject, onnxruntime.InferenceSession(subject.onnx, self._options, ["CPUExecutionProvider"]))

    def release(self):
        pass


class Inference:
    """Batches are in channels-first order before anything is timed."""

    def __init__(self, subject, session):
        self._session = session
        self._checked = self._upload(subject.checked_batch())
        self._batches = [self._upload(batch) for batch in subject.batches()]
        self._next = 0

    def _upload(self, batch):
        return np.ascontiguousarray(batch[0].transpose(0, 3, 1, 2))

    def activate(self):
        pass

    def check(self):
        return self._run(self._checked).flatten().tolist()

    def step(self):
        self._run(self._batches[self._next])
        self._next = (self._next + 1) % len(self._batches)

    def _run(self, images):
        return self._session.run(None, {"images": images})[0]
