"""Writes onnx/tf2onnx.onnx, a small network of Keras as tf2onnx writes it; make-onnx.py notes what onnxruntime says of it.

    pip install tensorflow==2.21.0 tf2onnx==1.17.0
    python test/importing/make-onnx-tensorflow.py
"""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
import tf2onnx
from keras import layers

keras.utils.set_random_seed(1)
inputs = keras.Input((8, 10, 3))
x = layers.Conv2D(4, 3, strides=2, padding="same", activation="relu")(inputs)
y = layers.BatchNormalization()(layers.DepthwiseConv2D(3, padding="same", activation="relu6")(x))
gate = layers.GlobalAveragePooling2D(keepdims=True)(y)
gate = layers.Conv2D(4, 1, activation="hard_sigmoid")(layers.Conv2D(2, 1, activation="swish")(gate))
x = layers.Concatenate()([x, layers.Multiply()([y, gate])])
x = layers.Conv2DTranspose(4, 3, strides=2, padding="same", activation="leaky_relu")(x)
x = layers.AveragePooling2D(2)(layers.MaxPooling2D(3, 2, padding="same")(x))
model = keras.Model(inputs, layers.Dense(4, activation="softmax")(layers.Flatten()(x)))
for weight in model.weights:
    # Of few bits, and statistics that are not those of the start.
    values = np.round(np.random.rand(*weight.shape) * 64) / 64
    weight.assign(values + 0.5 if "variance" in weight.path else values - 0.5)
run = tf.function(lambda x: model(x, training=False))
exported, _ = tf2onnx.convert.from_function(run, [tf.TensorSpec((None, 8, 10, 3), tf.float32, name="x")], opset=15)
Path(__file__).with_name("onnx").joinpath("tf2onnx.onnx").write_bytes(exported.SerializeToString())
