import { isRecord } from "../../json.ts";
import { type OptionKind, whole } from "../../options/kinds.ts";

/** A patience option: epochs in a row without improvement of the validation loss, else of the training loss, or an object that holds them. */
export function patience(): OptionKind<number | { readonly patience: number }, number> {
  const epochs = whole(1);
  return {
    ...epochs,
    read: (who, key, value) => epochs.read(who, key, isRecord(value) ? value.patience : value),
  };
}
