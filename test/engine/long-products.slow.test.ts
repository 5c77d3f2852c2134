import { LONGEST, testLongSums } from "./long-products.ts";

testLongSums(LONGEST);
