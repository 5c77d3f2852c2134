"""Writes the golden values that convasm's changes of pixels are compared with: torchvision 0.28 on float images.

python3 test/golden/make-augment.py

Only `torchvision/transforms/_functional_tensor.py` and the numbers of `RandAugment` are taken: they need nothing but PyTorch.
"""

import importlib.util
import json
import math
from pathlib import Path

import torch

FOLDER = Path(__file__).parent
ROOT = Path(importlib.util.find_spec("torchvision").submodule_search_locations[0])
spec = importlib.util.spec_from_file_location("functional", ROOT / "transforms/_functional_tensor.py")
F = importlib.util.module_from_spec(spec)
spec.loader.exec_module(F)

HEIGHT, WIDTH = 11, 13
i = torch.arange(HEIGHT * WIDTH * 3)
# Values of bytes; some pixels are grey, some have two channels alike.
IMAGE = ((i * 37 + (i * i) % 91) % 256).reshape(HEIGHT, WIDTH, 3).permute(2, 0, 1).to(torch.uint8)
IMAGE[:, 0, :4] = torch.tensor([0, 77, 128, 255], dtype=torch.uint8)
IMAGE[1, 1, :] = IMAGE[0, 1, :]
IMAGE[2, 2, :] = IMAGE[1, 2, :]
IMAGE[0, 3, :] = IMAGE[2, 3, :]
FLOATS = IMAGE.to(torch.float64) / 255


def inverse(angle, translate, shear):
    """`_get_inverse_affine_matrix` of transforms/functional.py about the middle, for a scale of 1."""
    rot, sx, sy = math.radians(angle), math.radians(shear[0]), math.radians(shear[1])
    a = math.cos(rot - sy) / math.cos(sy)
    b = -math.cos(rot - sy) * math.tan(sx) / math.cos(sy) - math.sin(rot)
    c = math.sin(rot - sy) / math.cos(sy)
    d = -math.sin(rot - sy) * math.tan(sx) / math.cos(sy) + math.cos(rot)
    return [d, -b, 0.0, -c, a, 0.0], translate


def affine(angle=0.0, translate=(0, 0), shear=(0.0, 0.0), center=(0.0, 0.0)):
    matrix, (tx, ty) = inverse(angle, translate, shear)
    cx, cy = center
    matrix[2] += matrix[0] * (-cx - tx) + matrix[1] * (-cy - ty) + cx
    matrix[5] += matrix[3] * (-cx - tx) + matrix[4] * (-cy - ty) + cy
    return F.affine(FLOATS.float(), matrix, interpolation="nearest", fill=[0.0]).double()


def pixels(image):
    scale = 1 if image.dtype == torch.uint8 else 255
    return [round(float(value), 4) for value in (image.double() * scale).permute(1, 2, 0).flatten()]


CORNER = (-WIDTH / 2, -HEIGHT / 2)
found = {
    "shape": [HEIGHT, WIDTH, 3],
    "image": pixels(IMAGE),
    "hue": {str(turn): pixels(F.adjust_hue(FLOATS, turn)) for turn in [-0.5, -0.3, -0.1, 0.05, 0.2, 0.5]},
    # Share of the strength that makes most of a change.
    "share": 0.3,
    "changes": {
        "shearX": pixels(affine(shear=(math.degrees(math.atan(0.3 * 0.3)), 0.0), center=CORNER)),
        "shearY": pixels(affine(shear=(0.0, math.degrees(math.atan(0.3 * 0.3))), center=CORNER)),
        "translateX": pixels(affine(translate=(int(150 / 331 * WIDTH * 0.3), 0))),
        "translateY": pixels(affine(translate=(0, int(150 / 331 * HEIGHT * 0.3)))),
        # F.rotate turns by the negative angle.
        "rotate": pixels(affine(angle=-30 * 0.3)),
        "brightness": pixels(F.adjust_brightness(FLOATS, 1 + 0.9 * 0.3)),
        "color": pixels(F.adjust_saturation(FLOATS, 1 + 0.9 * 0.3)),
        "contrast": pixels(F.adjust_contrast(FLOATS, 1 + 0.9 * 0.3)),
        "sharpness": pixels(F.adjust_sharpness(FLOATS, 1 + 0.9 * 0.3)),
        "posterize": pixels(F.posterize(IMAGE, 8 - round(4 * 0.3))),
        "solarize": pixels(F.solarize(FLOATS, 1 - 0.3)),
        "autoContrast": pixels(F.autocontrast((0.2 + 0.5 * FLOATS))),
        "equalize": pixels(F.equalize(IMAGE)),
    },
}
# An image with many pixels of each value, as equalize changes nothing where there are fewer than 255 of a kind.
y, x = torch.meshgrid(torch.arange(40), torch.arange(40), indexing="ij")
large = torch.stack([(x * y) % 97, (x + y) % 200, torch.full_like(x, 9)]).to(torch.uint8)
found["large"] = {"shape": [40, 40, 3], "image": pixels(large), "equalize": pixels(F.equalize(large))}
(FOLDER / "augment.golden.json").write_text(json.dumps(found, separators=(",", ":")) + "\n")
