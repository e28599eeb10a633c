// The whole document beside its tree: whichever side is scrolled, the other follows to the same item.
'use strict';
(() => {
  const page = document.querySelector('[data-rv-whole]');
  if (!page) return;
  const [source, tree] = page.querySelectorAll('[data-rv-side]');
  const parts = side => [...side.querySelectorAll('[data-rv-part]')];
  const top = (side, part) => part.getBoundingClientRect().top - side.getBoundingClientRect().top + side.scrollTop;
  // What stands at the upper edge: an item, and how much of it has passed.
  const place = side => {
    const all = parts(side);
    const found = all.filter(one => top(side, one) <= side.scrollTop + 1).pop() || all[0];
    if (!found) return null;
    const passed = (side.scrollTop - top(side, found)) / Math.max(found.offsetHeight, 1);
    return { part: found.dataset.rvPart, passed: Math.min(Math.max(passed, 0), 1) };
  };
  let driven = null, calm = 0;
  const mark = part => page.querySelectorAll('[data-rv-part]').forEach(one => one.classList.toggle('on', one.dataset.rvPart === part));
  const follow = (from, to) => {
    const at = place(from);
    if (!at) return;
    mark(at.part);
    const other = to.querySelector(`[data-rv-part="${at.part}"]`);
    if (!other) return;
    driven = to;
    clearTimeout(calm);
    calm = setTimeout(() => { driven = null; }, 120);
    to.scrollTop = top(to, other) + at.passed * other.offsetHeight;
  };
  for (const [from, to] of [[source, tree], [tree, source]]) {
    from.addEventListener('scroll', () => { if (driven !== from) follow(from, to); }, { passive: true });
  }
  page.addEventListener('click', event => {
    const part = event.target.closest('[data-rv-part]');
    if (!part || event.target.closest('a')) return;
    const other = [source, tree].find(side => !side.contains(part));
    const twin = other.querySelector(`[data-rv-part="${part.dataset.rvPart}"]`);
    mark(part.dataset.rvPart);
    if (twin) { driven = other; clearTimeout(calm); calm = setTimeout(() => { driven = null; }, 120); other.scrollTop = top(other, twin); }
  });
  const wanted = location.hash.slice(2);
  const first = wanted && source.querySelector(`[data-rv-part="${CSS.escape(wanted)}"]`);
  if (first) source.scrollTop = top(source, first);
  follow(source, tree);
})();
