"""Writes the golden values that convasm's metrics are compared with: scikit-learn 1.7 or later.

python3 test/golden/make-metrics.py

Scores are multiples of 1/1024, which float32 holds exactly, and no two of an example are equal.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    confusion_matrix,
    f1_score,
    mean_absolute_error,
    precision_recall_fscore_support,
    top_k_accuracy_score,
)
from sklearn.utils.class_weight import compute_class_weight

FOLDER = Path(__file__).parent
RANDOM = np.random.default_rng(20250914)


def case(name, examples, classes, skill, missing=(), never=()):
    """Examples whose own class has a score that is higher by `skill`; some classes have none, or are never predicted."""
    present = [c for c in range(classes) if c not in missing]
    labels = RANDOM.choice(present, examples)
    scores = np.stack([RANDOM.permutation(4 * classes)[:classes] for _ in range(examples)])
    scores[np.arange(examples), labels] += skill
    scores[:, list(never)] -= 8 * classes
    # A class' own fraction keeps scores apart.
    scores = scores + np.arange(classes) / (2 * classes)
    scores = np.round(scores * 1024) / 1024
    predictions = scores.argmax(axis=1)
    macro = precision_recall_fscore_support(labels, predictions, average="macro", zero_division=0)
    each = precision_recall_fscore_support(labels, predictions, labels=range(classes), zero_division=0)
    top = {
        f"top{k}": float(top_k_accuracy_score(labels, scores, k=k, labels=range(classes)))
        for k in (2, 3, 5)
        if k < classes
    }
    return {
        "name": name,
        "classes": classes,
        "labels": labels.tolist(),
        "scores": scores.ravel().tolist(),
        "metrics": {
            "accuracy": float(accuracy_score(labels, predictions)),
            "balancedAccuracy": float(balanced_accuracy_score(labels, predictions)),
            "precision": float(macro[0]),
            "recall": float(macro[1]),
            "f1": float(macro[2]),
            **top,
        },
        "perClass": [
            {"precision": float(p), "recall": float(r), "f1": float(f), "support": int(s)} for p, r, f, s in zip(*each)
        ],
        "confusion": confusion_matrix(labels, predictions, labels=range(classes)).ravel().tolist(),
    }


def distances():
    """Values and targets with the mean distance."""
    values, targets = (np.round(RANDOM.normal(size=(9, 3)) * 1024) / 1024 for _ in range(2))
    found = {
        "values": values.ravel().tolist(),
        "targets": targets.ravel().tolist(),
        "outputs": 3,
        "meanAbsoluteError": float(mean_absolute_error(targets, values)),
    }
    (FOLDER / "distances.golden.json").write_text(json.dumps(found, separators=(",", ":")) + "\n")


def weights():
    """Labels of which one class has none, with the balanced weights of the others."""
    labels = RANDOM.choice([0, 1, 1, 1, 2, 4, 4], 50)
    classes = np.unique(labels)
    balanced = compute_class_weight("balanced", classes=classes, y=labels)
    found = {"labels": labels.tolist(), "classes": classes.tolist(), "weights": balanced.tolist()}
    (FOLDER / "class-weights.golden.json").write_text(json.dumps(found, separators=(",", ":")) + "\n")


def labels(name, examples, classes, skill, missing=(), never=()):
    """Images with any number of labels; macro averages are of labels that some image has or is given."""
    random = np.random.default_rng(20261130 + examples)
    targets = (random.random((examples, classes)) < 0.3).astype(int)
    targets[:, list(missing)] = 0
    # Scores of one half, which count as no label, and equal scores among them.
    scores = np.clip(np.round(random.random((examples, classes)) * 16 + skill * (2 * targets - 1)) / 16, 0, 1)
    scores[:, list(never)] *= 0.5
    predictions = (scores > 0.5).astype(int)
    seen = np.flatnonzero((targets + predictions).sum(axis=0))
    of = lambda average: precision_recall_fscore_support(
        targets, predictions, labels=seen, average=average, zero_division=0
    )
    macro = of("macro")
    has = targets.sum(axis=0) > 0
    return {
        "name": name,
        "classes": classes,
        "targets": targets.ravel().tolist(),
        "scores": scores.ravel().tolist(),
        "metrics": {
            "exactMatch": float(accuracy_score(targets, predictions)),
            "precision": float(macro[0]),
            "recall": float(macro[1]),
            "f1": float(macro[2]),
            "microF1": float(f1_score(targets, predictions, average="micro", zero_division=0)),
            "meanAveragePrecision": float(average_precision_score(targets[:, has], scores[:, has], average="macro")),
        },
    }


cases = [
    case("ten classes", 90, 10, 14),
    case("two classes", 25, 2, 2),
    case("a class without examples", 40, 6, 8, missing=(4,)),
    case("a class that is never predicted", 40, 6, 8, never=(1,)),
    case("a class that is neither", 30, 7, 9, missing=(3,), never=(3,)),
]
(FOLDER / "metrics.golden.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
distances()
weights()
several = [
    labels("five labels", 60, 5, 3),
    labels("a label that no image has", 40, 4, 4, missing=(2,)),
    labels("labels that are never given", 30, 6, 2, missing=(1,), never=(1, 4)),
    labels("one image", 1, 3, 2),
]
(FOLDER / "labels.golden.json").write_text(json.dumps(several, separators=(",", ":")) + "\n")
