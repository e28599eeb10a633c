// A form marked data-once is sent once: a second click while the answer is on its way does nothing.
// The key that makes the server safe as well is in the form itself (idempotency_key).
'use strict';
(() => {
  const release = form => {
    delete form.dataset.sent;
    form.querySelectorAll('[aria-busy]').forEach(button => button.removeAttribute('aria-busy'));
  };
  document.addEventListener('submit', event => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.hasAttribute('data-once') || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.sent = '1';
    if (event.submitter) event.submitter.setAttribute('aria-busy', 'true');
  });
  // A page taken from the browser's memory, or a file download, must be usable again.
  window.addEventListener('pageshow', event => { if (event.persisted) document.querySelectorAll('form[data-sent]').forEach(release); });
  document.addEventListener('htmx:afterRequest', event => { const form = event.target.closest('form[data-sent]'); if (form) release(form); });

  // The summary of errors takes the focus, so that a screen reader begins with it.
  const summary = document.querySelector('[data-focus]');
  if (summary) summary.focus();

  // Leaving a half-filled form asks once.
  let touched = false;
  document.addEventListener('input', event => { if (event.target.closest('form[data-unsaved]')) touched = true; });
  document.addEventListener('submit', () => { touched = false; });
  window.addEventListener('beforeunload', event => { if (touched) event.preventDefault(); });
})();
