// Parts of a number: their sum against the document's, while one types. The server checks again.
'use strict';
(() => {
  const form = document.querySelector('[data-shares]');
  if (!form) return;
  const place = form.querySelector('[data-sum]');
  const total = Number(form.dataset.total), elsewhere = Number(form.dataset.elsewhere);
  const round = value => Math.round(value * 10000) / 10000;
  const paint = () => {
    const values = [...form.querySelectorAll('[data-share]')].map(box => Number(box.value.replace(/[,，]/g, '')));
    if (values.some(Number.isNaN)) { place.textContent = '有的格不是数字'; place.classList.add('red'); return; }
    const sum = round(values.reduce((a, b) => a + b, elsewhere)), off = round(sum - total);
    place.textContent = off === 0 ? `合计 ${sum}，与文件的 ${total} 一致` : `合计 ${sum}，比文件的 ${total} ${off > 0 ? '多' : '少'} ${Math.abs(off)}`;
    place.classList.toggle('red', off < 0);
  };
  form.addEventListener('input', event => { if (event.target.matches('[data-share]')) paint(); });
})();
