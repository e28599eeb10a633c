// 报隐患 on a phone: the form writes into the outbox, the outbox goes to the house when there is a network.
// What is typed is kept as it is typed, so that a closed browser loses nothing.
'use strict';
(() => {
  const form = document.querySelector('[data-danger-phone]');
  if (!form) return;
  const box = window.anlanOutbox, photo = window.anlanPhoto, { show, element, button, clockTime } = window.anlanRecords;
  const at = name => document.querySelector(`[data-${name}]`), URLS = form.dataset, DRAFT = 'draft', MOST = 9;
  const TEXTS = ['firm', 'place', 'description', 'due_on'];
  let needs = { person: null, firms: [], criteria: [], own: [], labels: {} };
  let photos = [], chosen = null, editing = null, place = null, net = '', previews = [];
  // Photos that are being made small: saving waits for them. dirty: something was typed since the last save.
  let work = Promise.resolve(), busy = 0, saving = null, dirty = false;

  const tell = (words, bad) => { const line = at('phone-say'); line.textContent = words; line.classList.toggle('red', Boolean(bad)); };
  const day = moment => `${moment.getFullYear()}-${String(moment.getMonth() + 1).padStart(2, '0')}-${String(moment.getDate()).padStart(2, '0')}`;
  // The house's day: the phone's own, moved by as many days as the two differed when they last met.
  const today = () => { const now = new Date(); now.setDate(now.getDate() + (needs.ahead || 0)); return day(now); };
  const fresh = () => place && Date.now() - place.at < photo.FRESH ? place : null;

  // Photos -------------------------------------------------------------------------------------------
  const taken = one => {
    if (!one) return '拍照时记下时间和位置';
    const when = one.fresh === false ? `拍摄于 ${one.taken_at.slice(0, 10)} ${clockTime(one.taken_at)}` : `已记下时间 ${clockTime(one.taken_at)}`;
    return one.longitude === undefined ? `${when}；没有取得位置` : `${when}${one.fresh === false ? '，有位置' : ' 和位置'}${one.accuracy ? `，误差约 ${one.accuracy} 米` : ''}`;
  };
  const drawPhotos = () => {
    previews.forEach(URL.revokeObjectURL);
    previews = photos.map(one => URL.createObjectURL(one.blob));
    const list = at('phone-pics');
    list.querySelectorAll('figure').forEach(one => one.remove());
    previews.forEach((url, n) => {
      const made = element('figure'), image = element('img');
      image.src = url;
      image.alt = `照片 ${n + 1}`;
      const gone = button('删去', () => { photos.splice(n, 1); drawPhotos(); touched(true); }, 'pm-gone');
      gone.setAttribute('aria-label', `删去照片 ${n + 1}`);
      made.append(image, gone);
      list.insertBefore(made, at('phone-camera'));
    });
    at('phone-camera').hidden = at('phone-album').hidden = photos.length >= MOST;
    at('phone-camera-word').textContent = photos.length ? '再拍一张' : '拍照';
    at('phone-taken').textContent = busy ? `正在处理照片，还有 ${busy} 张` : taken(photos[photos.length - 1]);
  };
  const add = async file => {
    try {
      const small = await photo.shrink(file), here = small.fresh && small.longitude === undefined ? fresh() : null;
      if (photos.length >= MOST) return `最多 ${MOST} 张，多出的没有加入`;
      photos.push(here ? { ...small, longitude: here.longitude, latitude: here.latitude, accuracy: here.accuracy } : small);
      return '';
    } catch (error) { return error.message; } finally { busy -= 1; drawPhotos(); }
  };
  const chose = event => {
    const files = [...event.target.files], room = Math.max(0, MOST - photos.length - busy), taking = files.slice(0, room);
    event.target.value = '';
    busy += taking.length;
    drawPhotos();
    work = work.then(async () => {
      const said = files.length > room ? [`最多 ${MOST} 张，有 ${files.length - room} 张没有加入。其余的请另报一条`] : [];
      for (const file of taking) said.push(await add(file));
      touched(true);
      const wrong = [...new Set(said.filter(Boolean))];
      if (wrong.length) tell(`${wrong.join('；')}。`, true);
    });
  };
  form.elements.camera.addEventListener('change', chose);
  form.elements.album.addEventListener('change', chose);
  at('phone-where').addEventListener('click', async () => { place = await photo.where(); tell(place ? `已记下现在的位置，误差约 ${place.accuracy} 米。` : '没有取得位置。请允许浏览器使用位置，或写清在哪里。', !place); });

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
    const list = at('phone-criteria'), words = form.elements.criteria_words.value.trim() || form.elements.description.value, found = search(words);
    list.replaceChildren();
    found.forEach(one => {
      const made = element('li'), pick = button('', () => { chosen = chosen && chosen[0] === one[0] ? null : one; if (chosen) form.elements.level.value = 'major'; drawCriteria(); touched(); }, 'pm-pick');
      pick.append(element('b', `${one[1]} ${one[2]}`), element('small', `${one[3]}${one[4] ? '　条款待核' : ''}`));
      pick.setAttribute('aria-pressed', String(Boolean(chosen && chosen[0] === one[0])));
      made.append(pick);
      list.append(made);
    });
    at('phone-criteria-none').hidden = Boolean(list.children.length) || !words.trim();
    at('phone-chosen').textContent = chosen ? `已选判定条款：${chosen[1]} ${chosen[2]}` : '';
    const near = !chosen && found.length && !at('phone-more').open ? found[0] : null;
    at('phone-like').hidden = !near;
    if (near) at('phone-like-word').textContent = `像判定标准中“${near[2].length > 40 ? `${near[2].slice(0, 40)}…` : near[2]}”`;
  };
  form.elements.description.addEventListener('input', drawCriteria);
  form.elements.criteria_words.addEventListener('input', drawCriteria);
  at('phone-more').addEventListener('toggle', drawCriteria);
  at('phone-like-open').addEventListener('click', () => { at('phone-more').open = true; at('phone-more').scrollIntoView(); });

  // The form, kept as it is typed ----------------------------------------------------------------------
  const read = () => {
    const fields = Object.fromEntries(TEXTS.map(name => [name, form.elements[name].value.trim()]));
    const firm = needs.firms.find(one => one[1] === fields.firm);
    Object.assign(fields, {
      category: form.elements.category.value, suspected: form.elements.level.value === 'major',
      enterprise: firm ? firm[0] : needs.firm || null, criterion: chosen ? chosen[0] : null,
    });
    const old = editing ? editing.fields : {};
    if (!editing || !editing.id) fields.found_on = form.elements.found_on.value || today();
    if (old.longitude !== undefined) return { ...fields, longitude: old.longitude, latitude: old.latitude };
    const here = fresh();
    return here && !(editing && editing.id) ? { ...fields, longitude: here.longitude, latitude: here.latitude } : fields;
  };
  let soon = null;
  const keepForm = async withPhotos => {
    clearTimeout(soon);
    const unsaved = dirty ? { owner: needs.person, fields: read(), editing: editing && { ...editing, photos: [] } } : null;
    await box.keep('form', unsaved).catch(() => undefined);
    if (withPhotos) await box.keep('form-photos', dirty ? photos : []).catch(() => undefined);
  };
  const touched = withPhotos => { dirty = true; clearTimeout(soon); if (withPhotos) keepForm(true); else soon = setTimeout(keepForm, 400); };
  form.addEventListener('input', event => { if (event.target.type !== 'file') touched(); });
  addEventListener('pagehide', () => { if (dirty) keepForm(); });

  const lacking = fields => [!fields.description && '看到什么', !(editing && editing.id) && !photos.length && '照片'].filter(Boolean);
  const clear = async () => {
    form.reset();
    photos = []; chosen = null; editing = null; dirty = false;
    form.elements.found_on.value = today();
    at('phone-editing').hidden = true;
    drawPhotos(); drawCriteria();
    await keepForm(true);
  };
  const record = (fields, state) => {
    const old = editing || {};
    return {
      key: old.key || box.makeKey(), owner: needs.person, owner_name: needs.name, kind: old.id ? 'edit' : 'new', id: old.id || null, number: old.number || '',
      base_version: old.base_version ?? null, base: old.base || null, fields, photos, state, tried: Boolean(old.tried), changed: Boolean(old.tried), saved_at: new Date().toISOString(),
    };
  };
  const FULL = '手机存储满了，没有存下。填的内容还在本页：请联网后再按一次保存，会直接上报；或先删去手机里不用的照片和草稿。';
  // The disk is full: with a network the record goes up at once, else the form stays as it is.
  const unstored = async (made, error) => {
    const next = made.state === 'waiting' && navigator.onLine ? await box.direct(made, URLS.sync) : null;
    if (next && next.state === 'sent') { tell(`手机存储满了，已直接上报，编号 ${next.number}。`); return true; }
    const why = next && next.errors ? `没有收下：${Object.values(next.errors).flat().join('')}` : error && error.name === 'QuotaExceededError' ? FULL : `没有存下（${error ? error.name : ''}）。填的内容还在本页，请联网后再按一次保存。`;
    tell(why, true);
    return false;
  };
  const store = async draft => {
    await work;
    const fields = read(), missing = lacking(fields);
    if (!draft && !fields.description) { tell('没有保存：请写看到什么。', true); form.elements.description.focus(); return; }
    const state = draft ? DRAFT : missing.length ? 'lacking' : 'waiting', made = record(fields, state);
    try { await box.put(made); } catch (error) { if (!await unstored(made, error)) return; }
    if (state !== 'waiting' || await box.get(made.key).catch(() => null)) tell(state === 'waiting' ? '已存在本机。' : draft ? '已存草稿。' : `已存在本机，还缺${missing.join('、')}，补上后才上报。`);
    await clear();
    await draw();
    if (state === 'waiting') await sync();
  };
  // A second press while the first is saving saves nothing more.
  const save = draft => saving || (saving = store(draft).finally(() => { saving = null; }));
  // What stands in the form is put aside before something else comes into it.
  const leave = async () => {
    await work;
    if (dirty && (form.elements.description.value.trim() || form.elements.place.value.trim() || photos.length)) { await save(true); tell('没有保存的内容已存为草稿。'); return; }
    if (editing && editing.before) { const kept = await box.get(editing.key); if (kept) await box.put({ ...kept, state: editing.before }); }
    await clear();
    await draw();
  };
  const fill = (made, fromForm) => {
    const { fields } = made;
    TEXTS.forEach(name => { form.elements[name].value = fields[name] || ''; });
    form.elements.category.value = fields.category || 'other';
    form.elements.level.value = fields.suspected ? 'major' : 'ordinary';
    form.elements.found_on.value = fields.found_on || today();
    chosen = needs.criteria.find(one => one[0] === fields.criterion) || null;
    photos = [...(made.photos || [])];
    editing = fromForm ? made.editing : made;
    at('phone-editing').hidden = !editing;
    if (editing) at('phone-editing-word').textContent = editing.id ? `正在改 ${editing.number || ''}` : '正在改这一条';
    drawPhotos(); drawCriteria();
  };
  // A record under the pen is not sent: its older wording would be what stands there.
  const edit = async chosenOne => {
    form.inert = true;
    try { await open(chosenOne); } finally { form.inert = false; }
  };
  const open = async chosenOne => {
    await leave();
    const now = await box.alone(async () => {
      const stands = chosenOne.key ? await box.get(chosenOne.key) : chosenOne;
      if (!chosenOne.key || !stands || stands.state === 'sent') return stands;
      await box.put({ ...stands, state: 'editing', before: stands.state });
      return { ...stands, before: stands.state };
    });
    await draw();
    if (!now || now.state === 'sent') { tell('这一条刚刚已经上报，请在下面“我报的”里改。', true); return; }
    fill(now, false);
    form.scrollIntoView();
  };
  form.addEventListener('submit', event => { event.preventDefault(); save(false); });
  at('phone-draft').addEventListener('click', () => save(true));
  at('phone-new').addEventListener('click', leave);

  // The outbox ---------------------------------------------------------------------------------------
  const spoken = (name, value) => name === 'suspected' ? (value ? '疑似重大' : '一般') : name === 'category' ? (form.querySelector(`[name=category][value="${value}"]`)?.dataset.word || value) : value || '（空）';
  const remove = async one => {
    if (!confirm(one.state === 'clash' ? '按系统里现在的内容，您改的不再上报。' : '删去后这条记录和照片不再保存。')) return;
    await box.drop(one.key);
    await draw();
  };
  const decide = async (one, fields, dropped) => {
    const key = box.makeKey();
    await box.swap(one.key, { ...one, key, fields, dropped, base_version: one.their_version, base: one.theirs, state: 'waiting', tried: false, changed: false, theirs: null, saved_at: new Date().toISOString() });
    await draw();
    await sync();
  };
  const NET = {
    'signed-out': ['登录已过期', '条存在本机，登录后自动上报'], away: ['连不上系统，可照常填写', '条存在本机，连上后自动上报'],
    failing: ['系统暂时不收', '条存在本机，每分钟再试一次'],
  };
  const drawBar = records => {
    const mine = records.filter(one => one.owner === needs.person), count = state => mine.filter(one => one.state === state).length;
    const waiting = count('waiting'), clashes = count('clash'), offline = !navigator.onLine;
    const [title, words] = offline ? ['离线，可照常填写', '条存在本机，联网后自动上报'] : NET[net] || ['正在上报', '条正在上报'];
    at('phone-sync').hidden = !(offline || waiting || clashes || net === 'signed-out');
    at('phone-sync-title').textContent = clashes ? '两边都改过，请选定' : title;
    at('phone-sync-word').textContent = clashes ? `${clashes} 条要您选定` : `${waiting} ${words}`;
    at('phone-signin').hidden = net !== 'signed-out';
    at('phone-see').hidden = net === 'signed-out' || !(waiting || clashes);
    at('phone-who').textContent = needs.name ? `以${needs.name}的名义` : '';
  };
  const drawOwn = records => {
    const busyOnes = new Set(records.filter(one => one.kind === 'edit' && one.state !== 'sent').map(one => one.id));
    at('phone-own').replaceChildren(...needs.own.filter(one => !busyOnes.has(one.id)).map(one => {
      const made = element('li');
      made.append(element('span', `${one.number} ${one.fields.description}`, 'grow wrap'), element('span', one.state, 'sm mid'),
        button('改', () => edit({ id: one.id, number: one.number, base_version: one.version, base: one.fields, fields: { ...one.fields, firm: one.firm }, photos: [] })));
      return made;
    }));
    at('phone-own-sec').hidden = !at('phone-own').children.length;
  };
  const draw = async () => {
    const records = await box.all(), unsent = records.filter(one => one.state !== 'sent');
    const bytes = unsent.reduce((sum, one) => sum + (one.photos || []).reduce((n, two) => n + two.blob.size, 0), 0);
    show(at('phone-list'), records.slice().reverse(), { person: needs.person, rows: URLS.rows, labels: needs.labels, spoken, edit, remove, decide });
    at('phone-size').textContent = unsent.length ? `约 ${(bytes / 1048576).toFixed(1)} MB` : '';
    at('phone-empty').hidden = records.length > 0;
    drawBar(records);
    drawOwn(records);
  };

  const load = async () => {
    try {
      const answer = await fetch(URLS.needs, { redirect: 'manual', credentials: 'same-origin', headers: { 'X-Poll': '1' } });
      if (answer.type === 'opaqueredirect') net = 'signed-out';
      else if (answer.ok) {
        needs = await answer.json();
        needs.ahead = Math.round((Date.parse(needs.today) - Date.parse(day(new Date()))) / 86400000);
        await box.keep('needs', needs).catch(() => undefined);
        // Written before anybody was known on this phone: it is this person's.
        for (const one of await box.all()) if (one.owner === null) await box.put({ ...one, owner: needs.person, owner_name: needs.name });
        if (net === 'signed-out') net = '';
      }
    } catch (error) { /* no network: what was kept must do */ }
    if (!needs.person) needs = await box.kept('needs') || needs;
    at('phone-firms').replaceChildren(...needs.firms.map(one => { const made = element('option'); made.value = one[1]; return made; }));
    at('phone-firm').hidden = Boolean(needs.firm);
    if (!form.elements.found_on.value) form.elements.found_on.value = today();
  };
  // What a closed browser left: sent ones of yesterday go, a form half filled comes back.
  const tidy = async () => {
    const old = Date.now() - 24 * 3600 * 1000, unsaved = await box.kept('form');
    const back = unsaved && (unsaved.owner === needs.person || unsaved.owner === null) ? unsaved : null;
    for (const one of await box.all()) {
      if (one.state === 'sent' && Date.parse(one.sent_at) < old) await box.drop(one.key);
      if (one.state === 'editing' && !(back && back.editing && back.editing.key === one.key)) await box.put({ ...one, state: one.before || 'waiting' });
    }
    if (!back) return;
    fill({ ...back, photos: await box.kept('form-photos') || [] }, true);
    dirty = true;
    tell('上次没有保存的内容还在，请接着填。');
  };
  const sync = async () => {
    if (!navigator.onLine || !needs.person) { await draw(); return; }
    const before = (await box.all()).filter(one => one.state === 'waiting').length;
    net = await box.flush(URLS.sync, needs.person);
    if (before && !net) await load();
    await draw();
  };
  const start = async () => {
    try { await box.all(); } catch (error) {
      tell('这个浏览器不能在本机存记录（可能是无痕窗口）。请用普通窗口打开；有网络时也可在“登记隐患”里填。', true);
      return;
    }
    await load(); await tidy(); drawPhotos(); drawCriteria(); await draw(); await sync();
    form.dataset.ready = '1';
    photo.follow(found => { place = found; });
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => undefined);
  };
  addEventListener('online', () => load().then(sync));
  addEventListener('offline', draw);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) sync(); });
  setInterval(sync, 60000);
  // The worker keeps this page, so that it opens without network.
  if ('serviceWorker' in navigator) navigator.serviceWorker.ready.then(worker => { worker.active.postMessage({ keep: location.pathname }); });
  start();
})();
