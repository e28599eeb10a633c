// Rows picked in a list: the bar appears over the filter line, which rests meanwhile; no row moves.
'use strict';
(() => {
  const boxes = form => [...form.querySelectorAll('input[name=ids]')];
  const refresh = form => {
    const all = boxes(form), chosen = all.filter(box => box.checked).length;
    form.querySelector('[data-bulk-count]').textContent = String(chosen);
    form.querySelector('[data-bulk-bar]').hidden = chosen === 0;
    const filter = document.getElementById('list-filter');
    if (filter) filter.inert = chosen > 0;
    form.querySelectorAll('[data-bulk-all]').forEach(box => {
      box.checked = chosen > 0 && chosen === all.length;
      box.indeterminate = chosen > 0 && chosen < all.length;
    });
    all.forEach(box => {
      const row = box.closest('tr');
      if (box.checked) row.setAttribute('aria-selected', 'true'); else row.removeAttribute('aria-selected');
    });
  };
  let last = null;
  document.addEventListener('click', event => {
    const box = event.target.closest('input[name=ids]');
    if (!box) return;
    const form = box.closest('[data-bulk]');
    if (!form) return;
    if (event.shiftKey && last && last.isConnected) {
      const all = boxes(form), [a, b] = [all.indexOf(last), all.indexOf(box)].sort((x, y) => x - y);
      all.slice(a, b + 1).forEach(one => { one.checked = box.checked; });
    }
    last = box;
    refresh(form);
  });
  document.addEventListener('change', event => {
    const form = event.target.closest('[data-bulk]');
    if (!form) return;
    if (event.target.matches('[data-bulk-all]')) boxes(form).forEach(box => { box.checked = event.target.checked; });
    refresh(form);
  });
  document.addEventListener('click', event => {
    const none = event.target.closest('[data-bulk-none]');
    if (!none) return;
    const form = none.closest('[data-bulk]');
    boxes(form).forEach(box => { box.checked = false; });
    refresh(form);
    const first = form.querySelector('thead [data-bulk-all]');
    if (first) first.focus();
  });
  const restore = () => document.querySelectorAll('[data-bulk]').forEach(refresh);
  restore();
  document.addEventListener('htmx:afterSwap', () => {
    const filter = document.getElementById('list-filter');
    if (filter) filter.inert = false;
    restore();
  });
})();
