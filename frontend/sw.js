// The offline page. Pages are always fetched: figures must never be shown from a store. Only when the
// server cannot be reached is the stored page shown, with the style sheets it needs. Forms that work
// without network (FORMS) hold no figures and nothing of anybody: they are kept when they were opened once.
'use strict';
const STORE = 'anlan-offline-1';
const KEPT = 'anlan-forms-1';
const PAGE = '/offline';
const FORMS = ['/dangers/phone/'];
const PATIENCE = 4000;

async function keep() {
  const store = await caches.open(STORE);
  const answer = await fetch(PAGE, { cache: 'reload' });
  if (!answer.ok) return;
  const html = await answer.clone().text();
  const parts = [...html.matchAll(/(?:href|src)="([^"]+\.(?:css|js|svg)[^"]*)"/g)].map(found => found[1]);
  await store.put(PAGE, answer);
  await Promise.all(parts.map(part => store.add(part).catch(() => undefined)));
}

async function keepForm(path) {
  if (!FORMS.includes(path)) return;
  const answer = await fetch(path, { cache: 'reload', credentials: 'same-origin', redirect: 'manual' });
  if (!answer.ok) return;
  const store = await caches.open(KEPT);
  const html = await answer.clone().text();
  const parts = [...html.matchAll(/(?:href|src)="([^"]+\.(?:css|js|svg)[^"]*)"/g)].map(found => found[1]);
  await Promise.all(parts.map(part => store.add(part).catch(() => undefined)));
  await store.put(path, answer);
}

self.addEventListener('message', event => {
  if (event.data && event.data.keep) event.waitUntil(keepForm(event.data.keep).catch(() => undefined));
});
self.addEventListener('install', event => { event.waitUntil(keep().then(() => self.skipWaiting())); });
self.addEventListener('activate', event => {
  event.waitUntil(caches.keys()
    .then(names => Promise.all(names.filter(name => (name.startsWith('anlan-offline') || name.startsWith('anlan-forms')) && name !== STORE && name !== KEPT).map(name => caches.delete(name))))
    .then(() => self.clients.claim()));
});
// A form that is kept does not wait for a network that hangs: after PATIENCE the kept one is shown.
async function soon(request, name, otherwise) {
  const asked = fetch(request);
  asked.catch(() => undefined);
  const kept = await caches.match(name);
  if (!kept) return asked.catch(otherwise);
  return Promise.race([asked.catch(() => kept), new Promise(done => { setTimeout(() => done(kept), PATIENCE); })]);
}
self.addEventListener('fetch', event => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate') event.respondWith(FORMS.includes(pathname) ? soon(request, pathname, () => caches.match(PAGE)) : fetch(request).catch(() => caches.match(PAGE)));
  else if (['style', 'script', 'image'].includes(request.destination)) event.respondWith(soon(request, request, () => Response.error()));
});
