"""Parts that the five programs share: softmax cross-entropy and plain gradient descent, in float64, NumPy's default."""

import numpy as np


def softmax_loss(logits, labels):
    """Mean loss of [n, classes] and its gradient."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    powers = np.exp(shifted)
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    loss = np.mean(np.log(powers.sum(axis=1)) - shifted[rows, labels])
    gradient = probabilities
    gradient[rows, labels] -= 1
    return loss, gradient / len(labels)


def descend(weights, gradients, rate):
    for name, gradient in gradients.items():
        weights[name] -= rate * gradient
