"""Prints what random.test.ts pins: the generator written once more, in whole-number arithmetic.

python3 test/numeric/random.golden.py
"""

import math

MASK = 0xFFFFFFFF


def mix32(x):
    """lowbias32 of https://nullprogram.com/blog/2018/07/31/"""
    x &= MASK
    x = (x ^ x >> 16) * 0x7FEB352D & MASK
    x = (x ^ x >> 15) * 0x846CA68B & MASK
    return x ^ x >> 16


def hash_text(text, start):
    for character in text:
        start = mix32(start * 31 + ord(character))
    return start & MASK


def stream(seed, name):
    low, high = seed & MASK, seed >> 32
    return hash_text(name, mix32(low ^ 0x9E3779B9) ^ high), hash_text(name, mix32(low + 0x85EBCA6B) + high * 0x27D4EB2F)


def bits(keys, index):
    return mix32(mix32(index + keys[0]) ^ keys[1])


def child(keys, number):
    return bits(keys, number), mix32(keys[1] ^ mix32(number + 0x165667B1))


def normal(keys, index):
    radius = math.sqrt(-2 * math.log((bits(keys, 2 * index) + 0.5) / 2**32))
    return radius * math.cos(2 * math.pi * bits(keys, 2 * index + 1) / 2**32)


def permutation(count, keys):
    order = list(range(count))
    for i in range(count):
        j = bits(keys, i) * (i + 1) >> 32
        order[i], order[j] = order[j], i
    return order


print("mix32", [mix32(x) for x in (0, 1, 2, 0x80000000, MASK)])
for seed, name in ((0, ""), (1, "shuffle"), (7, "weights/c1"), (2**32 + 7, "weights/c1"), (2**53 - 1, "größe")):
    keys = stream(seed, name)
    print(seed, repr(name), keys, [bits(keys, i) for i in (0, 1, 1000, MASK)], child(keys, 3))
keys = stream(1, "shuffle")
print("normal", [float(f"{normal(keys, i):.14g}") for i in range(4)])
print("permutation", permutation(10, keys))
