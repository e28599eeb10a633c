// Drawing a map on a canvas: outlines with their names, single marks, clusters with their number. Shapes and
// letters say what colours say. Knows nothing of the page; map.js tells what to draw and where one looks.
// view: {x, y: degrees in the middle, s: pixels a degree of latitude, k: narrowing of longitude, w, h: pixels}.
'use strict';
window.anlanMap = (() => {
  const token = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const NAMES = { g: ['--green-fill', '--green-ink'], y: ['--yellow-fill', '--yellow-ink'], r: ['--red-fill', '--red-ink'], o: ['--ground', '--ink-3'], red: ['--red-map', '--red-ink'], orange: ['--orange-map', '--orange-ink'], yellow: ['--yellow-map', '--yellow-ink'], blue: ['--info-pale', '--info-ink'] };
  const paint = { sans: token('--sans'), ink: token('--ink'), ink2: token('--ink-2'), ink3: token('--ink-3'), ground: token('--ground'), land: token('--ground-2'), line: token('--edge'), hair: token('--line-2'), blue: token('--blue'), pale: token('--blue-pale') };
  const QUIET = new Set(['g', 'o']);
  const TONES = Object.fromEntries(Object.entries(NAMES).map(([tone, [fill, ink]]) => [tone, { fill: token(fill), ink: token(ink) }]));
  const place = (view, east, north) => [(east - view.x) * view.k * view.s + view.w / 2, (view.y - north) * view.s + view.h / 2];
  const degrees = (view, px, py) => [view.x + (px - view.w / 2) / (view.k * view.s), view.y - (py - view.h / 2) / view.s];

  // Outlines are kept as paths around an origin near them: single precision is too coarse for whole degrees.
  const outlines = (collection, k) => collection.features.map(feature => {
    const polygons = feature.geometry.coordinates, all = polygons.flatMap(one => one[0]);
    const east = all.map(one => one[0]), north = all.map(one => one[1]);
    const box = [Math.min(...east), Math.min(...north), Math.max(...east), Math.max(...north)];
    const origin = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2], path = new Path2D();
    polygons.forEach(rings => rings.forEach(ring => {
      ring.forEach(([x, y], n) => path[n ? 'lineTo' : 'moveTo']((x - origin[0]) * k, origin[1] - y));
      path.closePath();
    }));
    const { code, name } = feature.properties;
    return { code, name, path, origin, box, level: code.endsWith('0000') ? 0 : code.endsWith('00') ? 1 : 2, middle: middle(polygons) };
  });
  const area = ring => ring.reduce((sum, [x, y], n) => { const [p, q] = ring[(n + 1) % ring.length]; return sum + x * q - p * y; }, 0) / 2;
  const middle = polygons => {
    const ring = polygons.map(one => one[0]).reduce((best, one) => Math.abs(area(one)) > Math.abs(area(best)) ? one : best);
    const whole = area(ring) || 1;
    const sum = ring.reduce(([a, b], [x, y], n) => { const [p, q] = ring[(n + 1) % ring.length], part = x * q - p * y; return [a + (x + p) * part, b + (y + q) * part]; }, [0, 0]);
    return [sum[0] / (6 * whole), sum[1] / (6 * whole)];
  };

  const onShape = (ctx, view, ratio, shape, act) => {
    const [x, y] = place(view, ...shape.origin);
    ctx.setTransform(ratio * view.s, 0, 0, ratio * view.s, ratio * x, ratio * y);
    act(shape.path);
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  };
  const seen = (view, { box }) => {
    const [left, top] = place(view, box[0], box[3]), [right, bottom] = place(view, box[2], box[1]);
    return right > 0 && left < view.w && bottom > 0 && top < view.h;
  };
  const land = (ctx, view, ratio, shapes, at) => {
    const least = Math.max(...shapes.map(one => one.level)), shown = shapes.filter(one => seen(view, one));
    const stroke = (shape, colour, width) => onShape(ctx, view, ratio, shape, path => { ctx.lineWidth = width / view.s; ctx.strokeStyle = colour; ctx.stroke(path); });
    ctx.lineJoin = 'round';
    shown.filter(one => one.level === least).forEach(one => onShape(ctx, view, ratio, one, path => { ctx.fillStyle = one.code === at ? paint.pale : paint.land; ctx.fill(path); }));
    shown.filter(one => one.level === least).forEach(one => stroke(one, least > 1 && shapes.some(other => other.level === 1) && view.s < 160 ? paint.hair : paint.line, .8));
    shown.filter(one => one.level < least).forEach(one => stroke(one, paint.line, one.level ? 1.4 : 2));
    shown.filter(one => one.code === at).forEach(one => stroke(one, paint.ink, 2.2));
  };
  // A name gives way to the marks: it moves up or down within its territory, or is left out.
  const names = (ctx, view, shapes, features) => {
    const spots = features.length > 400 ? [] : features.map(one => [...place(view, one.x, one.y), radius(one.n)]);
    const free = (x, y, half) => spots.every(([p, q, r]) => Math.abs(p - x) > half + r || Math.abs(q - y) > 9 + r);
    const crowded = shapes.some(one => one.level === 1) && shapes.length > 30 && view.s < 260;
    ctx.font = `12px ${paint.sans}`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.lineWidth = 3;
    ctx.strokeStyle = paint.ground;
    ctx.fillStyle = paint.ink2;
    shapes.filter(one => seen(view, one) && one.level === (crowded ? 1 : Math.max(...shapes.map(other => other.level)))).forEach(one => {
      const wide = (one.box[2] - one.box[0]) * view.k * view.s, [x, y] = place(view, ...one.middle);
      if (wide < 34) return;
      const half = ctx.measureText(one.name).width / 2, high = (one.box[3] - one.box[1]) * view.s * .32;
      const up = [0, -14, 14, -28, 28, -42, 42, -56, 56].find(off => Math.abs(off) <= high && free(x, y + off, half));
      if (up === undefined) return;
      ctx.strokeText(one.name, x, y + up);
      ctx.fillText(one.name, x, y + up);
    });
  };

  // The region that is pointed at says its name over everything.
  const title = (ctx, view, { name, middle: at }) => {
    const [x, y] = place(view, ...at);
    ctx.font = `600 14px ${paint.sans}`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.lineWidth = 5;
    ctx.strokeStyle = paint.ground;
    ctx.fillStyle = paint.ink;
    ctx.strokeText(name, x, y);
    ctx.fillText(name, x, y);
  };
  const outline = (ctx, tone, x, y, r) => {
    if (tone === 'y') { ctx.moveTo(x, y - r); ctx.lineTo(x + r, y + r * .8); ctx.lineTo(x - r, y + r * .8); ctx.closePath(); }
    else if (tone === 'g' || tone === 'o') { ctx.moveTo(x + r, y); ctx.arc(x, y, r, 0, 7); }
    else ctx.rect(x - r, y - r, 2 * r, 2 * r);
  };
  const mark = (ctx, { tone, letter }, x, y, r) => {
    ctx.beginPath();
    outline(ctx, tone, x, y, r);
    ctx.fillStyle = TONES[tone].fill;
    ctx.strokeStyle = TONES[tone].ink;
    ctx.lineWidth = 1.2;
    ctx.fill();
    ctx.stroke();
    if (tone === 'r') { ctx.beginPath(); ctx.moveTo(x - r / 2, y - r / 2); ctx.lineTo(x + r / 2, y + r / 2); ctx.moveTo(x + r / 2, y - r / 2); ctx.lineTo(x - r / 2, y + r / 2); ctx.strokeStyle = paint.ground; ctx.lineWidth = 1.6; ctx.stroke(); }
    if (letter && r > 5) { ctx.font = `600 ${Math.round(r * 1.5)}px ${paint.sans}`; ctx.textAlign = 'center'; ctx.textBaseline = 'middle'; ctx.fillStyle = paint.ink; ctx.fillText(letter, x, y + .5); }
  };
  const radius = n => n < 2 ? 7 : 12 + 3.4 * Math.log10(n);
  const cluster = (ctx, marks, one, x, y) => {
    const r = radius(one.n), tone = marks[one.rank];
    ctx.beginPath();
    ctx.arc(x, y, r, 0, 7);
    ctx.fillStyle = paint.ground;
    ctx.strokeStyle = TONES[tone.tone].ink;
    ctx.lineWidth = 2;
    ctx.fill();
    ctx.stroke();
    ctx.font = `600 12px ${paint.sans}`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.fillStyle = paint.ink;
    ctx.fillText(one.n < 10000 ? String(one.n) : `${(one.n / 10000).toFixed(1)}万`, x, y + .5);
    if (!QUIET.has(tone.tone)) mark(ctx, tone, x + r * .74, y - r * .74, tone.letter ? 7 : 5.5);
  };
  const marks = (ctx, view, kinds, features, dots) => {
    const big = dots && features.length > 400 ? 3 : dots ? 5 : 7;
    [...features].sort((a, b) => b.rank - a.rank).forEach(one => {
      const [x, y] = place(view, one.x, one.y);
      if (x < -30 || y < -30 || x > view.w + 30 || y > view.h + 30) return;
      if (one.n > 1) cluster(ctx, kinds, one, x, y);
      else mark(ctx, kinds[one.rank], x, y, kinds[one.rank].letter && big > 4 ? big + 1 : big);
    });
  };
  const ring = (ctx, view, one) => {
    const [x, y] = place(view, one.x, one.y);
    ctx.beginPath();
    ctx.arc(x, y, radius(one.n) + 5, 0, 7);
    ctx.strokeStyle = paint.blue;
    ctx.lineWidth = 3;
    ctx.stroke();
  };

  // Clusters of neighbouring cells may lie over one another: they are drawn as one.
  const gather = (view, features) => {
    const found = [];
    [...features].sort((a, b) => b.n - a.n).forEach(one => {
      const [x, y] = place(view, one.x, one.y);
      const near = found.find(other => { const [p, q] = place(view, other.x, other.y); return Math.hypot(p - x, q - y) < (radius(other.n) + radius(one.n)) * .72; });
      if (!near) { found.push({ ...one }); return; }
      const n = near.n + one.n;
      near.x = (near.x * near.n + one.x * one.n) / n;
      near.y = (near.y * near.n + one.y * one.n) / n;
      near.worst = near.rank === one.rank ? near.worst + one.worst : near.rank < one.rank ? near.worst : one.worst;
      near.rank = Math.min(near.rank, one.rank);
      near.box = [Math.min(near.box[0], one.box[0]), Math.min(near.box[1], one.box[1]), Math.max(near.box[2], one.box[2]), Math.max(near.box[3], one.box[3])];
      near.n = n;
      near.id = 0;
    });
    return found;
  };
  return { draw(ctx, ratio, view, scene) {
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, view.w, view.h);
    if (scene.shapes.length) { land(ctx, view, ratio, scene.shapes, scene.region); names(ctx, view, scene.shapes, scene.features); }
    marks(ctx, view, scene.marks, scene.features, scene.dots);
    const told = scene.shapes.find(one => one.code === scene.region);
    if (told) title(ctx, view, told);
    if (scene.at) ring(ctx, view, scene.at);
  }, place, degrees, outlines, gather, radius, inside: (ctx, view, shapes, px, py) => {
    const [east, north] = degrees(view, px, py), least = Math.max(0, ...shapes.map(one => one.level));
    return shapes.find(one => one.level === least && ctx.isPointInPath(one.path, (east - one.origin[0]) * view.k, one.origin[1] - north));
  } };
})();
