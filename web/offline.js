// A service worker that lets the page open without a network: it keeps the page's own files when it is installed, and gives them where the
// network does not. The build fills in their names.

const FILES = ["{{files}}"];
const CACHE = "convasm-{{version}}";

self.addEventListener("install", (event) => {
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(takeOver());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const isOwn = new URL(request.url).origin === self.location.origin;
  if (request.method === "GET" && isOwn) event.respondWith(answer(request));
});

async function keep() {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES);
  await self.skipWaiting();
}

/** Forgets the files of other builds. */
async function takeOver() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("convasm-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** The network's answer; without a network the kept file. */
async function answer(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request, { cacheName: CACHE, ignoreSearch: true });
    if (kept !== undefined) return kept;
    throw error;
  }
}
