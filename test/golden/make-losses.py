"""Writes the golden values that convasm's losses with weights are compared with: PyTorch 2.13, CPU, float64.

python3 test/golden/make-losses.py

The network is one dense layer. A mean is the sum of weight times loss over the number of images, as Keras has it; where
PyTorch divides by the weights instead, the loss of each image is taken from it (reduction="none").
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
FOLDER = Path(__file__).parent
GENERATOR = torch.Generator().manual_seed(20251130)
IMAGES, INPUTS, OUTPUTS = 7, 6, 5


def draw(*shape):
    """Normal numbers, rounded to 1/256, which float32 holds exactly."""
    return torch.round(torch.randn(shape, generator=GENERATOR) * 256) / 256


def focal(logits, labels, alpha, gamma, smoothing):
    """Keras' CategoricalFocalCrossentropy from logits."""
    target = F.one_hot(labels, logits.shape[1]) * (1 - smoothing) + smoothing / logits.shape[1]
    p = torch.softmax(logits, 1)
    return (torch.tensor(alpha) * (1 - p) ** gamma * target * -torch.log(p)).sum(1)


def binary_focal(logits, targets, gamma, smoothing, alpha=None):
    """Keras' BinaryFocalCrossentropy from logits; `alpha` where classes are balanced."""
    t = targets * (1 - smoothing) + 0.5 * smoothing
    p = torch.sigmoid(logits)
    factor = (1 - (t * p + (1 - t) * (1 - p))) ** gamma
    losses = factor * F.binary_cross_entropy(p, t, reduction="none")
    if alpha is not None:
        losses = losses * (t * alpha + (1 - t) * (1 - alpha))
    return losses.mean(1)


images = draw(IMAGES, INPUTS)
kernel = draw(INPUTS, OUTPUTS).requires_grad_()
bias = draw(OUTPUTS).requires_grad_()
labels = torch.tensor([0, 3, 1, 1, 4, 2, 0])
values = draw(IMAGES, OUTPUTS)
shares = torch.randint(0, 5, (IMAGES, OUTPUTS), generator=GENERATOR) / 4
rows = torch.randint(0, 9, (IMAGES, OUTPUTS), generator=GENERATOR) / 64
rows[:, 2] += 1 - rows.sum(1)
sample_weight = torch.tensor([1, 0.5, 2, 0, 1.25, 3, 0.75])
class_weight = torch.tensor([1, 0.5, 2.5, 0.25, 4])
ones = torch.ones(IMAGES)
ALPHAS = [0.25, 1, 0, 2.5, 0.75]


def distillation(logits, teacher, temperature, share):
    """Hinton et al. (2015), as in PyTorch's tutorial on knowledge distillation; the teacher has probabilities."""
    cooled = F.softmax(teacher.log() / temperature, 1)
    soft = F.kl_div(F.log_softmax(logits / temperature, 1), cooled, reduction="none").sum(1) * temperature**2
    return (1 - share) * F.cross_entropy(logits, labels, reduction="none") + share * soft


def case(
    name, loss, losses, targets=None, labels=None, sample_weight=None, class_weight=None, evaluated=None, teacher=None
):
    """A loss with its options, the loss of each image as a function of the logits, and the weights that it is given."""
    kernel.grad = bias.grad = None
    logits = images @ kernel + bias
    each = losses(logits)
    mean = (each * (ones if sample_weight is None else sample_weight)).sum() / IMAGES if each.ndim else each
    mean.backward()
    found = {"name": name, "loss": loss, "mean": mean.item()}
    if targets is not None:
        found["targets"] = targets.flatten().tolist()
    if labels is not None:
        found["labels"] = labels.tolist()
    if sample_weight is not None:
        found["sampleWeight"] = sample_weight.tolist()
    if class_weight is not None:
        found["classWeight"] = class_weight.tolist()
    if teacher is not None:
        found["targets"] = teacher.flatten().tolist()
    if evaluated is not None:
        found["evaluated"] = evaluated(logits).item()
    return {**found, "kernel": kernel.grad.flatten().tolist(), "bias": bias.grad.tolist()}


def entropy(target, **options):
    return lambda logits: F.cross_entropy(logits, target, reduction="none", **options)


def weighed(losses):
    return lambda logits: (losses(logits) * sample_weight).sum() / IMAGES


