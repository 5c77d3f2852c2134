"""Writes files/keras/version-2*.{h5,keras}, and tf-keras.golden.json: a model of Keras 2 with its outputs.

    pip install tensorflow-cpu==2.21.0 tf_keras==2.21.0
    python test/importing/make-tf-keras.py

Weights and pixels are those of make-keras.py.
"""

import json
import zipfile
from pathlib import Path

import numpy as np
import tf_keras as keras
from tf_keras import layers as L

FILES = Path(__file__).with_name("files") / "keras"


def pixels(shape):
    count = int(np.prod(shape))
    return ((np.arange(count) * 37 % 101) / 101).astype("float32").reshape(1, *shape)


def draw(model):
    random = np.random.default_rng(1)
    for weight in model.weights:
        positive = "variance" in weight.name or "gamma" in weight.name
        values = random.uniform(0.5, 1.5, weight.shape) if positive else random.normal(0, 0.4, weight.shape)
        weight.assign(values.astype("float32"))


x = image = keras.Input((8, 8, 2))
x = L.Rescaling(1 / 2)(x)
x = L.Conv2D(3, 3, activation="hard_sigmoid")(x)
inner = keras.Input((6, 6, 3))
z = L.DepthwiseConv2D(3, padding="same")(inner)
z = L.BatchNormalization()(z)
z = L.Conv2D(3, 1)(z)
x = keras.Model(inner, z, name="inner")(x)
frozen = keras.Sequential([L.Conv2D(2, 3, input_shape=(6, 6, 3)), L.BatchNormalization()], name="frozen")
frozen.trainable = False
y = frozen(x)
x = L.Concatenate()([L.GlobalAveragePooling2D()(x), L.GlobalAveragePooling2D()(y)])
x = L.LeakyReLU(alpha=0.2)(x)
x = L.Dense(3, activation="softmax")(x)
model = keras.Model(image, x)
model.compile(keras.optimizers.Adam(0.002), keras.losses.SparseCategoricalCrossentropy())
draw(model)
model.save(FILES / "version-2.h5")
model.save(FILES / "version-2.keras")
model.save_weights(FILES / "version-2.weights.h5")
model.save_weights(FILES / "version-2-weights.h5")
path = FILES / "version-2.keras"
with zipfile.ZipFile(path) as archive:
    entries = [(name, archive.read(name)) for name in archive.namelist()]
with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
    for name, content in entries:
        archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
outputs = [round(float(value), 6) for value in model.predict(pixels((8, 8, 2)), verbose=0).flatten()]
golden = {"keras": keras.__version__, "models": {"version-2": {"endings": ["h5", "keras"], "outputs": [outputs]}}}
Path(__file__).with_name("tf-keras.golden.json").write_text(json.dumps(golden) + "\n")
