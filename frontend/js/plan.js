// Placing a point on a plan: a click on data-plan fills the boxes x and y (percent) of the form beside it and
// moves a preview there; arrow keys in the boxes move by a half percent. Without script the boxes are typed.
'use strict';
(() => {
  const box = document.querySelector('[data-plan]');
  const form = document.querySelector('.plan-form');
  if (!box || !form) return;
  const svg = box.querySelector('svg');
  const [x, y] = ['x', 'y'].map(name => form.elements[name]);
  box.setAttribute('data-plan-pick', '');
  let ghost = null;
  const show = () => {
    const at = [x, y].map(one => parseFloat(one.value));
    if (at.some(Number.isNaN)) return;
    const { width, height } = svg.viewBox.baseVal;
    if (!ghost) {
      ghost = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
      ghost.setAttribute('class', 'pm none');
      ghost.setAttribute('r', String(Math.max(width, height) * 0.018));
      svg.append(ghost);
    }
    ghost.setAttribute('cx', String(at[0] / 100 * width));
    ghost.setAttribute('cy', String(at[1] / 100 * height));
  };
  const put = (one, value) => { one.value = String(Math.round(Math.min(100, Math.max(0, value)) * 10) / 10); };
  box.addEventListener('click', event => {
    if (event.target.closest('a')) return;
    const frame = svg.getBoundingClientRect();
    put(x, (event.clientX - frame.left) / frame.width * 100);
    put(y, (event.clientY - frame.top) / frame.height * 100);
    show();
  });
  [x, y].forEach(one => {
    one.addEventListener('input', show);
    one.addEventListener('keydown', event => {
      const step = { ArrowUp: 0.5, ArrowDown: -0.5 }[event.key];
      if (!step) return;
      event.preventDefault();
      put(one, (parseFloat(one.value) || 0) + step);
      show();
    });
  });
})();
