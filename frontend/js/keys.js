// Keys on every page: / search, J K down and up the rows, Enter open, [ ] the page before and after. Switched off in the name menu.
'use strict';
(() => {
  const STORE = 'anlan-keys';
  const stored = () => { try { return localStorage.getItem(STORE); } catch { return null; } };
  let on = stored() !== 'off';
  const button = document.querySelector('[data-keys-switch]');
  const paint = () => {
    if (!button) return;
    button.setAttribute('aria-pressed', String(on));
    button.querySelector('span').textContent = on ? '快捷键：开' : '快捷键：关';
    document.querySelectorAll('.top-find kbd, .ph kbd').forEach(key => { key.hidden = !on; });
  };
  if (button) button.addEventListener('click', () => {
    on = !on;
    try { localStorage.setItem(STORE, on ? 'on' : 'off'); } catch { /* private window: for this page only */ }
    paint();
  });
  paint();

  const typing = target => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(checkbox|radio)$/.test(target.type);
  const rows = () => [...document.querySelectorAll('[data-rows] tbody tr')];
  const step = by => {
    const all = rows(), at = all.findIndex(row => row.classList.contains('at'));
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
    if (!next) return;
    if (at >= 0) all[at].classList.remove('at');
    next.classList.add('at');
    next.scrollIntoView({ block: 'nearest' });
    const link = next.querySelector('a') || next.querySelector('input');
    if (link) link.focus({ preventScroll: true });
  };
  document.addEventListener('keydown', event => {
    if (!on || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (document.querySelector('dialog[open]')) return;
    const key = event.key.toLowerCase();
    if (key === '/') {
      const box = document.getElementById('q') || document.querySelector('.filter input[type=search]');
      if (box) { event.preventDefault(); box.focus(); box.select(); }
    } else if (key === 'j') step(1);
    else if (key === 'k') step(-1);
    else if (event.key === 'Enter' && event.target === document.body) {
      const row = document.querySelector('[data-rows] tr.at[data-href]');
      if (row) location.assign(row.dataset.href);
    } else if (key === '[' || key === ']') {
      const link = document.querySelector(`.ph a[rel=${key === '[' ? 'prev' : 'next'}]`);
      if (link) location.assign(link.href);
    } else if (key === 'x') {
      const box = document.querySelector('[data-rows] tr.at input[type=checkbox]');
      if (box) box.click();
    }
  });
})();
