// Column choice: the arrows move a row of the list; the order of the boxes is the order of the columns.
'use strict';
document.addEventListener('click', event => {
  const button = event.target.closest('[data-up], [data-down]');
  if (!button) return;
  const item = button.closest('li'), up = button.hasAttribute('data-up');
  const other = up ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return;
  if (up) other.before(item); else other.after(item);
  button.focus();
});
