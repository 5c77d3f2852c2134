/** Names of layers and losses that this build does without: none. */
export const LEFT_OUT: readonly string[] = [];
