"""Prints the exact values that math.test.ts holds the functions to (made with mpmath 1.3).

python3 test/numeric/math.golden.py
"""

from mpmath import mp, mpf
import mpmath

mp.prec = 200
cases = {
    "exp": [(x,) for x in (-745, -744.5, -720.25, -708.5, -708.25, -100.125, -1, -1e-9, 1e-300, 0.5, 1, 10.75, 350, 700.5, 709.78)],
    "log": [(x,) for x in (5e-324, 3e-310, 2.2250738585072014e-308, 1e-100, 0.1, 0.9999999, 1.0000001, 2, 1e10, 1.7976931348623157e308)],
    "sin": [(x,) for x in (1e-300, 1e-5, 0.7853981633974483, 1.5707963267948966, 3.141592653589793, 22, 355, 103993, 999999.5, -2.5)],
    "cos": [(x,) for x in (1e-300, 1e-5, 0.7853981633974483, 1.5707963267948966, 3.141592653589793, 11, 355, 103993, 999999.5, -2.5)],
    "power": [(0.999, 1000), (0.9, 500), (2, 1023), (2, -1), (10, -3.5), (0.1, 0.25), (1.0001, 12345.5), (1e-300, 0.5)],
}
for name, arguments in cases.items():
    print(name)
    for a in arguments:
        value = getattr(mpmath, name)(*(mpf(x) for x in a))
        print("   ", [*a, float(mpmath.nstr(value, 25))], end=",\n")
