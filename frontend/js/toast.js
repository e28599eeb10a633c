// Toasts: six seconds, longer while pointed at or focused. The server sends them as messages or, on a
// partial answer, as the event header HX-Trigger: {"toast": {"text": "…", "undo": "/address/"}}.
'use strict';
(() => {
  const place = document.getElementById('says');
  if (!place) return;
  const LIFE = 6000;
  const live = say => {
    let timer = setTimeout(() => say.remove(), LIFE);
    const hold = () => clearTimeout(timer), go = () => { hold(); timer = setTimeout(() => say.remove(), LIFE); };
    say.addEventListener('mouseenter', hold);
    say.addEventListener('focusin', hold);
    say.addEventListener('mouseleave', go);
    say.addEventListener('focusout', go);
  };
  const part = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    made.textContent = text;
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  };
  const show = ({ text, undo }) => {
    const say = part('div', '', { class: 'say' });
    say.append(part('span', text));
    if (undo) {
      const button = part('button', '撤销', { type: 'button' });
      button.addEventListener('click', () => {
        window.htmx.ajax('POST', undo, { swap: 'none' }).then(() => { say.remove(); location.reload(); });
      });
      say.append(button);
    }
    place.append(say);
    live(say);
  };
  place.querySelectorAll('[data-say]').forEach(live);
  document.addEventListener('click', event => { const close = event.target.closest('[data-say-close]'); if (close) close.closest('.say').remove(); });
  document.addEventListener('toast', event => show(event.detail));
  // An answer that did not come is said, never swallowed.
  document.addEventListener('htmx:responseError', event => {
    const status = event.detail.xhr.status;
    if (status === 401) { location.reload(); return; }
    show({ text: status === 404 ? '没有这个内容，或者不在您的职责范围内。' : `没有办成（${status}）。请刷新本页再试。` });
  });
  document.addEventListener('htmx:sendError', () => show({ text: '连不上服务器，没有办成。网络恢复后再试。' }));
})();
