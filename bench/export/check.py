"""Reads exported models with the programs of their formats and compares predictions with convasm's.

    node test/exporting/write-cases.ts onnx FOLDER
    python bench/export/check.py onnx FOLDER

Prints a line for each model: the largest difference of its outputs, as a part of their range, and what is wrong. Needs numpy, and
onnx with onnxruntime, torch with safetensors, or keras with torch. ONNX Runtime Web and TensorFlow.js are asked by
test/exporting/networks.slow.test.ts and layers.slow.test.ts.
"""

import importlib.util
import json
import os
import sys

import numpy as np

LIMIT = 1e-4


def channels_first(images):
    return np.ascontiguousarray(images.transpose(0, 3, 1, 2))


def channels_last(output):
    return output.transpose(0, 2, 3, 1) if output.ndim == 4 else output


def run_onnx(folder, files, images):
    import onnx
    import onnxruntime

    path = os.path.join(folder, files[0])
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    names = [output.name for output in session.get_outputs()]
    return [channels_last(output) for output in session.run(names, {given.name: channels_first(images)})]


def run_pytorch(folder, files, images):
    import torch

    (script,) = [file for file in files if file.endswith(".py")]
    spec = importlib.util.spec_from_file_location("exported_" + script.replace("-", "_")[:-3], os.path.join(folder, script))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with torch.no_grad():
        outputs = module.load()(torch.from_numpy(channels_first(images)))
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    return [channels_last(output.numpy()) for output in outputs]


def run_keras(folder, files, images):
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    model = keras.models.load_model(os.path.join(folder, files[0]))
    outputs = model.predict(images, verbose=0)
    return outputs if isinstance(outputs, list) else [outputs]


RUN = {"onnx": run_onnx, "pytorch": run_pytorch, "keras": run_keras}


def fault_of(case, run, folder):
    """The largest difference, and what is wrong or None."""
    if "error" in case:
        return 0.0, case["error"]
    pixels = np.array(case["images"], np.float32).reshape(case["shape"])
    try:
        outputs = run(folder, case["files"], pixels)
    except Exception as error:  # Whatever the other program does not like.
        return 0.0, f"{type(error).__name__}: {str(error).splitlines()[0][:300]}"
    largest = 0.0
    for expected, got in zip(case["expected"], outputs, strict=True):
        wanted = np.array(expected["values"], np.float32).reshape(expected["shape"])
        if got.shape != wanted.shape:
            return 0.0, f"shape {got.shape}, expected {wanted.shape}"
        span = max(float(np.ptp(wanted)), 1e-3)
        largest = max(largest, float(np.abs(got - wanted).max()) / span)
    return largest, None if largest <= LIMIT else "differs"


def main():
    name, folder = sys.argv[1:3]
    with open(os.path.join(folder, "cases.json"), encoding="utf-8") as file:
        cases = json.load(file)
    faults = 0
    worst = 0.0
    for case in cases:
        difference, fault = fault_of(case, RUN[name], folder)
        worst = max(worst, difference)
        faults += fault is not None
        if fault is not None or "-v" in sys.argv:
            print(f"{difference:8.1e}  {case['title']}{'' if fault is None else ': ' + fault}")
    print(f"{name}: {len(cases) - faults} of {len(cases)} models agree within {LIMIT} of their range; largest difference {worst:.1e}")
    sys.exit(1 if faults else 0)


main()
