// When the sign-in has ended, a partial answer is the sign-in page: it must become the whole page, and
// what was asked for must be reached again after signing in.
'use strict';
document.addEventListener('htmx:beforeSwap', event => {
  if (!/<body class="(signin|acct)"/.test(event.detail.xhr.responseText)) return;
  event.detail.shouldSwap = false;
  location.reload();
});
