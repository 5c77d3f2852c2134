"""Writes files/keras/*.keras and *.h5, and keras.golden.json: small models of Keras 3 with Keras' own outputs.

    pip install keras==3.15.1 torch==2.13.0 h5py
    python test/importing/make-keras.py

All weights are drawn, statistics too, so that no layer is the identity. `outputs` are those for pixels (37 i mod 101) / 101 of one image;
test/importing/keras.test.ts feeds the same.
"""

import json
import os
import zipfile
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"
import h5py
import keras
import numpy as np
from keras import layers as L

FILES = Path(__file__).with_name("files") / "keras"
FILES.mkdir(exist_ok=True)
golden = {}


def pixels(shape):
    count = int(np.prod(shape))
    return ((np.arange(count) * 37 % 101) / 101).astype("float32").reshape(1, *shape)


def draw(model, seed=1):
    random = np.random.default_rng(seed)
    for weight in model.weights:
        if weight.dtype == "float32":
            positive = "variance" in weight.path or "gamma" in weight.path
            values = random.uniform(0.5, 1.5, weight.shape) if positive else random.normal(0, 0.4, weight.shape)
            weight.assign(values.astype("float32"))


def keep(name, model, endings=("keras",), note=None):
    shape = model.input_shape[1:]
    draw(model)
    outputs = model.predict(pixels(shape), verbose=0)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    for ending in endings:
        if ending == "weights.h5":
            model.save_weights(FILES / f"{name}.weights.h5")
        else:
            model.save(FILES / f"{name}.{ending}")
        if ending == "keras":
            pack(FILES / f"{name}.keras")
    golden[name] = {
        "endings": list(endings),
        "outputs": [[round(float(value), 6) for value in output.flatten()] for output in outputs],
    }


def pack(path):
    """Deflates what Keras only stores, to a fifth."""
    with zipfile.ZipFile(path) as archive:
        entries = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def chain():
    model = keras.Sequential(
        [
            keras.Input((9, 8, 2)),
            L.RandomFlip(),
            L.Rescaling(1 / 2, offset=[0.1, -0.1], name="scale"),
            L.Conv2D(4, 3, strides=2, padding="same", name="first conv"),
            L.BatchNormalization(),
            L.ReLU(6.0),
            L.DepthwiseConv2D((3, 2), depth_multiplier=2, padding="same", activation="tanh"),
            L.BatchNormalization(center=False, scale=False),
            L.SeparableConv2D(5, 3, padding="same", depth_multiplier=2, activation="leaky_relu"),
            L.GaussianNoise(0.1),
            L.MaxPooling2D(2, padding="same"),
            L.SpatialDropout2D(0.2),
            L.Conv2DTranspose(3, 3, strides=2, padding="same", use_bias=False, kernel_regularizer="l2"),
            L.AveragePooling2D((2, 1), padding="same", strides=1),
            L.GaussianDropout(0.3),
            L.Flatten(),
            L.Dense(6, activation="hard_sigmoid", trainable=False),
            L.Dropout(0.5),
            L.Dense(4, activation="softmax"),
        ]
    )
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.1)
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True), loss)
    keep("chain", model, ("keras", "h5", "weights.h5"))


def lines():
    x = signal = keras.Input((24, 3))
    x = L.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="relu")(x)
    x = L.BatchNormalization()(x)
    x = L.ZeroPadding1D((1, 2))(x)
    x = L.MaxPooling1D(2, strides=2, padding="same")(x)
    x = L.Conv1D(6, 3, strides=2, groups=2, padding="same", use_bias=False)(x)
    x = L.DepthwiseConv1D(3, depth_multiplier=2, padding="same", activation="silu")(x)
    x = L.SeparableConv1D(5, 2, depth_multiplier=2)(x)
    x = L.UpSampling1D(3)(x)
    x = L.Conv1DTranspose(4, 3, strides=2, padding="same")(x)
    x = L.Cropping1D((2, 1))(x)
    x = L.SpatialDropout1D(0.1)(L.Dense(5, activation="tanh")(x))
    x = L.AveragePooling1D(3)(x)
    y = L.Dense(2)(L.GlobalMaxPooling1D()(x))
    z = L.GlobalAveragePooling1D(keepdims=True)(x)
    keep("lines", keras.Model(signal, [y, L.Conv1D(2, 1)(z), L.Flatten()(x)]), ("keras", "h5"))


