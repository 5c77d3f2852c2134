import { fileError } from "../node/file-error.ts";
import { EXIT, Interrupted } from "./command-error.ts";

/**
 * Turns the first Ctrl-C, or request to terminate, into an abort, so that work can end where nothing is lost. The second
 * ends the program at once: files are written under other names and renamed, so none is ever half written.
 *
 * @param onFirst called at the first one
 */
export function watchInterrupts(controller: AbortController, onFirst: () => void): void {
  const handle = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort(new Interrupted("interrupted"));
    onFirst();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, handle);
}

/**
 * Output that nobody reads any more (`convasm eval ... | head -1`) does no harm to the work; output that cannot be written
 * ends it.
 */
export function watchOutput(controller: AbortController): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    controller.abort(fileError("write", "standard output", error));
  });
  process.stderr.on("error", () => {});
}
