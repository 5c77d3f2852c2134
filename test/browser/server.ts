/**
 * Pages for tests: a server on this machine alone, on a free port.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";

export interface ServerOptions {
  /** Headers of a cross-origin isolated page, so that memory can be shared. Default false. */
  isolated?: boolean;
  /** The page's Content Security Policy. Default none. */
  csp?: string;
  /** MIME type of `.wasm` files. Default `application/wasm`. */
  wasmType?: string;
  /** Files by their path, such as `/index.html`: before those of the folders. */
  files?: Readonly<Record<string, string | Uint8Array>>;
  /** Folders by the path under which they are served, such as `{ "/dist/": "/clone/dist" }`; the first that fits. */
  folders?: Readonly<Record<string, string>>;
}

export interface Server {
  /** Such as `http://127.0.0.1:40000`. */
  readonly origin: string;
  /** Paths that were asked for, in order, and whether they were there. */
  readonly requests: readonly { readonly path: string; readonly found: boolean }[];
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".map": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

/** Starts a server; a folder's `index.html` stands for the folder. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const requests: { path: string; found: boolean }[] = [];
  const server = createServer(async ({ url }, response) => {
    const { pathname } = new URL(url ?? "/", "http://127.0.0.1");
    const path = decodeURIComponent(pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    const content = await find(path, options);
    requests.push({ path, found: content !== undefined });
    const type = extname(path) === ".wasm" ? (options.wasmType ?? "application/wasm") : TYPES[extname(path)];
    response.writeHead(content === undefined ? 404 : 200, {
      "Content-Type": content === undefined ? "text/plain" : (type ?? "application/octet-stream"),
      "Cache-Control": "no-store",
      ...(options.csp !== undefined && { "Content-Security-Policy": options.csp }),
      ...(options.isolated === true && {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
      }),
    });
    response.end(content ?? `${path}: not found`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("server: expected a port");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    requests,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function find(path: string, options: ServerOptions): Promise<string | Uint8Array | undefined> {
  const file = options.files?.[path];
  if (file !== undefined) return file;
  for (const [prefix, folder] of Object.entries(options.folders ?? {})) {
    const inside = normalize(path.slice(prefix.length));
    if (!path.startsWith(prefix) || inside === ".." || inside.startsWith(`..${sep}`)) continue;
    const content = await readFile(join(folder, inside)).catch(() => undefined);
    if (content !== undefined) return content;
  }
  return undefined;
}
