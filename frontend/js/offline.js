// Registers the worker that answers with a page of our own when the server cannot be reached, and on that
// page tries again as soon as the network is back.
'use strict';
(() => {
  const meta = document.querySelector('meta[name=anlan-offline]');
  if (meta && 'serviceWorker' in navigator) navigator.serviceWorker.register(meta.content).catch(() => { /* plain http in the office net: no worker, no harm */ });
  const again = document.querySelector('[data-reload]');
  if (!again) return;
  again.addEventListener('click', event => { event.preventDefault(); location.reload(); });
  window.addEventListener('online', () => location.reload());
})();
