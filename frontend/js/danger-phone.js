// 报隐患 on a phone: the form writes into the outbox, the outbox goes to the house when there is a network.
// A clash is shown with both versions; what was typed is never lost.
'use strict';
(() => {
  const form = document.querySelector('[data-danger-phone]');
  if (!form) return;
  const box = window.anlanOutbox, photo = window.anlanPhoto, at = name => document.querySelector(`[data-${name}]`);
  const URLS = form.dataset, DRAFT = 'draft';
  const TEXTS = ['firm', 'place', 'description', 'due_on'];
  let needs = { person: null, firms: [], criteria: [], own: [], labels: {} };
  let photos = [], chosen = null, editing = null, place = null, say = '', previews = [];

  const element = (tag, words, css) => { const made = document.createElement(tag); if (words) made.textContent = words; if (css) made.className = css; return made; };
  const button = (words, act, css) => { const made = element('button', words, css || 'btn s'); made.type = 'button'; made.addEventListener('click', act); return made; };
  const tell = words => { say = words; at('phone-say').textContent = words; };
  const day = text => (text || '').slice(0, 10);
  const clockTime = iso => new Date(iso).toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit', hour12: false });
  const makeKey = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map(one => one.toString(16).padStart(2, '0')).join('');
  };

  // Photos -------------------------------------------------------------------------------------------
  const drawPhotos = () => {
    previews.forEach(URL.revokeObjectURL);
    previews = photos.map(one => URL.createObjectURL(one.blob));
    const list = at('phone-pics');
    list.querySelectorAll('figure').forEach(one => one.remove());
    previews.forEach((url, n) => {
      const made = element('figure'), image = element('img');
      image.src = url;
      image.alt = `照片 ${n + 1}`;
      const gone = button('删去', () => { photos.splice(n, 1); drawPhotos(); }, 'pm-gone');
      gone.setAttribute('aria-label', `删去照片 ${n + 1}`);
      made.append(image, gone);
      list.insertBefore(made, at('phone-camera'));
    });
    at('phone-camera-word').textContent = photos.length ? '再拍一张' : '拍照';
    const last = photos[photos.length - 1];
    at('phone-taken').textContent = last ? `已记下时间 ${clockTime(last.taken_at)}${place ? `和位置，误差约 ${place.accuracy} 米` : '；没有取得位置'}` : '拍照时记下时间和位置';
  };
  form.elements.camera.addEventListener('change', async event => {
    const files = [...event.target.files];
    event.target.value = '';
    for (const file of files.slice(0, 9 - photos.length)) {
      const small = await photo.shrink(file);
      photos.push(place ? { ...small, longitude: place.longitude, latitude: place.latitude } : small);
    }
    drawPhotos();
  });
  const locate = async () => { place = await photo.where(); drawPhotos(); };
  at('phone-where').addEventListener('click', locate);

  // Criteria -----------------------------------------------------------------------------------------
  const pairs = text => { const found = new Set(); const clean = text.replace(/[\s，。、；：“”（）()]/g, ''); for (let n = 0; n < clean.length - 1; n += 1) found.add(clean.slice(n, n + 2)); return found; };
  const likeness = (said, text) => { const own = pairs(text); let hit = 0; own.forEach(one => { if (said.has(one)) hit += 1; }); return own.size ? hit / own.size : 0; };
  const search = words => {
    const said = pairs(words);
    if (!said.size) return [];
    return needs.criteria
      .map(one => [Math.max(likeness(said, one[2]), ...(one[5] || []).map(word => words.includes(word) ? .5 : 0), one[2].includes(words.trim()) ? 1 : 0), one])
      .filter(([score]) => score >= .3).sort((a, b) => b[0] - a[0]).slice(0, 6).map(([, one]) => one);
  };
  const drawCriteria = () => {
    const list = at('phone-criteria'), words = form.elements.criteria_words.value.trim() || form.elements.description.value;
    list.replaceChildren();
    search(words).forEach(one => {
      const made = element('li'), pick = button('', () => { chosen = chosen && chosen[0] === one[0] ? null : one; if (chosen) form.elements.level.value = 'major'; drawCriteria(); }, 'pm-pick');
      pick.append(element('b', `${one[1]} ${one[2]}`), element('small', `${one[3]}${one[4] ? '　条款待核' : ''}`));
      pick.setAttribute('aria-pressed', String(Boolean(chosen && chosen[0] === one[0])));
      made.append(pick);
      list.append(made);
    });
    at('phone-criteria-none').hidden = Boolean(list.children.length) || !words.trim();
    at('phone-chosen').textContent = chosen ? `已选判定条款：${chosen[1]} ${chosen[2]}` : '';
  };
  form.elements.description.addEventListener('input', drawCriteria);
  form.elements.criteria_words.addEventListener('input', drawCriteria);

  // The form -----------------------------------------------------------------------------------------
  const read = () => {
    const fields = Object.fromEntries(TEXTS.map(name => [name, form.elements[name].value.trim()]));
    const firm = needs.firms.find(one => one[1] === fields.firm);
    Object.assign(fields, {
      category: form.elements.category.value, suspected: form.elements.level.value === 'major',
      enterprise: firm ? firm[0] : needs.firm || null, criterion: chosen ? chosen[0] : null,
    });
    if (!editing) fields.found_on = day(form.elements.found_on.value) || day(new Date().toISOString());
    return place ? { ...fields, longitude: place.longitude, latitude: place.latitude } : fields;
  };
  const lacking = fields => [!fields.description && '看到什么', !editing && !photos.length && '照片'].filter(Boolean);
  const clear = () => {
    form.reset();
    photos = []; chosen = null; editing = null;
    form.elements.found_on.value = needs.today || '';
    at('phone-editing').hidden = true;
    drawPhotos(); drawCriteria();
  };
  const save = async draft => {
    const fields = read(), missing = lacking(fields);
    if (!draft && !fields.description) { tell('没有保存：请写看到什么。'); form.elements.description.focus(); return; }
    const state = draft ? DRAFT : missing.length ? 'lacking' : 'waiting';
    const old = editing || {};
    await box.put({
      key: old.key || makeKey(), owner: needs.person, owner_name: needs.name, kind: old.id ? 'edit' : 'new', id: old.id || null,
      base_version: old.base_version ?? null, base: old.base || null, fields, photos, state, saved_at: new Date().toISOString(),
    });
    tell(state === 'waiting' ? '已存在本机。' : state === DRAFT ? '已存草稿。' : `已存在本机，还缺${missing.join('、')}，补上后才上报。`);
    clear();
    await draw();
    if (state === 'waiting') await sync();
  };
  const fill = record => {
    const { fields } = record;
    TEXTS.forEach(name => { form.elements[name].value = fields[name] || ''; });
    form.elements.category.value = fields.category || 'other';
    form.elements.level.value = fields.suspected ? 'major' : 'ordinary';
    if (fields.found_on) form.elements.found_on.value = day(fields.found_on);
    chosen = needs.criteria.find(one => one[0] === fields.criterion) || null;
    photos = [...(record.photos || [])];
    editing = record;
    at('phone-editing').hidden = false;
    at('phone-editing-word').textContent = record.id ? `正在改 ${record.number || ''}` : '正在补这一条';
    drawPhotos(); drawCriteria();
    form.scrollIntoView();
  };
  form.addEventListener('submit', event => { event.preventDefault(); save(false); });
  at('phone-draft').addEventListener('click', () => save(true));
  at('phone-new').addEventListener('click', clear);

  // The outbox ---------------------------------------------------------------------------------------
  const words = (name, value) => name === 'suspected' ? (value ? '疑似重大' : '一般') : name === 'category' ? (form.querySelector(`[name=category][value="${value}"]`)?.dataset.word || value) : value || '（空）';
  const drawClash = record => {
    const made = element('div', '', 'pm-clash'), form2 = element('form');
    made.append(element('p', `${record.number || '这条隐患'} 在您改的时候被他人改过（${record.who || '他人'} ${record.when || ''}）。请逐项选定。`));
    Object.entries(record.theirs).filter(([name, theirs]) => (record.fields[name] ?? '') !== (theirs ?? '')).forEach(([name, theirs]) => {
      const set = element('fieldset'), said = element('legend', needs.labels[name] || name);
      set.append(said);
      [['mine', '我改的', record.fields[name]], ['theirs', '现在的', theirs]].forEach(([side, label, value]) => {
        const line = element('label', '', 'one'), radio = element('input');
        radio.type = 'radio'; radio.name = name; radio.value = side; radio.required = true; radio.checked = side === 'mine';
        line.append(radio, element('span', `${label}：${words(name, value)}`));
        set.append(line);
      });
      form2.append(set);
    });
    const settle = element('button', '按所选的上报', 'btn s pri');
    form2.append(settle);
    form2.addEventListener('submit', async event => {
      event.preventDefault();
      const picked = new FormData(form2), fields = { ...record.fields };
      Object.keys(record.theirs).forEach(name => { if (picked.get(name) !== 'mine') fields[name] = record.theirs[name]; });
      await box.put({ ...record, key: makeKey(), fields, base_version: record.their_version, state: 'waiting', theirs: null });
      await box.drop(record.key);
      await draw();
      await sync();
    });
    made.append(form2);
    return made;
  };
  const STATES = { waiting: ['等待联网', 'mid'], lacking: ['缺内容，去补', 'red'], draft: ['草稿', 'mid'], clash: ['两边都改过', 'red'], refused: ['没有收下', 'red'] };
  const drawRecord = record => {
    const made = element('li'), name = record.fields.description || record.fields.place || '没有写内容';
    made.dataset.state = record.state;
    made.append(element('span', name, 'grow wrap'));
    if (record.owner !== needs.person) { made.append(element('span', `由${record.owner_name || '他人'}填写，本人登录后上报`, 'sm mid')); return made; }
    if (record.state === 'sent') {
      const link = element('a', `${clockTime(record.sent_at)} 已上报 ${record.number}`, 'sm green');
      link.href = `${URLS.rows}${record.id}/`;
      made.append(link);
      return made;
    }
    const [word, css] = STATES[record.state];
    made.append(element('span', word, `sm ${css}`));
    if (record.state === 'refused') made.append(element('small', Object.entries(record.errors || {}).map(([at_, texts]) => `${at_ ? `${at_}：` : ''}${texts.join('')}`).join(' '), 'red'));
    if (record.state === 'clash') made.append(drawClash(record));
    else made.append(button('改', () => fill(record)));
    if (record.state === 'draft' || record.state === 'refused' || record.state === 'lacking') made.append(button('删去', async () => { if (confirm('删去后这条记录和照片不再保存。')) { await box.drop(record.key); await draw(); } }));
    return made;
  };
  const draw = async () => {
    const records = await box.all(), mine = records.filter(one => one.owner === needs.person), unsent = records.filter(one => one.state !== 'sent');
    const bytes = unsent.reduce((sum, one) => sum + (one.photos || []).reduce((n, two) => n + two.blob.size, 0), 0);
    at('phone-list').replaceChildren(...records.slice().reverse().map(drawRecord));
    at('phone-size').textContent = unsent.length ? `约 ${(bytes / 1048576).toFixed(1)} MB` : '';
    at('phone-empty').hidden = records.length > 0;
    const waiting = mine.filter(one => one.state === 'waiting').length, clashes = mine.filter(one => one.state === 'clash').length;
    const line = at('phone-sync'), offline = !navigator.onLine;
    line.hidden = !(offline || waiting || clashes || say === 'signed-out');
    at('phone-sync-title').textContent = clashes ? '两边都改过，请选定' : offline ? '离线，可照常填写' : say === 'signed-out' ? '登录已过期' : '正在上报';
    at('phone-sync-word').textContent = clashes ? `${clashes} 条要您选定` : say === 'signed-out' ? `${waiting} 条存在本机，登录后自动上报` : `${waiting} 条存在本机，联网后自动上报`;
    at('phone-signin').hidden = say !== 'signed-out';
    const own = at('phone-own');
    own.replaceChildren(...needs.own.filter(one => !records.some(two => two.id === one.id && two.kind === 'edit' && two.state !== 'sent')).map(one => {
      const made = element('li');
      made.append(element('span', `${one.number} ${one.fields.description}`, 'grow wrap'), element('span', one.state, 'sm mid'),
        button('改', () => fill({ id: one.id, number: one.number, base_version: one.version, base: one.fields, fields: { ...one.fields, firm: one.firm }, photos: [] })));
      return made;
    }));
    at('phone-own-sec').hidden = !own.children.length;
  };

  const load = async () => {
    try {
      const answer = await fetch(URLS.needs, { redirect: 'manual', credentials: 'same-origin', headers: { 'X-Poll': '1' } });
      if (answer.type === 'opaqueredirect') say = 'signed-out';
      else if (answer.ok) { needs = await answer.json(); await box.keep('needs', needs); if (say === 'signed-out') say = ''; }
    } catch (error) { /* no network: what was kept must do */ }
    if (!needs.person) needs = await box.kept('needs') || needs;
    at('phone-firms').replaceChildren(...needs.firms.map(one => { const made = element('option'); made.value = one[1]; return made; }));
    at('phone-firm').hidden = Boolean(needs.firm);
    if (!form.elements.found_on.value) form.elements.found_on.value = needs.today || '';
  };
  const tidy = async () => {
    const old = Date.now() - 24 * 3600 * 1000;
    for (const one of await box.all()) if (one.state === 'sent' && Date.parse(one.sent_at) < old) await box.drop(one.key);
  };
  const sync = async () => {
    if (!navigator.onLine || !needs.person) { await draw(); return; }
    const before = (await box.all()).filter(one => one.state === 'waiting').length;
    const outcome = await box.flush(URLS.sync, needs.person);
    say = outcome === 'signed-out' ? outcome : '';
    if (before && !outcome) await load();
    await draw();
  };
  const start = async () => {
    await load(); await tidy(); drawPhotos(); await draw(); await sync();
    form.dataset.ready = '1';
    locate();
  };
  window.addEventListener('online', () => load().then(sync));
  window.addEventListener('offline', draw);
  setInterval(sync, 60000);
  // The worker keeps this page, so that it opens without network.
  if ('serviceWorker' in navigator) navigator.serviceWorker.ready.then(worker => { worker.active.postMessage({ keep: location.pathname }); });
  start();
})();
