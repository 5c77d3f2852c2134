"""PyTorch on the CPU, each way of running it a setting."""

import os
import re
import shutil
import time
import warnings

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from pytorch_network import network, tensor

warnings.filterwarnings("ignore")

LAYOUTS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
# How an optimizer walks the parameters.
OPTIMIZERS = {"loop": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}
EAGER = ("eager", "eager without oneDNN")


def compiler():
    """True if the compiler that torch.compile needs is there, and is wanted."""
    return "CONVASM_EAGER" not in os.environ and any(shutil.which(name) for name in ("g++", "clang++"))


def products(n=768, seconds=1):
    """Best rates, in turns, of a float32 matrix product of PyTorch and, to compare it with, of NumPy's own BLAS."""
    a = np.random.default_rng(1).standard_normal((n, n), np.float32)
    x = torch.from_numpy(a)
    best = [0.0, 0.0]
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for i, multiply in enumerate((lambda: x @ x, lambda: a @ a)):
            began = time.perf_counter()
            multiply()
            best[i] = max(best[i], 2 * n**3 / (time.perf_counter() - began) / 1e9)
    return best


def backends():
    """Thread pool and BLAS that this build uses."""
    pool = re.search(r"ATen parallel backend: (\S+)", torch.__config__.parallel_info())
    blas = re.search(r"BLAS_INFO=(\w+)", torch.__config__.show())
    return (pool.group(1) if pool else "none"), (blas.group(1) if blas else "unknown")


class PyTorch:
    def __init__(self, threads):
        torch.set_num_threads(threads)
        torch.set_flush_denormal(True)
        torch.manual_seed(1)
        mine, others = products()
        pool, blas = backends()
        onednn = torch.backends.mkldnn.is_available()
        self.versions = {
            "PyTorch": torch.__version__,
            "threads": str(torch.get_num_threads()),
            "thread pool": pool,
            "BLAS": blas,
            "capability": torch.backends.cpu.get_cpu_capability(),
            "oneDNN": "yes" if onednn else "no",
            "sgemm": f"{mine:.0f} GFLOP/s (NumPy's BLAS {others:.0f})",
            "torch.compile": "yes" if compiler() else "no C++ compiler, or not wanted",
        }
        faults = []
        if torch.get_num_threads() != threads:
            faults.append(f"runs {torch.get_num_threads()} threads instead of {threads}")
        if not onednn:
            faults.append("built without oneDNN")
        if mine < 0.6 * others:
            faults.append(f"its matrix product runs at {mine:.0f} GFLOP/s, NumPy's at {others:.0f}")
        self.note = "crippled? " + "; ".join(faults) if faults else None

    def settings(self, mode, subject):
        compiled = compiler()
        if mode == "train":
            ways = [*EAGER, *(["compiled"] if compiled else [])]
            return [
                f"{way}, {layout}, {optimizer}"
                for way in ways
                for layout in LAYOUTS
                for optimizer in (OPTIMIZERS if way != "compiled" else ["fused"])
            ]
        ways = [*EAGER, "traced", "traced and optimized", *(["compiled and frozen"] if compiled else [])]
        return [f"{way}, {layout}" for way in ways for layout in LAYOUTS]

    def build(self, subject, mode, setting, dropout):
        way, layout, *rest = setting.split(", ")
        net = network(subject.program, subject, dropout).to(memory_format=LAYOUTS[layout])
        if mode == "train":
            return Training(subject, net, way, LAYOUTS[layout], rest[0])
        return Inference(subject, net, way, LAYOUTS[layout])

    def release(self):
        torch._dynamo.reset()


class Job:
    """Batches are tensors in the right layout before anything is timed."""

    def __init__(self, subject, way, layout):
        self._subject, self._layout = subject, layout
        self._onednn = way != "eager without oneDNN"
        self.activate()
        self._checked = self._upload(subject.checked_batch())
        self._batches = [self._upload(batch) for batch in subject.batches()]
        self._next = 0

    def _upload(self, batch):
        images, labels = batch
        x = tensor(images.transpose(0, 3, 1, 2)).contiguous(memory_format=self._layout)
        return x, torch.from_numpy(labels)

    def activate(self):
        """Jobs take turns, and this switch is one for all."""
        torch.backends.mkldnn.enabled = self._onednn

    def step(self):
        batch = self._batches[self._next]
        self._next = (self._next + 1) % len(self._batches)
        return self.run(*batch)


class Training(Job):
    def __init__(self, subject, net, way, layout, optimizer):
        super().__init__(subject, way, layout)
        options = dict(subject.optimizer)
        kind, rate = options.pop("type"), options.pop("learningRate")
        how = OPTIMIZERS[optimizer]
        if kind == "sgd":
            self._optimizer = torch.optim.SGD(net.parameters(), lr=rate, **how)
        else:
            betas = (options.get("beta1", 0.9), options.get("beta2", 0.999))
            self._optimizer = torch.optim.Adam(net.parameters(), rate, betas, options.get("epsilon", 1e-7), **how)
        net.train()

        def loss(x, labels):
            return F.cross_entropy(net(x), labels)

        self._loss = torch.compile(loss, dynamic=False) if way == "compiled" else loss

    def check(self):
        return [self.run(*self._checked) for _ in range(self._subject.check_steps)]

    def run(self, x, labels):
        self._optimizer.zero_grad(set_to_none=True)
        loss = self._loss(x, labels)
        loss.backward()
        self._optimizer.step()
        return loss.item()


class Inference(Job):
    def __init__(self, subject, net, way, layout):
        super().__init__(subject, way, layout)
        net = nn.Sequential(net, nn.Softmax(1)).eval()
        # Compiled code guards against inference mode.
        self._mode = torch.no_grad if way.startswith("compiled") else torch.inference_mode
        with torch.no_grad():
            if way.startswith("traced"):
                net = torch.jit.freeze(torch.jit.trace(net, self._checked[0]))
                if way == "traced and optimized":
                    net = torch.jit.optimize_for_inference(net)
            elif way == "compiled and frozen":
                net = torch.compile(net, dynamic=False, options={"freezing": True, "cpp_wrapper": True})
        self._net = net

    def check(self):
        with self._mode():
            return self._net(self._checked[0]).flatten().tolist()

    def run(self, x, labels):
        with self._mode():
            return self._net(x).numpy()
