import type { OptionSchema } from "./options/schema.ts";

/** The schemas of all options, by group and type: what forms, command lines and tables are made of. */
export const SCHEMAS = {} as const satisfies { readonly [group: string]: { readonly [type: string]: OptionSchema } };
