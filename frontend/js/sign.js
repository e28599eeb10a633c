// Signing on the screen: a form with data-sign has a canvas that is written on with finger, pen or mouse. The
// picture goes up as a PNG in the box "drawn", with where it was written if the device tells. Whoever cannot
// write types the name in the form beside it, which is also the way without script.
'use strict';
(() => {
  const form = document.querySelector('[data-sign]');
  const canvas = form?.querySelector('canvas');
  if (!canvas?.getContext) return;
  const say = form.querySelector('[data-sign-say]');
  const pen = canvas.getContext('2d');
  let strokes = [], now = null;
  const at = event => {
    const frame = canvas.getBoundingClientRect();
    return [(event.clientX - frame.left) / frame.width, (event.clientY - frame.top) / frame.height];
  };
  const line = points => {
    const [w, h] = [canvas.width, canvas.height];
    pen.beginPath();
    pen.moveTo(points[0][0] * w, points[0][1] * h);
    points.forEach(([x, y]) => pen.lineTo(x * w, y * h));
    pen.stroke();
  };
  const draw = () => {
    const scale = Math.min(window.devicePixelRatio || 1, 2);
    canvas.width = Math.round(canvas.clientWidth * scale);
    canvas.height = Math.round(canvas.clientHeight * scale);
    Object.assign(pen, { lineWidth: 3.2 * scale, lineCap: 'round', lineJoin: 'round', strokeStyle: '#16202c' });
    strokes.forEach(line);
  };
  canvas.addEventListener('pointerdown', event => {
    if (event.button) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    now = [at(event)];
    strokes.push(now);
    now.push(now[0]);
    line(now);
    say.textContent = '';
  });
  canvas.addEventListener('pointermove', event => {
    if (!now) return;
    const last = now.length - 1;
    const passed = event.getCoalescedEvents?.() || [];
    now.push(...(passed.length ? passed : [event]).map(at));
    line(now.slice(last));
  });
  ['pointerup', 'pointercancel'].forEach(name => canvas.addEventListener(name, () => { now = null; }));
  form.querySelector('[data-sign-clear]').addEventListener('click', () => {
    strokes = [];
    draw();
    say.textContent = '已清除，请重写。';
  });
  const place = async () => {
    const found = await window.anlanPhoto?.where();
    if (!found) return;
    ['longitude', 'latitude'].forEach(name => document.getElementsByName(name).forEach(box => {
      box.value = found[name].toFixed(6);
    }));
  };
  let sending = false;
  form.addEventListener('submit', async event => {
    event.preventDefault();
    if (sending) return;
    if (!strokes.some(one => one.length > 3)) { say.textContent = '签名区是空的。请在框里写上姓名。'; return; }
    sending = true;
    const picture = await new Promise(done => canvas.toBlob(done, 'image/png'));
    const files = new DataTransfer();
    files.items.add(new File([picture], 'signature.png', { type: 'image/png' }));
    form.elements.drawn.files = files.files;
    form.submit();
  });
  window.addEventListener('pageshow', () => { sending = false; });
  window.addEventListener('resize', draw);
  form.hidden = false;
  document.querySelector('[data-sign-typed]').open = false;
  draw();
  place();
})();
