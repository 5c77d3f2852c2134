"""Writes ways.golden.json: Sobol' points, the normal distribution and Kruskal-Wallis by SciPy 1.17, Parzen densities by hyperopt 0.3, in float64.

python3 test/search/make-ways.py
"""

import json
import warnings
from pathlib import Path

import numpy as np
from hyperopt import tpe
from scipy.special import ndtr
from scipy.stats import kruskal, qmc

warnings.simplefilter("ignore")

SEEN = [
    [],
    [0.3],
    [0.7],
    [0.5, 0.5],
    [0.1, 0.4],
    [0.9, 0.02, 0.55],
    [0.25, 0.25, 0.25, 0.8],
    [0.0, 1.0, 0.5, 0.125, 0.126, 0.9],
    [round(0.6 + 0.01 * (i % 7) - 0.001 * i, 6) for i in range(40)],
    [round((i * 0.6180339887) % 1, 6) for i in range(150)],
]
AT = [0.0, 0.1, 0.26, 0.5, 0.6, 0.77, 1.0]


def parzen(seen):
    weights, means, deviations = tpe.adaptive_parzen_normal(np.array(seen), 1.0, 0.5, 1.0, LF=None)
    density = tpe.GMM1_lpdf(np.array(AT), weights, means, deviations, low=0.0, high=1.0)
    return {"seen": seen, "logDensities": density.tolist()}


def points(dimensions, count):
    return qmc.Sobol(dimensions, scramble=False).random(count)


GROUPS = [
    [[0.81, 0.62, 0.93, 0.4], [0.2, 0.35, 0.5], [0.99, 0.97, 0.6, 0.88, 0.7]],
    [[1, 1, 2, 2, 2], [2, 3, 3, 1], [5, 4, 4, 4]],
    [[-1, -1, 0.3, 0.5], [-1, 0.5, 0.9, 0.8], [0.1, 0.2, 0.3, 0.4], [0.5, 0.5, 0.6, -1]],
    [[0.1, 0.9, 0.4], [0.2, 0.8, 0.5]],
]


def explained(groups):
    n, k = sum(map(len, groups)), len(groups)
    return {"groups": groups, "share": max(0.0, (float(kruskal(*groups).statistic) - k + 1) / (n - k))}


normal = [-35, -12, -5, -3.001, -3, -2.5, -1, -0.1, -1e-9, 0, 0.3, 1, 2, 2.999, 3, 3.5, 6, 9]
golden = {
    "sobol": {"first": points(5, 16).tolist(), "of64": [[i, points(64, 1024)[i].tolist()] for i in (1, 2, 3, 777)]},
    "normal": [[x, float(ndtr(x))] for x in normal],
    "explained": [explained(groups) for groups in GROUPS],
    "parzen": {"at": AT, "cases": [parzen(seen) for seen in SEEN]},
}
Path(__file__).with_name("ways.golden.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
