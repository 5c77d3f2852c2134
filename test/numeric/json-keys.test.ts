import { expect, it } from "vitest";
import { findDuplicateKey } from "../../src/numeric/json-keys.ts";

it.each([
  ['{"a":1,"b":2,"a":3}', "a"],
  ['{"x":{"a":{}},"a":[{"b":1},{"b":2}]}', undefined],
  ['{"x":[{"a":1 , "b":"a" ,"a"\n:2}]}', "a"],
  ['{"a":1,"\\u0061":2}', "a"],
  ['{"a\\"b":1,"a\\\\":":","c":"}{","a\\"b":2}', 'a"b'],
  ['{"":1,"":2}', ""],
  ['{"__proto__":1,"constructor":2}', undefined],
  ['{"__proto__":1,"__proto__":2}', "__proto__"],
  ['["a","a"]', undefined],
  ['"a"', undefined],
  ["12", undefined],
])("findDuplicateKey(%s) is %j", (json, key) => {
  JSON.parse(json);
  expect(findDuplicateKey(json)).toBe(key);
});
