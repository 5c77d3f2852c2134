"""Writes the official node cases of ONNX as networks: the first input stays one, all others become constants.

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
from onnx import numpy_helper

OPERATORS = """Conv ConvTranspose Gemm MatMul MaxPool AveragePool GlobalAveragePool GlobalMaxPool BatchNormalization
InstanceNormalization GroupNormalization LayerNormalization Relu LeakyRelu PRelu Sigmoid Tanh Elu Selu Celu Softplus HardSigmoid HardSwish
Gelu Mish Swish Softmax Clip Add Sub Mul Div Sum Max Min Mean Neg Concat Pad Reshape Flatten Squeeze Unsqueeze Transpose ReduceMean ReduceMax
Resize Upsample Dropout Identity Constant ConstantOfShape Cast Shape Size Gather Slice Split Expand Range Where""".split()

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
data = Path(onnx.__file__).parent / "backend" / "test" / "data" / "node"
for case in sorted(data.iterdir()):
    model = onnx.load(str(case / "model.onnx"))
    graph = model.graph
    operators = {node.op_type for node in graph.node}
    if len(operators) != 1 or not operators <= set(OPERATORS) or graph.node[0].domain:
        continue
    sets = case / "test_data_set_0"
    try:
        tensors = [numpy_helper.to_array(onnx.load_tensor(str(sets / f"input_{i}.pb"))) for i in range(len(graph.input))]
        outputs = [numpy_helper.to_array(onnx.load_tensor(str(sets / f"output_{i}.pb"))) for i in range(len(graph.output))]
    except Exception:
        continue
    floats = [tensor for tensor in tensors if tensor.dtype.kind == "f"]
    if not tensors or tensors[0].dtype != np.float32 or any(t.dtype != np.float32 for t in floats) or any(o.dtype.kind not in "fi" for o in outputs):
        continue
    for value, tensor in zip(list(graph.input)[1:], tensors[1:]):
        graph.initializer.append(numpy_helper.from_array(tensor, value.name))
        graph.input.remove(value)
    (folder / f"{case.name}.onnx").write_bytes(model.SerializeToString())
    facts = {
        "operator": graph.node[0].op_type,
        "input": {"dims": list(tensors[0].shape), "data": tensors[0].flatten().tolist()},
        "outputs": [{"dims": list(y.shape), "data": y.astype(np.float64).flatten().tolist()} for y in outputs],
    }
    (folder / f"{case.name}.json").write_text(json.dumps(facts))
