"""Writes the small data files that the readers are tested with: NumPy 2.4, h5py 3.16, hdf5plugin, Pillow 13.0.

python3 test/data/read/make-files.py

All hold the same eight images of 6 x 5 pixels, the first six to train on, the last two to test on, with the labels
0 1 2 0 1 2 1 0; pixel (y, x) of image i is (i * 37 + y * 11 + x * 5) % 256. What holds colours has in channel c that plus
c * 50. Square ones have 5 x 5 pixels. CIFAR's have the same rule at 32 x 32.
"""

import csv
import gzip
import io
import json
import pickle
import tarfile
import zipfile
from pathlib import Path

import h5py
import hdf5plugin
import numpy as np
from h5py import h5d, h5s, h5t
from PIL import Image

FOLDER = Path(__file__).parent / "files"
LABELS = np.array([0, 1, 2, 0, 1, 2, 1, 0], dtype=np.uint8)
TRAIN, TEST = slice(0, 6), slice(6, 8)


def images(height=6, width=5, channels=None):
    i, y, x = np.ogrid[:8, :height, :width]
    grey = (i * 37 + y * 11 + x * 5) % 256
    if channels is None:
        return grey.astype(np.uint8)
    return ((grey[..., None] + np.arange(channels) * 50) % 256).astype(np.uint8)


def names(x, y):
    return {"x_train": x[TRAIN], "y_train": y[TRAIN], "x_test": x[TEST], "y_test": y[TEST]}


def numpy_files():
    grey = images()
    np.savez(FOLDER / "stored.npz", **names(grey, LABELS))
    np.savez_compressed(FOLDER / "deflated.npz", **names(grey, LABELS.astype(np.int64)))
    colour = images(channels=3)
    np.savez_compressed(
        FOLDER / "other-names.npz",
        train_images=colour[TRAIN],
        train_labels=LABELS[TRAIN, None],
        test_images=colour[TEST],
        test_labels=LABELS[TEST, None],
        notes=np.array(["not", "numbers"]),
    )
    np.savez(FOLDER / "channels-first.npz", X=colour.transpose(0, 3, 1, 2), y=np.eye(3, dtype=np.float32)[LABELS])
    np.savez(FOLDER / "pickled.npz", x_train=np.array([{"a": 1}, None], dtype=object), y_train=LABELS[:2])
    np.savez(FOLDER / "complex.npz", x_train=grey.astype(np.complex64), y_train=LABELS)
    with zipfile.ZipFile(FOLDER / "zip64.npz", "w") as archive:
        for name, array in names(grey, LABELS).items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, array)
    for kind in ["bool", "int8", "uint8", "<i2", ">i2", "<u2", ">u4", "<i4", ">i8", "<u8", "<f2", ">f2", ">f4", "<f8", ">f8"]:
        values = images()[TRAIN]
        if kind == "bool":
            values = values > 100
        elif kind == "int8":
            values = values // 2
        code = np.dtype(kind).str.replace("<", "le-").replace(">", "be-").replace("|", "")
        np.save(FOLDER / f"values-{code}.npy", values.astype(kind))
    np.save(FOLDER / "values-fortran.npy", np.asfortranarray(images(channels=3)[TRAIN].astype(">f4")))
    version2 = io.BytesIO()
    np.lib.format.write_array(version2, images()[TRAIN], version=(2, 0))
    (FOLDER / "values-version2.npy").write_bytes(version2.getvalue())
    np.save(FOLDER / "labels.npy", LABELS[TRAIN])


