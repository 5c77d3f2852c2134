// Imports nothing: the program reads it first, so that it can also tell of why the rest could not be read.

/** The line for a failing machine or a permission that is missing; undefined for all other errors. */
export function troubleOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, message } = error;
  const code =
    "code" in error && typeof error.code === "string" ? error.code : (message.match(/\bE[A-Z]+\b/)?.[0] ?? "");
  // Deno's words name the permission and the flag that gives it; older ones call the error otherwise.
  if (name === "NotCapable" || (name === "PermissionDenied" && /--allow-/.test(message)))
    return `expected a permission: ${message}`;
  // Node's name neither, where they come from a worker.
  if (code === "ERR_ACCESS_DENIED" || message.includes("Access to this API has been restricted")) {
    const resource = "resource" in error ? ` to ${JSON.stringify(error.resource)}` : "";
    const permission = "permission" in error ? ` ${error.permission}${resource}` : "";
    return `expected a permission${permission}, got none: ${message}`;
  }
  if (code === "EMFILE" || code === "ENFILE") {
    return `expected more file handles, got none: ${message}${limitNote("open_files", "ulimit -n")}`;
  }
  if (saysNoMemory(error)) return message + limitNote("virtual_memory_kbytes", "ulimit -v");
  if (NO_MEMORY_CODES.includes(code) || NO_MEMORY.test(message)) {
    const what = `expected more free memory, got none: ${message}`;
    return what + limitNote("virtual_memory_kbytes", "ulimit -v");
  }
  return undefined;
}

/** True where convasm itself says, by its code, that memory is missing; also of an error that follows from such a one. */
function saysNoMemory(error: unknown): boolean {
  return field(error, "code") === "no-memory" || (error instanceof Error && saysNoMemory(error.cause));
}

const NO_MEMORY_CODES: readonly string[] = ["ENOMEM", "ERR_WORKER_OUT_OF_MEMORY", "ERR_MEMORY_ALLOCATION_FAILED"];

/** The words of V8 where there is no memory. */
const NO_MEMORY = /out of memory|allocation failed|could not allocate|cannot allocate/i;

/** Note that a limit of the shell may hide what is missing. */
function limitNote(name: string, command: string): string {
  const limits = field(process.report?.getReport(), "userLimits");
  const soft = field(field(limits, name), "soft");
  return soft === undefined || soft === "unlimited" ? "" : `; the shell has set a limit (${command})`;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
