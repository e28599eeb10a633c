// The drawer: a link with data-drawer opens its content at the side. Esc closes, the focus goes back.
// The content is a fragment of header, .body and footer; without script the link opens as a page.
'use strict';
(() => {
  const drawer = document.getElementById('drawer');
  if (!drawer) return;
  let opener = null;
  const close = () => {
    if (drawer.hidden) return;
    drawer.hidden = true;
    drawer.replaceChildren();
    if (opener && opener.isConnected) opener.focus();
    opener = null;
  };
  const fill = html => {
    const page = new DOMParser().parseFromString(html, 'text/html');
    drawer.replaceChildren(...page.body.childNodes);
    const title = drawer.querySelector('h2');
    drawer.setAttribute('aria-label', title ? title.textContent : '抽屉');
    drawer.hidden = false;
    if (window.htmx) window.htmx.process(drawer);
    drawer.dispatchEvent(new CustomEvent('anlan:filled', { bubbles: true }));
    drawer.focus();
  };
  document.addEventListener('click', async event => {
    if (event.target.closest('[data-close]')) { close(); return; }
    const link = event.target.closest('a[data-drawer]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    opener = link;
    try {
      const answer = await fetch(link.dataset.drawer, { headers: { 'HX-Request': 'true', 'HX-Target': 'drawer' } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      fill(await answer.text());
    } catch { location.assign(link.href); }
  });
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector('dialog[open]')) close();
  });
})();
