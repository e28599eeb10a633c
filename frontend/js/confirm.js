// data-ask on a form or a button: what cannot be taken back is said first, in one dialog.
'use strict';
(() => {
  const dialog = document.getElementById('ask');
  if (!dialog) return;
  let pending = null;
  document.addEventListener('submit', event => {
    const button = event.submitter, form = event.target;
    const text = (button && button.dataset.ask) || form.dataset.ask;
    if (!text || pending === form) { pending = null; return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    dialog.querySelector('p').textContent = text;
    const yes = dialog.querySelector('[data-ask-yes]');
    yes.textContent = button ? button.textContent.trim() : '继续';
    yes.onclick = () => { pending = form; dialog.close(); form.requestSubmit(button || undefined); };
    dialog.showModal();
    dialog.querySelector('[data-ask-no]').focus();
  }, true);
  dialog.querySelector('[data-ask-no]').addEventListener('click', () => dialog.close());
})();
