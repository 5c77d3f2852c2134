/** The name of an option on the command line: `--split-seed` for `splitSeed`. */
export function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** An option as messages name it for both the command line and the library, such as `--split-seed (splitSeed)`. */
export function flagAndKey(key: string): string {
  return `${flagName(key)} (${key})`;
}

/** The name of an option in a form or a list: "Split seed" for `splitSeed`. */
export function labelOf(key: string): string {
  const words = key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
