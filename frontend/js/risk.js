// Grading while it is filled: a form with data-live asks that address for the outcome of its boxes and
// puts the answer into data-live-out. data-when="name=value" shows a part only for that choice;
// data-script-off is for browsers without script.
'use strict';
(() => {
  const form = document.querySelector('form[data-live]');
  if (!form) return;
  const out = form.querySelector('[data-live-out]');
  form.querySelectorAll('[data-script-off]').forEach(one => { one.hidden = true; });
  const suit = () => form.querySelectorAll('[data-when]').forEach(part => {
    const [name, value] = part.dataset.when.split('=');
    part.hidden = new FormData(form).get(name) !== value;
  });
  let asked = 0;
  const ask = async () => {
    const now = ++asked;
    const query = new URLSearchParams({ point: form.dataset.livePoint || '' });
    form.querySelectorAll('#grading select, #grading input:checked').forEach(box => query.set(box.name, box.value));
    try {
      const answer = await fetch(`${form.dataset.live}?${query}`, { headers: { 'HX-Request': 'true' } });
      if (!answer.ok || answer.redirected || now !== asked) return;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      out.replaceChildren(...page.body.childNodes);
    } catch { /* the outcome is reckoned again when the form is saved */ }
  };
  form.addEventListener('change', event => {
    if (!event.target.closest('#grading')) return;
    suit();
    ask();
  });
  suit();
})();