def graph():
    x = image = keras.Input((8, 8, 3), name="image")
    x = L.Normalization(name="norm")(x)
    x = L.ZeroPadding2D(((1, 0), (0, 2)))(x)
    x = L.Conv2D(4, 3, groups=1, dilation_rate=2, padding="same", activation="silu")(x)
    a = L.Conv2D(4, 1, name="a", activation=L.ReLU(6.0))(x)
    b = L.GroupNormalization(2)(L.Cropping2D(((1, 0), (0, 2)))(x))
    b = L.UpSampling2D((2, 1), interpolation="bilinear")(b)
    b = L.ZeroPadding2D((1, 0))(L.AveragePooling2D((2, 1))(b))
    b = L.Cropping2D(((1, 0), (0, 0)))(b)
    b = L.ZeroPadding2D(((0, 0), (0, 2)))(b)
    relu = L.LeakyReLU(0.1, name="shared")
    squeezed = L.GlobalAveragePooling2D(keepdims=True)(a)
    squeezed = L.Dense(4, activation="sigmoid")(squeezed)
    a = L.Multiply()([a, squeezed])
    a = L.Dropout(0.1, noise_shape=(None, 1, 1, 1))(a)
    x = L.Add()([relu(a), relu(b)])
    y = L.Subtract()([L.PReLU(shared_axes=[1, 2])(x), L.LayerNormalization()(x)])
    x = L.Average()([x, y, L.Maximum()([x, y])])
    x = L.Concatenate()([x, L.ELU(0.5)(y)])
    x = L.Concatenate(axis=1)([x, L.Activation("mish")(x)])
    inner = keras.Input((18, 10, 8))
    z = L.Conv2D(3, 3, name="conv", activation="relu")(inner)
    z = L.BatchNormalization(name="bn")(z)
    deepest = keras.Sequential([keras.Input((16, 8, 3)), L.Conv2D(3, 3, name="conv"), L.BatchNormalization()], name="deepest")
    z = deepest(z)
    frozen = keras.Sequential([keras.Input((14, 6, 3)), L.Conv2D(2, 3), L.BatchNormalization()], name="frozen")
    frozen.trainable = False
    z = frozen(z)
    x = keras.Model(inner, z, name="nested")(x)
    x = L.Permute((2, 1, 3))(x)
    left = L.Dense(3, name="left")(L.GlobalMaxPooling2D()(x))
    right = L.Dense(2, name="right")(L.Reshape((-1,))(x))
    keep("graph", keras.Model(image, [left, right]), ("keras", "h5"))


def activations():
    names = ["relu", "relu6", "sigmoid", "tanh", "softmax", "softplus", "elu", "selu", "gelu", "silu", "mish"]
    names += ["hard_sigmoid", "hard_silu", "leaky_relu", "linear"]
    x = vector = keras.Input((5,), name="vector")
    branches = [L.Activation(name)(L.Dense(3)(x)) for name in names]
    branches += [layer(L.Dense(3)(x)) for layer in (L.PReLU(), L.Softmax(), L.LeakyReLU(), L.Identity())]
    keep("activations", keras.Model(vector, L.Concatenate()(branches)))


