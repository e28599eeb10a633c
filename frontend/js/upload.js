// Files: the name of what was chosen, dropping onto the field, and a bar while a large file goes up.
'use strict';
(() => {
  const size = bytes => bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
  document.addEventListener('change', event => {
    const place = event.target.type === 'file' && event.target.closest('[data-file]');
    if (!place) return;
    const said = place.querySelector('[data-file-name]'), files = [...event.target.files];
    said.textContent = files.length ? files.map(file => `${file.name}（${size(file.size)}）`).join('、') : '还没有选';
    said.className = files.length ? 'name' : 'mute';
  });
  const zone = event => event.target.closest && event.target.closest('[data-drop]');
  document.addEventListener('dragover', event => { const drop = zone(event); if (drop) { event.preventDefault(); drop.classList.add('over'); } });
  document.addEventListener('dragleave', event => { const drop = zone(event); if (drop) drop.classList.remove('over'); });
  document.addEventListener('drop', event => {
    const drop = zone(event);
    if (!drop) return;
    event.preventDefault();
    drop.classList.remove('over');
    const input = drop.querySelector('input[type=file]');
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });

  // Sent by XMLHttpRequest because fetch tells nothing about the way up; the answer is opened as a page.
  document.addEventListener('submit', event => {
    const form = event.target;
    if (!form.hasAttribute('data-upload') || event.defaultPrevented || form.dataset.plain) return;
    const bar = form.querySelector('[data-upload-bar]'), input = form.querySelector('input[type=file]');
    if (!bar || !input || !input.files.length) return;
    event.preventDefault();
    const call = new XMLHttpRequest(), progress = bar.querySelector('progress'), text = bar.querySelector('[data-upload-text]');
    bar.hidden = false;
    call.upload.addEventListener('progress', step => {
      if (!step.lengthComputable) return;
      progress.value = Math.round(step.loaded / step.total * 100);
      text.textContent = step.loaded === step.total ? '已传完，正在试读' : `${size(step.loaded)} / ${size(step.total)}`;
    });
    const failed = said => { bar.hidden = true; document.dispatchEvent(new CustomEvent('toast', { detail: { text: said } })); delete form.dataset.sent; form.querySelectorAll('[aria-busy]').forEach(one => one.removeAttribute('aria-busy')); };
    call.addEventListener('load', () => {
      if (call.status === 413) { failed('文件太大，没有上传。请拆成几个文件再传。'); return; }
      if (call.responseURL && call.responseURL !== location.href) { location.assign(call.responseURL); return; }
      const page = new DOMParser().parseFromString(call.responseText, 'text/html');
      const main = page.getElementById('main');
      if (!main) { failed('没有办成。请刷新本页再试。'); return; }
      document.getElementById('main').replaceWith(main);
      const summary = main.querySelector('[data-focus]');
      if (summary) summary.focus();
    });
    call.addEventListener('error', () => failed('网络断了，没有传完。请再传一次。'));
    call.open('POST', form.action || location.href);
    const data = new FormData(form);
    if (event.submitter && event.submitter.name) data.append(event.submitter.name, event.submitter.value);
    call.send(data);
  });
})();
