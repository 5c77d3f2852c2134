"""Writes the official node cases of ONNX as networks.

The first input stays one, all others become constants; of operators that take several tensors all are parts of one input. Where a node
only moves values, their sign is changed first, so that there is something to compute. Of LayerNormalization the first output is taken, and
the version of the operators is at most the last one that is read.

    pip install onnx==1.23.2
    python test/importing/make-onnx-cases.py FOLDER
    node test/importing/run-onnx-cases.ts FOLDER

Only cases whose tensors are float32 and whose operators stand in OPERATORS. Needs Node 22.18 or newer to run the script.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.backend.test.case.node import collect_testcases

OPERATORS = """Conv ConvTranspose Gemm MatMul MaxPool AveragePool GlobalAveragePool GlobalMaxPool BatchNormalization
InstanceNormalization GroupNormalization LayerNormalization Relu LeakyRelu PRelu Sigmoid Tanh Elu Selu Celu Softplus HardSigmoid HardSwish
Gelu Mish Swish Softmax Clip Add Sub Mul Div Sum Max Min Mean Neg Concat Pad Reshape Flatten Squeeze Unsqueeze Transpose ReduceMean ReduceMax
Resize Upsample Dropout Identity Constant ConstantOfShape Cast Shape Size Gather Slice Split Expand Range Where""".split()

MOVING = "Reshape Flatten Squeeze Unsqueeze Transpose Identity Dropout Slice Split".split()
SEVERAL = "Add Sub Mul Max Mean Sum Concat".split()
LAST_VERSION = 24

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
for case in collect_testcases(None):
    model = case.model
    graph = model.graph
    operators = {node.op_type for node in graph.node}
    if case.kind != "node" or len(operators) != 1 or not operators <= set(OPERATORS) or graph.node[0].domain:
        continue
    tensors, outputs = case.data_sets[0]
    if not all(isinstance(tensor, np.ndarray) for tensor in [*tensors, *outputs]):
        continue
    floats = [tensor for tensor in tensors if tensor.dtype.kind == "f"]
    if not tensors or tensors[0].dtype != np.float32 or any(t.dtype != np.float32 for t in floats) or any(o.dtype.kind not in "fi" for o in outputs):
        continue
    operator = graph.node[0].op_type
    for opset in model.opset_import:
        opset.version = min(opset.version, LAST_VERSION)
    if operator == "LayerNormalization":
        del graph.output[1:], outputs[1:]
    if operator in MOVING:
        first = graph.input[0].name
        graph.node[0].input[0] = "negative"
        graph.node.insert(0, helper.make_node("Neg", [first], ["negative"]))
        outputs = [-y for y in outputs]
    if operator in SEVERAL and len(tensors) > 1 and len({t.shape for t in tensors}) == 1 and tensors[0].ndim in (2, 3, 4):
        names = [value.name for value in graph.input]
        count = len(tensors)
        extent = tensors[0].shape[1]
        graph.initializer.append(numpy_helper.from_array(np.full(count, extent, np.int64), "extents"))
        graph.node.insert(0, helper.make_node("Split", ["all", "extents"], names, axis=1))
        tensors = [np.concatenate(tensors, 1)]
        del graph.input[:]
        graph.input.append(helper.make_tensor_value_info("all", 1, tensors[0].shape))
    for value, tensor in zip(list(graph.input)[1:], tensors[1:]):
        graph.initializer.append(numpy_helper.from_array(tensor, value.name))
        graph.input.remove(value)
    (folder / f"{case.name}.onnx").write_bytes(model.SerializeToString())
    facts = {
        "operator": operator,
        "input": {"dims": list(tensors[0].shape), "data": tensors[0].flatten().tolist()},
        "outputs": [{"dims": list(y.shape), "data": y.astype(np.float64).flatten().tolist()} for y in outputs],
    }
    (folder / f"{case.name}.json").write_text(json.dumps(facts).replace("Infinity", "1e999").replace("NaN", "null"))
