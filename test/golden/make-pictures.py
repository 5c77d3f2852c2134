"""Writes test/node/pillow/: small pictures of every kind that Pillow writes, and pixels.json, what Pillow reads in them: red, green, blue and alpha,
turned upright, of moving pictures the first frame. Pillow 13.

python3 test/golden/make-pictures.py
"""

import base64
import io
import json
import pathlib
import struct

from PIL import Image, ImageOps

OUT = pathlib.Path(__file__).parent.parent / "node" / "pillow"
OUT.mkdir(exist_ok=True)
W, H = 21, 14
rgb = Image.new("RGB", (W, H))
rgb.putdata([(12 * x, 255 - 12 * x, 18 * y) if (x // 5 + y // 4) % 3 else (250, 20 * y % 256, 9 * x) for y in range(H) for x in range(W)])
smooth = Image.new("RGB", (W, H))
smooth.putdata([(12 * x, 255 - 12 * x, 18 * y) for y in range(H) for x in range(W)])
rgba = rgb.copy()
rgba.putalpha(Image.frombytes("L", (W, H), bytes((13 * (x + y)) % 256 for y in range(H) for x in range(W))))
holes = rgb.copy()
holes.putalpha(Image.frombytes("L", (W, H), bytes(0 if x < 6 and y < 5 else 255 for y in range(H) for x in range(W))))
grey = rgb.convert("L")
palette = rgb.quantize(16)
black = grey.point(lambda v: 255 if v > 120 else 0).convert("1")
pictures = {}


def put(name, image=None, data=None, **options):
    if data is None:
        buffer = io.BytesIO()
        image.save(buffer, **options)
        data = buffer.getvalue()
    (OUT / name).write_bytes(data)
    opened = Image.open(io.BytesIO(data))
    opened.seek(0)
    deep = opened.mode.startswith("I")
    seen = ImageOps.exif_transpose(opened)
    if deep:
        seen = Image.frombytes("L", seen.size, bytes(v >> 8 for v in seen.getdata()))
    pixels = seen.convert("RGBA").tobytes()
    pictures[name] = {"width": seen.width, "height": seen.height, "pixels": base64.b64encode(pixels).decode()}


for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    put(f"turned{orientation}.jpg", smooth, format="JPEG", quality=95, exif=exif)
put("progressive.jpg", smooth, format="JPEG", quality=90, progressive=True)
put("plain444.jpg", smooth, format="JPEG", quality=90, subsampling=0)
put("grey.jpg", smooth.convert("L"), format="JPEG", quality=90)
put("progressive-grey.jpg", smooth.convert("L"), format="JPEG", quality=90, progressive=True)
put("cmyk.jpg", smooth.convert("CMYK"), format="JPEG", quality=95)
put("progressive-cmyk.jpg", smooth.convert("CMYK"), format="JPEG", quality=95, progressive=True)
put("rgb.png", rgb, format="PNG")
put("rgba.png", rgba, format="PNG")
put("grey.png", grey, format="PNG")
put("grey-alpha.png", rgba.convert("LA"), format="PNG")
put("black.png", black, format="PNG")
put("palette8.png", rgb.quantize(200), format="PNG")
for bits, colours in [(1, 2), (2, 4), (4, 16)]:
    put(f"palette{bits}.png", rgb.quantize(colours), format="PNG", bits=bits)
put("palette-clear.png", palette, format="PNG", transparency=3)
put("rgb-clear.png", rgb, format="PNG", transparency=(250, 0, 0))
put("deep.png", Image.frombytes("I;16", (W, H), b"".join(struct.pack("<H", 200 * (x + 15 * y)) for y in range(H) for x in range(W))), format="PNG")
exif = Image.Exif()
exif[0x0112] = 6
put("turned.png", rgb, format="PNG", exif=exif)
put("lossy.webp", rgb, format="WEBP", quality=80)
put("lossy-alpha.webp", rgba, format="WEBP", quality=80)
put("lossless.webp", rgb, format="WEBP", lossless=True)
put("lossless-alpha.webp", holes, format="WEBP", lossless=True, exact=True)
put("turned.webp", rgb, format="WEBP", lossless=True, exif=exif)
put("moving.webp", rgb, format="WEBP", lossless=True, save_all=True, append_images=[smooth, rgb.rotate(180)], duration=100)
put("moving-alpha.webp", rgba, format="WEBP", quality=80, save_all=True, append_images=[rgba.rotate(180)], duration=100)
put("plain.gif", palette, format="GIF", interlace=0)
put("interlaced.gif", palette, format="GIF", interlace=1)
put("clear.gif", holes.quantize(15), format="GIF")
put("moving.gif", palette, format="GIF", save_all=True, append_images=[rgb.rotate(180).quantize(16), smooth.quantize(16)], duration=50)
put("grey.gif", grey, format="GIF")
put("black.bmp", black, format="BMP")
put("palette.bmp", palette, format="BMP")
put("grey.bmp", grey, format="BMP")
put("rgb.bmp", rgb, format="BMP")
put("rgba.bmp", rgba, format="BMP")


def bmp(bits, packing, body, colours=b"", masks=b"", height=H):
    """A file of kinds that Pillow reads and does not write."""
    offset = 14 + 40 + len(masks) + len(colours)
    header = struct.pack("<IiiHHIIiiII", 40, W, height, 1, bits, packing, len(body), 0, 0, len(colours) // 4, 0)
    return b"BM" + struct.pack("<IHHI", offset + len(body), 0, 0, offset) + header + masks + colours + body


def padded(row):
    return row + bytes(-len(row) % 4)


table = b"".join(bytes((b, g, r, 0)) for r, g, b in zip(*[iter(palette.getpalette()[:48])] * 3))
indices = list(palette.getdata())
rows = [indices[y * W:(y + 1) * W] for y in range(H)]
four = b"".join(padded(bytes((row + [0])[i] << 4 | (row + [0])[i + 1] for i in range(0, W, 2))) for row in reversed(rows))
put("palette4.bmp", data=bmp(4, 0, four, table))
put("downward.bmp", data=bmp(24, 0, b"".join(padded(bytes(v for x in range(W) for v in reversed(rgb.getpixel((x, y))))) for y in range(H)), height=-H))
runs = b"".join(b"".join(bytes((1, v)) for v in row[:8]) + bytes((0, 13)) + bytes(row[8:]) + b"\0" + b"\0\0" for row in reversed(rows)) + b"\0\1"
(OUT / "runs.bmp").write_bytes(bmp(8, 1, runs, table + bytes(4 * 240)))
fives = b"".join(padded(b"".join(struct.pack("<H", (r >> 3) << 10 | (g >> 3) << 5 | b >> 3) for r, g, b in (rgb.getpixel((x, y)) for x in range(W)))) for y in reversed(range(H)))
put("fives.bmp", data=bmp(16, 0, fives))
sixes = b"".join(padded(b"".join(struct.pack("<H", (r >> 3) << 11 | (g >> 2) << 5 | b >> 3) for r, g, b in (rgb.getpixel((x, y)) for x in range(W)))) for y in reversed(range(H)))
put("sixes.bmp", data=bmp(16, 3, sixes, masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F)))

(OUT / "pixels.json").write_text(json.dumps(pictures, indent=1) + "\n")
print(len(pictures), "pictures")
