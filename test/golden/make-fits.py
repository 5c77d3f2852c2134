"""Writes fits.json: small pictures as Pillow scales them, cropped as torchvision's CenterCrop does, or between bars.

Needs Pillow (13.0) and NumPy.
"""

import json
import pathlib

import numpy
from PIL import Image

CASES = [(9, 7, 4, 4), (7, 12, 5, 3), (3, 4, 8, 8), (40, 23, 6, 6), (5, 5, 5, 5), (6, 31, 8, 12)]


def resized(image, height, width):
    return numpy.asarray(Image.fromarray(image).resize((width, height), Image.BILINEAR))


def scaled(rows, columns, height, width, choose):
    """The size to which a picture is scaled: one side fits exactly, the other is cut off after the point."""
    if choose(height / rows, width / columns) == height / rows:
        return height, max(1, columns * height // rows)
    return max(1, rows * width // columns), width


def crop(image, height, width):
    rows, columns = scaled(*image.shape[:2], height, width, max)
    whole = resized(image, rows, columns)
    top, left = round((rows - height) / 2), round((columns - width) / 2)
    return whole[top : top + height, left : left + width]


def contain(image, height, width):
    rows, columns = scaled(*image.shape[:2], height, width, min)
    result = numpy.zeros((height, width, 3), numpy.uint8)
    top, left = -round((rows - height) / 2), -round((columns - width) / 2)
    result[top : top + rows, left : left + columns] = resized(image, rows, columns)
    return result


random = numpy.random.default_rng(1)
cases = []
for rows, columns, height, width in CASES:
    image = random.integers(0, 256, (rows, columns, 3), dtype=numpy.uint8)
    cases.append(
        {
            "image": {"height": rows, "width": columns, "data": image.ravel().tolist()},
            "size": [height, width],
            "crop": crop(image, height, width).ravel().tolist(),
            "contain": contain(image, height, width).ravel().tolist(),
        }
    )
pathlib.Path(__file__).with_name("fits.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