def hdf5_files():
    square = images(5, 5)
    flat = (square.reshape(8, 25) / 255).astype(np.float32)
    with h5py.File(FOLDER / "floats.h5", "w") as file:
        for name, array in names(flat, LABELS[:, None].astype(np.int64)).items():
            file.create_dataset(name, data=array)
    with h5py.File(FOLDER / "other-names.h5", "w") as file:
        for part, images_in in [("train", images(channels=3)[TRAIN]), ("test", images(channels=3)[TEST])]:
            group = file.create_group(part)
            group.create_dataset("images", data=images_in, compression="gzip", chunks=(2, 6, 5, 3), shuffle=True)
            labels = LABELS[TRAIN] if part == "train" else LABELS[TEST]
            group.create_dataset("labels", data=np.eye(3, dtype=bool)[labels])
        file.create_dataset("names", data=np.array([b"none", b"of", b"these"]))
        file["link"] = h5py.SoftLink("/")
        file["elsewhere"] = h5py.ExternalLink("other.h5", "/x_train")
    with h5py.File(FOLDER / "types.h5", "w", userblock_size=512) as file:
        file.create_dataset("x", data=images()[TRAIN].astype(">f8"))
        file.create_dataset("y", data=LABELS[TRAIN].astype("<f2"))
    with h5py.File(FOLDER / "unclear.h5", "w") as file:
        for name in "abcde":
            file.create_dataset(name, data=np.zeros((4, 3)))
    with h5py.File(FOLDER / "text.h5", "w") as file:
        file.create_dataset("x_train", data=np.array([b"ab", b"cd"]))
        file.create_dataset("y_train", data=LABELS[:2])
    with h5py.File(FOLDER / "attributes.h5", "w") as file:
        file.attrs["text"] = np.bytes_(b"one")
        file.attrs["texts"] = np.array([b"a", "\u00e9t\u00e9".encode(), b"", b"four"])
        file.attrs["varying"] = ["a", "\u00e9t\u00e9", "", "four"]
        file.attrs["empty"] = h5py.Empty("S1")
        file.attrs["none"] = np.array([])
        file.attrs["numbers"] = np.arange(3)
    with h5py.File(FOLDER / "huge.h5", "w") as file:
        file.create_dataset("x_train", shape=(1 << 21, 28, 28), dtype="u1", chunks=(64, 28, 28))
        file.create_dataset("y_train", shape=(1 << 21,), dtype="u1", chunks=(1024,))
    with h5py.File(FOLDER / "bomb.h5", "w") as file:
        dataset = file.create_dataset("x_train", shape=(64, 784), dtype="u1", chunks=(64, 784), compression="gzip")
        packed = gzip.zlib.compress(bytes(64 * 2**20), 9)
        dataset.id.write_direct_chunk((0, 0), packed)
        file.create_dataset("y_train", data=np.arange(64, dtype=np.uint8) % 10)
    with h5py.File(FOLDER / "circle.h5", "w", libver="latest") as file:
        groups = [file.create_group(f"g{i}") for i in range(12)]
        for i, group in enumerate(groups):
            for k, other in enumerate(groups):
                group[f"to{k}"] = other
        groups[-1].create_dataset("x_train", data=square[TRAIN])
        groups[-1].create_dataset("y_train", data=LABELS[TRAIN])
    filters = {"lzf": {"compression": "lzf"}, "blosc": hdf5plugin.Blosc(), "zstd": hdf5plugin.Zstd(), "bitshuffle": hdf5plugin.Bitshuffle()}
    for name, options in filters.items():
        with h5py.File(FOLDER / f"filter-{name}.h5", "w", libver="latest") as file:
            file.create_dataset("x_train", data=square[TRAIN], chunks=(6, 5, 5), **options)
            file.create_dataset("y_train", data=LABELS[TRAIN])
    other_numbers()


def other_numbers():
    """Floats that are not IEEE's, and integers that do not fill their bytes, in headers of both versions."""
    bfloat16 = h5t.IEEE_F32LE.copy()
    bfloat16.set_fields(15, 7, 8, 0, 7)
    bfloat16.set_precision(16)
    bfloat16.set_size(2)
    bfloat16.set_ebias(127)
    square = images(5, 5)[TRAIN].astype(np.float32)
    integers = {
        "int8": (h5t.STD_I8LE, 1, 5, [-16, -1, 0, 15]),
        "uint8": (h5t.STD_U8LE, 3, 5, [0, 1, 30, 31]),
        "int16": (h5t.STD_I16LE, 3, 12, [-2048, -1, 5, 2047]),
        "uint16": (h5t.STD_U16BE, 0, 12, [0, 1, 2048, 4095]),
        "int32": (h5t.STD_I32BE, 7, 17, [-65536, -1, 5, 65535]),
        "uint32": (h5t.STD_U32LE, 1, 31, [0, 1, 5, 2**31 - 1]),
        "int64": (h5t.STD_I64BE, 5, 40, [-(2**39), -1, 5, 2**39 - 1]),
        "uint64": (h5t.STD_U64LE, 0, 63, [0, 1, 5, 2**63 - 1]),
    }
    for version, block in [("earliest", 512), ("latest", 0)]:
        with h5py.File(FOLDER / f"bits-{version}.h5", "w", libver=version, userblock_size=block) as file:
            space = h5s.create_simple(square.shape)
            h5d.create(file.id, b"own", bfloat16, space).write(h5s.ALL, h5s.ALL, square)
            named = bfloat16.copy()
            named.commit(file.id, b"type")
            h5d.create(file.id, b"committed", named, space).write(h5s.ALL, h5s.ALL, square)
            file.create_dataset("long", data=square.astype(np.longdouble))
            for name, (base, offset, precision, values) in integers.items():
                kind = base.copy()
                kind.set_precision(precision)
                kind.set_offset(offset)
                if version == "earliest":
                    # The bits around the numbers hold ones.
                    kind.set_pad(h5t.PAD_ONE, h5t.PAD_ONE)
                data = np.array(values, dtype=name)
                h5d.create(file.id, name.encode(), kind, h5s.create_simple((4,))).write(h5s.ALL, h5s.ALL, data)
                assert (file[name][()] == data).all()


