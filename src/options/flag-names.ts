/** The name of an option on the command line: `--split-seed` for `splitSeed`. */
export function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** An option as messages name it for both the command line and the library, such as `--split-seed (splitSeed)`. */
export function flagAndKey(key: string): string {
  return `${flagName(key)} (${key})`;
}
