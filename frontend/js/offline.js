// Registers the worker that answers with a page of our own when the server cannot be reached. On that page
// it knocks every five seconds, because a server that restarts sends no word, and reloads when it answers.
'use strict';
(() => {
  const meta = document.querySelector('meta[name=anlan-offline]');
  if (meta && 'serviceWorker' in navigator) {
    navigator.serviceWorker.register(meta.content).catch(() => { /* plain http in the office net: no worker, no harm */ });
  }
  const again = document.querySelector('[data-reload]');
  if (!again || !meta) return;
  const knock = () => fetch(meta.content, { method: 'HEAD', cache: 'no-store' })
    .then(answer => { if (answer.ok) location.reload(); })
    .catch(() => { /* still away */ });
  again.addEventListener('click', event => { event.preventDefault(); location.reload(); });
  window.addEventListener('online', knock);
  setInterval(knock, 5000);
})();
