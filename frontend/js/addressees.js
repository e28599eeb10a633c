// The units a paper goes to: what is picked becomes a line with a hidden field; × takes it off.
'use strict';
(() => {
  const list = document.querySelector('[data-addressees]');
  if (!list) return;
  const form = list.closest('form');
  const told = () => form.dispatchEvent(new Event('change', { bubbles: true }));
  const add = (id, label) => {
    if ([...list.querySelectorAll('input')].some(one => one.value === id)) return;
    const line = document.createElement('li'), field = document.createElement('input');
    const words = document.createElement('span'), drop = document.createElement('button');
    field.type = 'hidden';
    field.name = 'recipients';
    field.value = id;
    words.textContent = label;
    drop.type = 'button';
    drop.textContent = '×';
    drop.dataset.drop = '';
    drop.setAttribute('aria-label', `去掉 ${label}`);
    line.append(field, words, drop);
    list.append(line);
  };
  form.addEventListener('change', event => {
    const hidden = event.target;
    if (hidden.name !== 'addressee' || !hidden.value) return;
    const shown = hidden.closest('.pick').querySelector('[data-addressee]');
    add(hidden.value, shown.value);
    hidden.value = '';
    shown.value = '';
    shown.focus();
  }, true);
  list.addEventListener('click', event => {
    const drop = event.target.closest('[data-drop]');
    if (!drop) return;
    drop.closest('li').remove();
    told();
  });
})();
