// The offline page. Pages are always fetched: figures must never be shown from a store. Only when the
// server cannot be reached is the stored page shown, with the style sheets it needs.
'use strict';
const STORE = 'anlan-offline-1';
const PAGE = '/offline';

async function keep() {
  const store = await caches.open(STORE);
  const answer = await fetch(PAGE, { cache: 'reload' });
  if (!answer.ok) return;
  const html = await answer.clone().text();
  const parts = [...html.matchAll(/(?:href|src)="([^"]+\.(?:css|js|svg)[^"]*)"/g)].map(found => found[1]);
  await store.put(PAGE, answer);
  await Promise.all(parts.map(part => store.add(part).catch(() => undefined)));
}

self.addEventListener('install', event => { event.waitUntil(keep().then(() => self.skipWaiting())); });
self.addEventListener('activate', event => {
  event.waitUntil(caches.keys()
    .then(names => Promise.all(names.filter(name => name.startsWith('anlan-offline') && name !== STORE).map(name => caches.delete(name))))
    .then(() => self.clients.claim()));
});
self.addEventListener('fetch', event => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  if (request.mode === 'navigate') event.respondWith(fetch(request).catch(() => caches.match(PAGE)));
  else if (['style', 'script', 'image'].includes(request.destination)) event.respondWith(fetch(request).catch(async () => await caches.match(request) || Response.error()));
});
