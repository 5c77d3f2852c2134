import { sizeOf } from "../layers/shape.ts";
import type { Architecture } from "../model/architecture.ts";

/** The names of classes that a file has, if there is one for each output. */
export function classNamesIn(value: unknown, { outputShapes }: Architecture): readonly string[] | undefined {
  const [shape, ...others] = outputShapes.values();
  if (others.length > 0) return undefined;
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  const isRight = list.length === sizeOf(shape) && new Set(list).size === list.length;
  const isName = (name: unknown): name is string => typeof name === "string" && name !== "";
  return isRight && list.every(isName) ? list : undefined;
}
