import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Environment variables that decide where data is looked for. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * This user's folder for files that can be downloaded or made again: `convasm` in `$XDG_CACHE_HOME`, else in the system's cache
 * folder.
 *
 * @example
 * cacheFolder({}, "linux", "/home/ada"); // "/home/ada/.cache/convasm"
 */
export function cacheFolder(
  env: Environment = process.env,
  platform: string = process.platform,
  home: string = homedir(),
): string {
  const xdg = env.XDG_CACHE_HOME;
  if (xdg && isAbsolute(xdg)) return join(xdg, "convasm");
  if (platform === "win32") return join(env.LOCALAPPDATA || join(home, "AppData", "Local"), "convasm");
  if (platform === "darwin") return join(home, "Library", "Caches", "convasm");
  return join(home, ".cache", "convasm");
}