SOFTMAX = {"type": "softmaxCrossEntropy"}
SMOOTH = {**SOFTMAX, "labelSmoothing": 0.125}
ignoring = torch.tensor([0, 3, 1, 1, 9, 2, 9])
CASES = [
    case("absolute error", {"type": "meanAbsoluteError"}, lambda y: F.l1_loss(y, values, reduction="none").mean(1), values),
    *(
        case(
            f"Huber's loss, delta {delta}",
            {"type": "huber", "delta": delta},
            lambda y: F.huber_loss(y, values, reduction="none", delta=delta).mean(1),
            values,
        )
        for delta in (0.5, 1, 2)
    ),
    *(
        case(
            f"binary focal, {options}",
            {"type": "binaryFocalCrossentropy", **options},
            lambda y: binary_focal(
                y,
                shares,
                options.get("gamma", 2),
                options.get("labelSmoothing", 0),
                options.get("alpha", 0.25) if "applyClassBalancing" in options else None,
            ),
            shares,
        )
        for options in (
            {},
            {"gamma": 0},
            {"gamma": 1.5, "labelSmoothing": 0.125},
            {"applyClassBalancing": True},
            {"applyClassBalancing": True, "alpha": 0.75, "gamma": 0.5},
        )
    ),
    *(
        case(
            f"categorical focal, {options}",
            {"type": "categoricalFocalCrossentropy", **options},
            lambda y: focal(y, labels, options.get("alpha", 0.25), options.get("gamma", 2), options.get("labelSmoothing", 0)),
            labels=labels,
        )
        for options in ({}, {"gamma": 0, "alpha": 1}, {"gamma": 0.5, "alpha": 2}, {"labelSmoothing": 0.125})
    ),
    *(
        case(
            f"categorical focal, a factor for each class, {options}",
            {"type": "categoricalFocalCrossentropy", "alpha": ALPHAS, **options},
            lambda y: focal(y, labels, ALPHAS, options.get("gamma", 2), options.get("labelSmoothing", 0)),
            labels=labels,
        )
        for options in ({}, {"gamma": 0.5, "labelSmoothing": 0.125})
    ),
    case("shares of classes", SOFTMAX, entropy(rows), rows),
    case("shares of classes, smoothed", SMOOTH, entropy(rows, label_smoothing=0.125), rows),
    case(
        "shares of classes, smoothed, with weights of classes",
        SMOOTH,
        entropy(rows, label_smoothing=0.125, weight=class_weight),
        rows,
        class_weight=class_weight,
    ),
    case("weights of classes", SOFTMAX, entropy(labels, weight=class_weight), labels=labels, class_weight=class_weight),
    case(
        "weights of classes, smoothed",
        SMOOTH,
        entropy(labels, weight=class_weight, label_smoothing=0.125),
        labels=labels,
        class_weight=class_weight,
    ),
    case(
        "weights of images",
        SOFTMAX,
        entropy(labels),
        labels=labels,
        sample_weight=sample_weight,
        evaluated=weighed(entropy(labels)),
    ),
    case(
        "weights of images and classes, smoothed",
        SMOOTH,
        entropy(labels, weight=class_weight, label_smoothing=0.125),
        labels=labels,
        sample_weight=sample_weight,
        class_weight=class_weight,
        evaluated=weighed(entropy(labels, label_smoothing=0.125)),
    ),
    case(
        "weights of images, of values",
        {"type": "meanSquaredError"},
        lambda y: F.mse_loss(y, values, reduction="none").mean(1),
        values,
        sample_weight=sample_weight,
        evaluated=weighed(lambda y: F.mse_loss(y, values, reduction="none").mean(1)),
    ),
    case(
        "weights of images, of several labels",
        {"type": "sigmoidBinaryCrossEntropy"},
        lambda y: F.binary_cross_entropy_with_logits(y, shares, reduction="none").mean(1),
        shares,
        sample_weight=sample_weight,
    ),
    case(
        "weights of classes, focal",
        {"type": "categoricalFocalCrossentropy"},
        lambda y: focal(y, labels, 0.25, 2, 0) * class_weight[labels],
        labels=labels,
        class_weight=class_weight,
    ),
    *(
        case(
            f"distillation, {options}",
            {"type": "distillation", **options},
            lambda y: distillation(y, rows, options.get("temperature", 4), options.get("teacherWeight", 0.9)),
            labels=labels,
            evaluated=lambda y: F.cross_entropy(y, labels),
            teacher=rows,
        )
        for options in ({}, {"temperature": 2.5, "teacherWeight": 0.5}, {"temperature": 1, "teacherWeight": 1})
    ),
    case(
        "distillation, weights of images and classes",
        {"type": "distillation", "temperature": 2},
        lambda y: distillation(y, rows, 2, 0.9) * class_weight[labels],
        labels=labels,
        sample_weight=sample_weight,
        class_weight=class_weight,
        evaluated=weighed(entropy(labels)),
        teacher=rows,
    ),
    case(
        "an ignored class",
        {**SMOOTH, "ignoreIndex": 9},
        lambda y: F.cross_entropy(y, ignoring, ignore_index=9, label_smoothing=0.125),
        labels=ignoring,
    ),
    case(
        "an ignored class that has an output",
        {**SOFTMAX, "ignoreIndex": 1},
        lambda y: F.cross_entropy(y, labels, ignore_index=1),
        labels=labels,
    ),
]
contents = {
    "torch": torch.__version__,
    "images": images.flatten().tolist(),
    "kernel": kernel.flatten().tolist(),
    "bias": bias.tolist(),
    "outputs": OUTPUTS,
    "logits": (images @ kernel + bias).flatten().tolist(),
    "cases": CASES,
}
(FOLDER / "weighted-losses.golden.json").write_text(json.dumps(contents, separators=(",", ":")) + "\n")
