"""Says whether the programs that write a format in the field can read a file: a line of JSON in, a line out.

In: {"format": "npz", "path": "..."}. Out: {"error": null} where it was read whole, else what the library said.
"""

import gzip
import json
import sys
import warnings
import zipfile

import h5py
import numpy as np
from PIL import Image
from safetensors import safe_open


def read_npz(path):
    with np.load(path) as arrays:
        for name in arrays.files:
            arrays[name]


def read_hdf5(path):
    with h5py.File(path, "r") as file:
        file.visititems(lambda _, item: item[()] if isinstance(item, h5py.Dataset) else None)


def read_zip(path):
    with zipfile.ZipFile(path) as archive:
        broken = archive.testzip()
        if broken is not None:
            raise ValueError(f"bad CRC of {broken}")


def read_gzip(path):
    with gzip.open(path) as file:
        while file.read(1 << 16):
            pass


def read_picture(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # A broken tag beside the picture is passed over, as by all programs.
        warnings.filterwarnings("ignore", module="PIL.TiffImagePlugin")
        with Image.open(path) as image:
            image.load()


def read_safetensors(path):
    with safe_open(path, framework="np") as file:
        for name in file.keys():
            file.get_tensor(name)


READERS = {
    "npy": lambda path: np.load(path),
    "npz": read_npz,
    "hdf5": read_hdf5,
    "zip": read_zip,
    "gzip": read_gzip,
    "png": read_picture,
    "jpeg": read_picture,
    "safetensors": read_safetensors,
}

print(json.dumps({"ready": sorted(READERS)}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    error = None
    try:
        READERS[request["format"]](request["path"])
    except Exception as problem:
        error = f"{type(problem).__name__}: {problem}"
    print(json.dumps({"error": error}), flush=True)
