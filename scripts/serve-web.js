// Builds the page in web/ and serves it on this machine, isolated from other origins, so that threads can share memory.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildWeb, WEB_FOLDER } from "./build-web.js";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/**
 * Serves the built page.
 *
 * @param {{ folder?: string, port?: number, isolated?: boolean }} options port 0: any that is free
 * @returns {Promise<{ origin: string, close(): Promise<void> }>}
 */
export async function serveWeb({ folder = WEB_FOLDER, port = 0, isolated = true } = {}) {
  const server = createServer(async ({ url = "/" }, response) => {
    const path = normalize(decodeURIComponent(new URL(url, "http://localhost").pathname)).slice(1);
    const name = path === "" ? "index.html" : path;
    const content = name.startsWith(`..${sep}`) ? undefined : await readFile(join(folder, name)).catch(() => undefined);
    response.writeHead(content === undefined ? 404 : 200, {
      "Content-Type": content === undefined ? "text/plain" : (TYPES[extname(name)] ?? "application/octet-stream"),
      "Cache-Control": "no-cache",
      ...(isolated && ISOLATION),
    });
    response.end(content ?? "not found");
  });
  await new Promise((done, failed) => {
    server.once("error", failed);
    server.listen(port, "127.0.0.1", done);
  });
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

const HELP = `Usage: npm run web -- [options]

build the page and serve it on this machine

Options:
  --port <n>      port (default: 8080, or any that is free)
  --no-isolation  without the headers that let threads share memory, as most static hosts serve it
  -h, --help      display help`;

/** A port from the command line, or undefined. */
function readPort(text) {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65536) return port;
  console.error(`web: expected --port to be a whole number from 0 to 65535, got ${JSON.stringify(text)}`);
  process.exit(2);
}

async function main() {
  const { values } = parseArgs({
    options: {
      port: { type: "string" },
      isolation: { type: "boolean", default: true },
      help: { type: "boolean", short: "h" },
    },
    allowNegative: true,
  });
  if (values.help) return console.log(HELP);
  const wanted = readPort(values.port);
  await buildWeb();
  const isolated = values.isolation;
  const serve = (port) => serveWeb({ port, isolated });
  const taken = (error) => {
    if (error.code !== "EADDRINUSE") throw error;
    if (wanted === undefined) return serve(0);
    console.error(`web: port ${wanted} is taken; choose another with --port`);
    process.exit(1);
  };
  const { origin } = await serve(wanted ?? 8080).catch(taken);
  console.log(
    `convasm's page: ${origin}/  (${isolated ? "isolated: threads share memory" : "not isolated"}; Ctrl-C ends it)`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
