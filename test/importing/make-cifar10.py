"""Writes cifar10.golden.json: what Keras says of cifar10-cnn.h5 and a thousand pictures of CIFAR-10.

    pip install keras==3.15.1 torch==2.13.0 h5py
    node test/importing/write-photographs.ts cifar10.raw cifar10
    python test/importing/make-cifar10.py ../shared cifar10.raw

The pictures come as pixels, since decoders differ in the last bit. They are JPEG, which loses some: accuracies compare with this file alone.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"
import keras
import numpy as np

SHARED, PIXELS = Path(sys.argv[1]), Path(sys.argv[2])
pixels = np.fromfile(PIXELS, np.uint8).reshape(1000, 32, 32, 3)
model = keras.saving.load_model(SHARED / "models" / "cifar10-cnn.h5", compile=False)
logits = model.predict(pixels.astype("float32"), verbose=0)
best = np.sort(logits, axis=1)
classes = logits.argmax(1)
golden = {
    "keras": keras.__version__,
    "pixels": hashlib.sha256(pixels.tobytes()).hexdigest(),
    "classes": "".join(map(str, classes)),
    "accuracy": float((classes == np.repeat(np.arange(10), 100)).mean()),
    "closest": float((best[:, -1] - best[:, -2]).min()),
    "range": float(logits.max() - logits.min()),
    "logits": [round(float(value), 5) for value in logits[::125].flatten()],
}
Path(__file__).with_name("cifar10.golden.json").write_text(json.dumps(golden) + "\n")
