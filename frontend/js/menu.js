// The phone's 更多 opens the whole menu; the drop-downs of the header close on Esc and on a click beside.
'use strict';
(() => {
  const more = document.querySelector('[data-menu-more]');
  const set = open => {
    document.body.classList.toggle('nav-open', open);
    if (more) more.setAttribute('aria-expanded', String(open));
  };
  if (more) more.addEventListener('click', () => {
    const open = !document.body.classList.contains('nav-open');
    set(open);
    if (open) document.querySelector('#menu a').focus();
  });
  document.addEventListener('keydown', event => {
    if (event.key !== 'Escape') return;
    document.querySelectorAll('details[data-menu][open]').forEach(menu => { menu.open = false; menu.querySelector('summary').focus(); });
    if (document.body.classList.contains('nav-open')) { set(false); more.focus(); }
  });
  document.addEventListener('click', event => {
    document.querySelectorAll('details[data-menu][open]').forEach(menu => { if (!menu.contains(event.target)) menu.open = false; });
  });
})();