def rows():
    model = keras.Sequential([keras.Input((4, 6)), L.Reshape((4, 6, 1)), L.Conv2D(2, 3), L.Flatten(), L.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    keep("rows", model)


def channels_first():
    first = {"data_format": "channels_first"}
    x = image = keras.Input((2, 6, 8))
    x = L.Conv2D(3, 3, padding="same", **first)(x)
    x = L.BatchNormalization(axis=1)(x)
    x = L.PReLU(shared_axes=[2, 3])(x)
    y = L.SeparableConv2D(3, 3, padding="same", **first)(x)
    x = L.Concatenate(axis=1)([x, L.DepthwiseConv2D(3, padding="same", **first)(y)])
    x = L.Concatenate(axis=3)([x, x])
    x = L.ZeroPadding2D((1, 2), **first)(x)
    x = L.MaxPooling2D(2, **first)(x)
    pooled = L.GlobalAveragePooling2D(keepdims=True, **first)(x)
    x = L.Multiply()([x, L.Activation("sigmoid")(pooled)])
    flat = L.Flatten(data_format="channels_last")(x)
    other = L.Flatten(**first)(x)
    shaped = L.Reshape((3, 2, -1))(x)
    shaped = L.Conv2D(2, 1, **first)(shaped)
    x = L.Concatenate()([L.Dense(3)(flat), L.Dense(3)(other), L.Flatten(data_format="channels_last")(shaped)])
    keep("channels-first", keras.Model(image, x))


def version_one():
    """Keras 1.2 as its own code writes it (keras/engine/topology.py of 1.2.2), with the weights of a model of Keras 3."""
    for ordering in ("tf", "th"):
        shape = (7, 6, 2) if ordering == "tf" else (2, 7, 6)
        axis = -1 if ordering == "tf" else 1
        form = {"data_format": "channels_last" if ordering == "tf" else "channels_first"}
        model = keras.Sequential(
            [
                keras.Input(shape),
                L.Conv2D(3, (3, 2), strides=(2, 1), padding="same", activation="relu", **form, name="convolution2d_1"),
                L.BatchNormalization(axis=axis, epsilon=1e-3, name="batchnormalization_1"),
                L.MaxPooling2D((2, 1), **form, name="maxpooling2d_1"),
                # Version 1 flattens as the numbers stand.
                L.Flatten(data_format="channels_last", name="flatten_1"),
                L.Dropout(0.25, name="dropout_1"),
                L.Dense(4, activation="softmax", name="dense_1"),
            ]
        )
        name = f"version-1-{ordering}"
        keep(name, model, ())
        golden[name]["endings"] = ["h5"]
        conv, bn, dense = (model.get_layer(n) for n in ("convolution2d_1", "batchnormalization_1", "dense_1"))
        kernel, bias = conv.get_weights()
        kernel = kernel if ordering == "tf" else kernel.transpose(3, 2, 0, 1)
        old = {
            "convolution2d_1": [("W", kernel), ("b", bias)],
            "batchnormalization_1": list(zip(("gamma", "beta", "running_mean", "running_std"), bn.get_weights())),
            "maxpooling2d_1": [],
            "flatten_1": [],
            "dropout_1": [],
            "dense_1": list(zip("Wb", dense.get_weights())),
        }
        common = {"trainable": True}
        no = dict.fromkeys(("W_regularizer", "b_regularizer", "W_constraint", "b_constraint", "activity_regularizer"))
        config = [
            {
                "class_name": "Convolution2D",
                "config": {
                    "name": "convolution2d_1", "nb_filter": 3, "nb_row": 3, "nb_col": 2, "subsample": [2, 1], "border_mode": "same",
                    "dim_ordering": ordering, "activation": "relu", "init": "glorot_uniform", "bias": True,
                    "batch_input_shape": [None, *shape], "input_dtype": "float32", **no, **common,
                },
            },
            {
                "class_name": "BatchNormalization",
                "config": {
                    "name": "batchnormalization_1", "mode": 0, "axis": axis, "epsilon": 0.001, "momentum": 0.99,
                    "gamma_regularizer": None, "beta_regularizer": None, **common,
                },
            },
            {
                "class_name": "MaxPooling2D",
                "config": {
                    "name": "maxpooling2d_1", "pool_size": [2, 1], "strides": [2, 1], "border_mode": "valid",
                    "dim_ordering": ordering, **common,
                },
            },
            {"class_name": "Flatten", "config": {"name": "flatten_1", **common}},
            {"class_name": "Dropout", "config": {"name": "dropout_1", "p": 0.25, **common}},
            {
                "class_name": "Dense",
                "config": {
                    "name": "dense_1", "output_dim": 4, "input_dim": None, "init": "glorot_uniform", "activation": "softmax",
                    "bias": True, **no, **common,
                },
            },
        ]
        with h5py.File(FILES / f"{name}.h5", "w") as file:
            file.attrs["keras_version"] = b"1.2.2"
            file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": config}).encode()
            training = {
                "optimizer_config": {"class_name": "SGD", "config": {"lr": 0.01, "momentum": 0.9, "decay": 0.0, "nesterov": False}},
                "loss": "categorical_crossentropy", "metrics": ["accuracy"], "sample_weight_mode": None, "loss_weights": None,
            }
            file.attrs["training_config"] = json.dumps(training).encode()
            weights = file.create_group("model_weights")
            weights.attrs["layer_names"] = [layer.encode() for layer in old]
            for layer, arrays in old.items():
                group = weights.create_group(layer)
                names = [f"{layer}_{weight}".encode() for weight, _ in arrays]
                group.attrs["weight_names"] = names
                for key, (_, array) in zip(names, arrays):
                    group.create_dataset(key, data=array)


def theano():
    """Version 2 with Theano: the file of version 1 with channels last, its kernels turned, under the newer names."""
    golden["theano"] = {**golden["version-1-tf"]}
    with h5py.File(FILES / "version-1-tf.h5") as old, h5py.File(FILES / "theano.h5", "w") as new:
        for key in ("model_config", "training_config", "keras_version"):
            new.attrs[key] = old.attrs[key]
        new.attrs["backend"] = b"theano"
        old.copy("model_weights", new)
        kernel = new["model_weights/convolution2d_1/convolution2d_1_W"]
        kernel[...] = kernel[::-1, ::-1]


for make in (chain, lines, graph, activations, rows, channels_first, version_one, theano):
    make()
path = Path(__file__).with_name("keras.golden.json")
path.write_text(json.dumps({"keras": keras.__version__, "models": golden}, indent=0).replace("\n", "") + "\n")
