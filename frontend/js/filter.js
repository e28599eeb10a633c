// The filter line is kept in the address bar: what is empty is left out of it.
'use strict';
document.addEventListener('htmx:configRequest', event => {
  if (event.target.id !== 'list-filter') return;
  const given = event.detail.formData || event.detail.parameters;
  [...given.keys()].forEach(name => { if (given.getAll(name).every(value => value === '')) given.delete(name); });
});
