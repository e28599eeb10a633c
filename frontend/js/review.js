// The review screen: one obligation is current, in the source and in the tree; keys act on it.
'use strict';
(() => {
  const root = () => document.getElementById('rv');
  const all = () => [...root().querySelectorAll('.rv-list > li[data-ob]')];
  const current = () => root().querySelector('.rv-list > li.on');
  const typing = target => /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(checkbox|radio)$/.test(target.type);
  const keysOff = () => { try { return localStorage.getItem('anlan-keys') === 'off'; } catch { return false; } };

  const choose = (item, scroll = true) => {
    if (!item) return;
    all().forEach(one => {
      one.classList.toggle('on', one === item);
      one.querySelector('details').open = one === item;
    });
    root().querySelectorAll('mark.h').forEach(one => one.classList.toggle('on', one.dataset.ob === item.dataset.ob));
    root().querySelectorAll('[data-rv-doubt]').forEach(one => one.classList.toggle('on', one.dataset.ob === item.dataset.ob));
    if (!scroll) return;
    item.scrollIntoView({ block: 'nearest' });
    const mark = root().querySelector(`mark.h[data-ob="${item.dataset.ob}"]`);
    if (mark) mark.scrollIntoView({ block: 'nearest' });
  };

  // The place in the source of a point in the document, or -1 outside the text.
  const place = (node, offset) => {
    const run = (node.nodeType === 3 ? node.parentElement : node).closest('.run');
    if (!run || !run.closest('[data-rv-source]')) return -1;
    const before = document.createRange();
    before.setStart(run, 0);
    before.setEnd(node, offset);
    return Number(run.dataset.at) + before.cloneContents().textContent.length;
  };
  const cursor = () => {
    const picked = window.getSelection();
    return picked.rangeCount ? place(picked.focusNode, picked.focusOffset) : -1;
  };
  const say = text => document.dispatchEvent(new CustomEvent('toast', { detail: { text } }));
  const split = () => {
    const item = current(), at = cursor();
    if (!item) return;
    if (at < 0) { say('先在左边原文中点一下要拆开的地方。'); return; }
    item.querySelector('[data-rv-form] [name=at]').value = String(at);
    item.querySelector('[data-rv-cut]').click();
  };
  const doubt = () => {
    const open = [...root().querySelectorAll('[data-rv-doubt]')].filter(one => one.querySelector('[name=words]'));
    const at = open.findIndex(one => one.contains(document.activeElement));
    const next = open[at + 1];
    if (next) {
      const holder = all().find(one => one.dataset.ob === next.dataset.ob);
      if (holder) choose(holder);
      next.scrollIntoView({ block: 'nearest' });
      next.querySelector('[name=words]').focus();
    } else {
      const link = root().querySelector('[data-rv-doubts]');
      if (link) link.click();
    }
  };
  const kind = digit => {
    const item = current();
    if (!item) return;
    const select = item.querySelector('[data-rv-kind]');
    const option = select && select.options[digit === '0' ? 9 : Number(digit) - 1];
    if (!option) return;
    select.value = option.value;
    select.form.querySelector('button').click();
  };
  const press = key => {
    const item = current();
    const button = (item && item.querySelector(`[data-key="${key}"]`)) || root().querySelector(`.ph [data-key="${key}"]`);
    if (button) button.click();
  };

  // Keys typed while an answer is under way are kept and played after it: each act needs the item's new version.
  let busy = false;
  const waiting = [];
  const play = () => { while (waiting.length && !busy) run(waiting.shift()); };
  const run = key => {
    const items = all(), at = items.indexOf(current());
    if (key === 'j') choose(items[Math.min(at + 1, items.length - 1)]);
    else if (key === 'k') choose(items[Math.max(at - 1, 0)]);
    else if (/^[0-9]$/.test(key)) kind(key);
    else if (key === 's') split();
    else if (key === 'f') doubt();
    else if (key === 'e') {
      const box = current() && current().querySelector('[data-rv-edit]');
      if (box) { box.open = true; box.querySelector('[name=value]').focus(); }
    } else press(key);
  };
  document.addEventListener('keydown', event => {
    if (!root() || keysOff() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === 'Escape' && typing(event.target)) { event.target.blur(); return; }
    if (typing(event.target) || document.querySelector('dialog[open]')) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const enter = key === 'Enter' && !event.target.closest('a, button, summary, input');
    if (!enter && !/^[0-9jksfemy[\]]$/.test(key)) return;
    event.preventDefault();
    if (waiting.length < 8) waiting.push(key);
    play();
  });
  document.addEventListener('htmx:beforeRequest', event => { if (event.detail.target.id === 'rv') busy = true; });
  document.addEventListener('htmx:sendError', () => { busy = false; waiting.length = 0; });
  document.addEventListener('htmx:responseError', () => { busy = false; waiting.length = 0; });
  document.addEventListener('click', event => {
    if (!root()) return;
    const mark = event.target.closest('#rv mark.h[data-ob]');
    if (mark) choose(all().find(one => one.dataset.ob === mark.dataset.ob), false);
    const head = event.target.closest('.rv-list > li > details > summary');
    if (head) { event.preventDefault(); choose(head.closest('li')); }
    if (event.target.closest('[data-rv-split]')) split();
  });
  // Grey words that are picked may become an obligation.
  document.addEventListener('selectionchange', () => {
    const form = root() && root().querySelector('[data-rv-add]'), picked = window.getSelection();
    if (!form || !picked.rangeCount || (form.contains(document.activeElement))) return;
    const words = picked.toString().replace(/\s+/g, '');
    const from = place(picked.anchorNode, picked.anchorOffset), to = place(picked.focusNode, picked.focusOffset);
    const fit = !picked.isCollapsed && from >= 0 && to >= 0 && words.length > 1;
    form.hidden = !fit;
    if (!fit) return;
    form.elements.start.value = String(Math.min(from, to));
    form.elements.end.value = String(Math.max(from, to));
    form.querySelector('[data-rv-picked]').textContent = words.length > 30 ? `${words.slice(0, 29)}…` : words;
  });
  document.addEventListener('change', event => {
    if (event.target.matches('[data-rv-jump]')) location.assign(event.target.value);
  });
  // A refusal comes as the screen anew with its reason: it is shown like any other answer.
  document.addEventListener('htmx:beforeSwap', event => {
    if (event.detail.target && event.detail.target.id === 'rv' && [409, 422].includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  const begin = scroll => {
    if (!root()) return;
    root().querySelectorAll('[data-rv-split]').forEach(one => { one.hidden = false; });
    choose(current() || all()[0], scroll);
    const note = root().querySelector('[data-rv-note]');
    if (note) { note.focus(); waiting.length = 0; }
    busy = false;
    if (scroll) play();
  };
  document.addEventListener('htmx:afterSettle', event => { if (event.detail.elt.id === 'rv' || event.target.id === 'rv') begin(true); });
  begin(false);
})();
