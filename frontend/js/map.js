// The map: data-map names the JSON script it begins with. Drag, wheel (once it has the focus), pinch, buttons
// and keys move it; a cluster zooms in, a mark opens its card. What lies in the window is asked of the server
// again after every move, so that no more is ever loaded than can be told apart.
'use strict';
(() => {
  const frame = document.querySelector('[data-map]'), paint = window.anlanMap;
  const filter = document.querySelector('[data-map-filter]');
  if (filter) {
    filter.addEventListener('submit', () => filter.querySelectorAll('input, select').forEach(one => { if (one.value === '') one.disabled = true; }));
    filter.addEventListener('change', () => filter.requestSubmit());
  }
  if (!frame || !paint) return;
  const find = name => frame.querySelector(`[data-map-${name}]`);
  const first = JSON.parse(document.getElementById(frame.dataset.map).textContent);
  const canvas = find('canvas'), stage = find('view'), card = find('card'), dotted = find('dots');
  const say = document.querySelector('[data-map-say]'), ctx = canvas.getContext('2d');
  const MOST = 4e6, LEAST_MOVE = 4, CELL = 52;
  const k = Math.cos((first.box[1] + first.box[3]) / 2 * Math.PI / 180);
  const view = { x: 0, y: 0, s: 1, k, w: 0, h: 0 };
  const scene = { shapes: [], marks: first.marks, features: [], region: '', at: null, dots: false };
  let ratio = 1, cells = [], asking = null, waiting = 0, pinned = false, least = 1, drawing = 0, pending = false;

  const draw = () => { drawing = 0; paint.draw(ctx, ratio, view, scene); };
  const later = () => { drawing = drawing || requestAnimationFrame(draw); };
  const fit = (box, most = MOST) => {
    view.x = (box[0] + box[2]) / 2;
    view.y = (box[1] + box[3]) / 2;
    view.s = Math.min(most, Math.max(least, Math.min(view.w / Math.max(1e-6, (box[2] - box[0]) * k), view.h / Math.max(1e-6, box[3] - box[1]))));
  };
  const taken = list => list.map(([x, y, n, rank, worst, id, w, s, e, t]) => ({ x, y, n, rank, worst, id, box: [w, s, e, t] }));
  const gather = () => { scene.features = scene.dots ? cells : paint.gather(view, cells); };
  const zoom = () => Math.round(2 * Math.log2(view.s / CELL));
  const words = one => `${one.n.toLocaleString()} ${first.unit}${one.n > 1 && !'go'.includes(first.marks[one.rank].tone) ? `，其中“${first.marks[one.rank].label}”${one.worst} ${first.unit}` : one.n > 1 ? '' : `，${first.marks[one.rank].label}`}`;

  // What was walked to stays walked to when the same window is told anew.
  const same = was => scene.features.find(one => was.id ? one.id === was.id : one.n === was.n && Math.hypot(one.x - was.x, one.y - was.y) * view.s < 12) || null;

  const ask = () => {
    clearTimeout(waiting);
    pending = true;
    waiting = setTimeout(load, 140);
  };
  const load = async () => {
    asking?.abort();
    asking = new AbortController();
    const air = .15, dots = dotted.checked;
    const [west, north] = paint.degrees(view, -view.w * air, -view.h * air), [east, south] = paint.degrees(view, view.w * (1 + air), view.h * (1 + air));
    const edges = [Math.max(-180, west), Math.max(-90, south), Math.min(180, east), Math.min(90, north)].map(one => one.toFixed(6));
    try {
      const answer = await fetch(`${first.points}&box=${edges}&zoom=${Math.max(0, zoom())}${dots ? '&dots=1' : ''}`, { signal: asking.signal, headers: { Accept: 'application/json' } });
      if (!answer.ok || answer.redirected) throw new Error('no answer');
      const told = await answer.json();
      pending = false;
      scene.dots = dots;
      cells = dots ? told.dots.map(([e, n, rank, id]) => { const x = e / 1e5, y = n / 1e5; return { x, y, n: 1, rank, worst: 1, id, box: [x, y, x, y] }; }) : taken(told.cells);
      const before = scene.at;
      gather();
      scene.at = before && same(before);
      later();
      const shown = cells.reduce((sum, one) => sum + one.n, 0);
      if (!scene.at || told.more) say.textContent = told.more ? `这一片太多，只画了 ${shown.toLocaleString()} ${first.unit}。请放大，或取消逐点显示。` : `图上及近旁 ${shown.toLocaleString()} ${first.unit}`;
      frame.dataset.loaded = String(Number(frame.dataset.loaded || 0) + 1);
    } catch (error) {
      if (error.name === 'AbortError') return;
      pending = false;
      say.textContent = '没有取到数，图上是刚才的。请检查网络，或刷新本页。';
    }
  };
  const moved = () => { gather(); later(); ask(); };
  const grow = (by, px = view.w / 2, py = view.h / 2) => {
    const [east, north] = paint.degrees(view, px, py);
    view.s = Math.min(MOST, Math.max(least * .6, view.s * by));
    view.x = east - (px - view.w / 2) / (k * view.s);
    view.y = north + (py - view.h / 2) / view.s;
    shut();
    moved();
  };
  const shift = (dx, dy) => { view.x -= dx / (k * view.s); view.y += dy / view.s; };

  // The card
  const shut = () => { card.hidden = true; pinned = false; };
  const show = async (one, pin) => {
    const url = one.id ? `${first.card}${one.id}/` : `${first.place}&box=${around(one.box)}`;
    try {
      const answer = await fetch(url);
      if (!answer.ok || answer.redirected) throw new Error('no answer');
      const html = await answer.text();
      if (!pin && scene.at !== one) return;
      card.replaceChildren(...new DOMParser().parseFromString(html, 'text/html').body.childNodes);
      card.hidden = false;
      pinned = pin;
      const [x, y] = paint.place(view, one.x, one.y), wide = card.offsetWidth, high = card.offsetHeight;
      card.style.left = `${Math.max(4, Math.min(view.w - wide - 4, x + 14))}px`;
      card.style.top = `${Math.max(4, Math.min(view.h - high - 4, y > view.h / 2 ? y - high - 12 : y + 14))}px`;
      if (pin) card.focus({ preventScroll: true });
    } catch {
      say.textContent = '没有打开。请检查网络，或在左表的台账里找。';
    }
  };
  const around = box => [box[0] - 1e-6, box[1] - 1e-6, box[2] + 1e-6, box[3] + 1e-6].map(one => one.toFixed(6)).join(',');
  const open = one => {
    scene.at = one;
    later();
    const tight = Math.max((one.box[2] - one.box[0]) * k, one.box[3] - one.box[1]);
    if (one.n > 1 && tight > 2e-4 && view.s < MOST / 2) {
      const air = tight * .12;
      shut();
      const before = view.s;
      fit([one.box[0] - air, one.box[1] - air, one.box[2] + air, one.box[3] + air]);
      if (view.s < before * 1.5) view.s = Math.min(MOST, before * 1.5);
      scene.at = null;
      moved();
    } else show(one, true);
  };
  const under = (px, py) => {
    let best = null, least_ = 14;
    scene.features.forEach(one => {
      const [x, y] = paint.place(view, one.x, one.y), off = Math.hypot(x - px, y - py) - (one.n > 1 ? paint.radius(one.n) - 6 : 0);
      if (off < least_) { best = one; least_ = off; }
    });
    return best;
  };

  // Pointers
  const held = new Map();
  let start = null, span = 0;
  const at = event => { const box = stage.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
  stage.addEventListener('pointerdown', event => {
    stage.setPointerCapture(event.pointerId);
    held.set(event.pointerId, at(event));
    start = held.size === 1 ? at(event) : null;
    span = 0;
  });
  stage.addEventListener('pointermove', event => {
    const now = at(event), was = held.get(event.pointerId);
    if (!was) { hover(now); return; }
    if (held.size === 2) {
      held.set(event.pointerId, now);
      const [a, b] = [...held.values()], far = Math.hypot(a[0] - b[0], a[1] - b[1]);
      if (span) grow(far / span, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
      span = far;
      return;
    }
    if (start && Math.hypot(now[0] - start[0], now[1] - start[1]) < LEAST_MOVE) return;
    start = null;
    shift(now[0] - was[0], now[1] - was[1]);
    held.set(event.pointerId, now);
    shut();
    later();
  });
  const lift = event => {
    const clicked = start && held.size === 1;
    held.delete(event.pointerId);
    span = 0;
    if (clicked && event.type === 'pointerup') click(...start);
    else if (!held.size) ask();
    start = null;
  };
  stage.addEventListener('pointerup', lift);
  stage.addEventListener('pointercancel', lift);
  stage.addEventListener('pointerleave', () => { if (!pinned && !held.size) { scene.at = null; point(''); } });
  stage.addEventListener('wheel', event => {
    if (document.activeElement !== stage && !event.ctrlKey) return;
    event.preventDefault();
    grow(Math.exp(-event.deltaY / 400), ...at(event));
  }, { passive: false });
  const click = (px, py) => {
    const one = under(px, py);
    if (one) open(one);
    else { shut(); scene.at = null; later(); }
  };
  let resting = 0;
  const hover = ([px, py]) => {
    if (pinned) return;
    const one = under(px, py);
    point(paint.inside(ctx, view, scene.shapes, px, py)?.code || '');
    stage.classList.toggle('on', Boolean(one));
    stage.title = one && one.n > 1 ? words(one) : '';
    if (one === scene.at) return;
    scene.at = one;
    clearTimeout(resting);
    if (!one || one.n > 1) card.hidden = true;
    else resting = setTimeout(() => { if (scene.at === one && !pinned) show(one, false); }, 160);
    later();
  };

  // The table: the line of a region and its outline are told apart together.
  const lines = [...document.querySelectorAll('.map-tab tr[data-code]')];
  const point = code => {
    if (code === scene.region) return;
    scene.region = code;
    lines.forEach(one => one.classList.toggle('on', Boolean(code) && one.dataset.code === code));
    later();
  };
  lines.forEach(one => ['mouseenter', 'focusin'].forEach(name => one.addEventListener(name, () => point(one.dataset.code))));
  lines.forEach(one => ['mouseleave', 'focusout'].forEach(name => one.addEventListener(name, () => point(''))));

  // Keys
  const walk = by => {
    const shown = scene.features.filter(one => { const [x, y] = paint.place(view, one.x, one.y); return x >= 0 && y >= 0 && x <= view.w && y <= view.h; });
    if (!shown.length) return;
    shown.sort((a, b) => a.rank - b.rank || b.n - a.n || a.x - b.x);
    const next = shown[(shown.indexOf(scene.at) + by + shown.length) % shown.length];
    scene.at = next;
    say.textContent = `${words(next)}。回车${next.n > 1 ? '打开' : '看卡片'}。`;
    shut();
    later();
  };
  const KEYS = { ArrowLeft: () => shift(80, 0), ArrowRight: () => shift(-80, 0), ArrowUp: () => shift(0, 80), ArrowDown: () => shift(0, -80) };
  const ACTS = { '+': () => grow(1.6), '=': () => grow(1.6), '-': () => grow(1 / 1.6), 0: () => home(), j: () => walk(1), k: () => walk(-1), // What is drawn until the answer comes belongs to the window before.
    Enter: () => scene.at && !pending && open(scene.at) };
  stage.addEventListener('keydown', event => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const act = ACTS[event.key] || ACTS[event.key.toLowerCase()];
    if (!act && !KEYS[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    if (act) act();
    else { KEYS[event.key](); shut(); moved(); }
  });
  frame.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || card.hidden) return;
    event.stopPropagation();
    shut();
    stage.focus();
  });
  const home = () => { fit(first.box); shut(); moved(); };
  find('in').addEventListener('click', () => grow(1.8));
  find('out').addEventListener('click', () => grow(1 / 1.8));
  find('home').addEventListener('click', home);
  dotted.addEventListener('change', load);

  // Size, and the first picture
  const size = () => {
    const box = stage.getBoundingClientRect(), before = view.w;
    if (!box.width || (box.width === view.w && box.height === view.h)) return;
    ratio = window.devicePixelRatio || 1;
    [view.w, view.h] = [box.width, box.height];
    [canvas.width, canvas.height] = [Math.round(view.w * ratio), Math.round(view.h * ratio)];
    least = Math.min(view.w / ((first.box[2] - first.box[0]) * k), view.h / (first.box[3] - first.box[1]));
    if (before) { moved(); draw(); return; }
    fit(first.box);
    cells = taken(first.cells);
    gather();
    draw();
    if (Math.abs(zoom() - first.zoom) > 1) ask();
  };
  const told = name => { performance.mark(name); frame.dataset.painted = [frame.dataset.painted, name].filter(Boolean).join(' '); };
  size();
  told('map-points');
  new ResizeObserver(size).observe(stage);
  if (frame.dataset.shapes) fetch(frame.dataset.shapes).then(answer => answer.json()).then(collection => {
    scene.shapes = paint.outlines(collection, k);
    draw();
    told('map-shapes');
  }).catch(() => { say.textContent = '没有取到区划界线，点仍在图上。请刷新本页。'; });
})();