def csv_files():
    square = images(5, 5).reshape(8, 25).astype(int)
    rows = [[label, *pixels] for label, pixels in zip(LABELS.tolist(), square.tolist())]
    header = ",".join(["label", *(f"pixel{i}" for i in range(25))])
    text = lambda rows: "".join(",".join(map(str, row)) + "\n" for row in rows)
    folder = FOLDER / "kaggle"
    folder.mkdir(exist_ok=True)
    (folder / "train.csv").write_text(header + "\n" + text(rows[TRAIN]))
    (folder / "test.csv").write_text(header.removeprefix("label,") + "\n" + text(row[1:] for row in rows[TEST]))
    (FOLDER / "plain.csv").write_text(text(rows))
    last = "".join(";".join(map(str, [*row[1:], row[0]])) + "\r\n" for row in rows)
    (FOLDER / "last.csv").write_bytes(last.encode())
    packed = gzip.GzipFile(FOLDER / "floats.csv.gz", "w", mtime=0)
    packed.write(text([row[0], *(repr(value / 255) for value in row[1:])] for row in rows).encode())
    packed.close()


def cifar_files():
    colour = images(32, 32, 3).transpose(0, 3, 1, 2).reshape(8, 3072)
    batch = lambda part, *labels: np.column_stack([*(label[part] for label in labels), colour[part]]).tobytes()
    classes = [f"class {i}" for i in range(10)]
    folder = "cifar-10-batches-bin"
    content = {
        f"{folder}/batches.meta.txt": "\n".join(classes).encode() + b"\n\n",
        f"{folder}/data_batch_1.bin": batch(slice(0, 4), LABELS),
        f"{folder}/data_batch_2.bin": batch(slice(4, 6), LABELS),
        f"{folder}/readme.html": b"<html></html>",
        f"{folder}/test_batch.bin": batch(TEST, LABELS),
    }
    with tarfile.open(FOLDER / "cifar-10.tar.gz", "w:gz", format=tarfile.GNU_FORMAT) as archive:
        for name, data in content.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    with zipfile.ZipFile(FOLDER / "cifar-100.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("train.bin", batch(TRAIN, LABELS, LABELS * 30))
        archive.writestr("test.bin", batch(TEST, LABELS, LABELS * 30))
        archive.writestr("fine_label_names.txt", "\n".join(f"fine {i}" for i in range(100)) + "\n")
        archive.writestr("coarse_label_names.txt", "\n".join(f"coarse {i}" for i in range(20)) + "\n")
    with open(FOLDER / "data_batch_1", "wb") as file:
        pickle.dump({"data": colour[:1], "labels": [1]}, file, protocol=2)


def picture_files():
    for part, of in [("train", TRAIN), ("test", TEST)]:
        for i in range(8)[of]:
            folder = FOLDER / "pictures" / part / ["ant", "bee", "cat"][LABELS[i]]
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(images()[i]).save(folder / f"{i}.png")
    for i in range(4):
        folder = FOLDER / "mixed" / str([10, 9][i % 2])
        folder.mkdir(parents=True, exist_ok=True)
        picture = Image.fromarray(images(16, 16, 3)[i] if i == 3 else images(16, 16)[i])
        picture.resize((16 + 4 * (i == 2), 16)).save(folder / f"{i}.{'jpg' if i == 1 else 'png'}")


LISTED = [
    ("b, two.png", 'bee "small"', "train"),
    ("deep/a;1.png", "ant", "train"),
    ("deep/\u00e9 3.png", 'bee "small"', "val"),
    ("4.png", "ant", "test"),
    ("5.png", 'bee "small"', "Test"),
    ("6.png", "caf\u00e9\nnoir", "train"),
]


def picture_lists():
    folder = FOLDER / "lists"
    folder.mkdir(exist_ok=True)
    with open(folder / "quoted.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "split", "file", "label"])
        rows.writerows([i, split, name, label] for i, (name, label, split) in enumerate(LISTED))
    # As spreadsheets write it where commas are decimal.
    with open(folder / "semicolons.csv", "w", newline="", encoding="utf-8-sig") as file:
        rows = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL)
        rows.writerow(["File Name", "Class", "Subset"])
        rows.writerows(LISTED)
    with open(folder / "bare.csv", "w", newline="", encoding="utf-16") as file:
        csv.writer(file, dialect="excel-tab").writerows(LISTED)
    records = [{"file_name": name, "label": label, "split": split} for name, label, split in LISTED]
    (folder / "records.golden.json").write_text(json.dumps(records, indent=1))
    (folder / "metadata.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))


FOLDER.mkdir(exist_ok=True)
for write in [numpy_files, hdf5_files, csv_files, cifar_files, picture_files, picture_lists]:
    write()
