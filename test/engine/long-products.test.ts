// Long sums of products; those of a million are in long-products.slow.test.ts.

import { CALLS, EVEN, testLongSums } from "./long-products.ts";

testLongSums(CALLS, EVEN);
