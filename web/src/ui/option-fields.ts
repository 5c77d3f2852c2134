import { describeOptions, type OptionDescription, type OptionGroup } from "convasm/options";
import type { FieldSpec } from "./fields.ts";

/**
 * The fields of a form for the options of one type, such as those of the optimizer `sgd`, as the library describes them.
 *
 * @param keys of the options that the form shows, in its order; default: all
 */
export function optionFields(group: OptionGroup, type: string, keys?: readonly string[]): readonly FieldSpec[] {
  const options = describeOptions(group, type);
  const shown = keys?.map((key) => options.find((option) => option.key === key)) ?? options;
  return shown.filter((option) => option !== undefined).map(fieldOf);
}

function fieldOf(option: OptionDescription): FieldSpec {
  const { key, label, field, choices, default: fallback, help, formats, rule, isRare } = option;
  return {
    key,
    label,
    kind: field === "whole" || field === "number" || field === "flag" || field === "choice" ? field : "value",
    ...(choices !== undefined && { choices }),
    ...(fallback !== undefined && { fallback }),
    // A share.
    ...(field === "number" && (rule?.maximum ?? rule?.below) === 1 && { step: 0.05 }),
    isRare,
    help: formats === undefined ? help : `${formats.join(", ")}: ${help}`,
  };
}
