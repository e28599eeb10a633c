// Demo accounts on the sign-in page: a click on the row fills in name and password.
'use strict';
(() => {
  const table = document.querySelector('[data-demo]');
  const login = document.querySelector('input[name=login]'), password = document.querySelector('input[name=password]');
  if (!table || !login || !password) return;
  table.addEventListener('click', event => {
    const row = event.target.closest('tbody tr');
    if (!row) return;
    login.value = row.querySelector('[data-fill]').dataset.fill;
    password.value = table.dataset.password;
    table.querySelectorAll('tr.on').forEach(other => other.classList.remove('on'));
    row.classList.add('on');
    document.querySelector('.signin-act .btn').focus();
  });
})();
