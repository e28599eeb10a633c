// What a phone keeps until it reaches the house: records with their photos (IndexedDB), and what the form
// needs without network. Every record carries a key made once, so that sending it twice stores it once.
'use strict';
(() => {
  const NAME = 'anlan-dangers', EDITION = 1;
  let opened = null;
  const store = () => opened || (opened = new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, EDITION);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore('outbox', { keyPath: 'key' });
      asked.result.createObjectStore('kept');
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => { opened = null; failed(asked.error); };
  }));
  const run = async (name, mode, act) => {
    const base = await store();
    return new Promise((done, failed) => {
      const deal = base.transaction(name, mode), asked = act(deal.objectStore(name));
      deal.oncomplete = () => done(asked.result);
      deal.onerror = deal.onabort = () => failed(deal.error || asked.error);
    });
  };
  const all = () => run('outbox', 'readonly', box => box.getAll()).then(found => found.sort((a, b) => a.saved_at < b.saved_at ? -1 : 1));
  const put = record => run('outbox', 'readwrite', box => box.put(record));
  const get = key => run('outbox', 'readonly', box => box.get(key));
  const drop = key => run('outbox', 'readwrite', box => box.delete(key));
  // One record for another, both or neither.
  const swap = (key, record) => run('outbox', 'readwrite', box => { box.delete(key); return box.put(record); });
  const keep = (name, value) => run('kept', 'readwrite', box => box.put(value, name));
  const kept = name => run('kept', 'readonly', box => box.get(name));
  const makeKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map(one => one.toString(16).padStart(2, '0')).join('');

  const cookie = name => (document.cookie.split('; ').find(one => one.startsWith(`${name}=`)) || '').slice(name.length + 1);
  const send = async (record, url) => {
    const form = new FormData();
    const { key, kind, id, base_version, fields, photos, dropped } = record;
    const told = photos.map(({ taken_at, longitude, latitude }) => ({ taken_at, longitude, latitude }));
    form.append('record', JSON.stringify({ key, kind, id, base_version, fields, dropped, photos: told }));
    photos.forEach((one, n) => form.append('photo', one.blob, one.name || `photo${n}.jpg`));
    return fetch(url, { method: 'POST', body: form, redirect: 'manual', credentials: 'same-origin', headers: { 'X-CSRFToken': cookie('csrftoken') } });
  };

  // What becomes of a record by the answer to it; null: nothing, it waits as it is.
  const outcome = async (record, answer) => {
    if (answer.status === 413) return { ...record, state: 'refused', errors: { 照片: ['太大，服务器不收。请删去几张，或重拍。'] } };
    if (![200, 409, 422].includes(answer.status)) return null;
    const said = await answer.json();
    if (said.state === 'clash') return { ...record, state: 'clash', theirs: said.theirs, their_version: said.version, who: said.who, when: said.when };
    if (said.state !== 'stored') return { ...record, state: 'refused', errors: said.errors };
    // The first answer was lost and the record was changed since: what stands there is the older wording.
    if (said.repeated && record.changed) {
      return { ...record, key: makeKey(), kind: 'edit', id: said.id, number: said.number, base_version: said.version, base: null, tried: false, changed: false, late: true };
    }
    return { ...record, state: 'sent', photos: [], id: said.id, number: said.number, hints: said.hints || [], sent_at: new Date().toISOString() };
  };
  // A full disk must not send twice: what cannot be written down as sent is taken off.
  const settle = (record, next) => (next.key === record.key ? put(next) : swap(record.key, next)).catch(() => drop(record.key));
  // Sends what waits, oldest first, of this person only; gives "", "away", "failing" or "signed-out".
  const flush = async (url, person) => {
    let result = '', again = false;
    for (const { key } of await all()) {
      const record = await get(key);
      if (!record || record.state !== 'waiting' || record.owner !== person) continue;
      if (!record.tried) await put(Object.assign(record, { tried: true })).catch(() => undefined);
      let answer;
      try { answer = await send(record, url); } catch (error) { return 'away'; }
      if (answer.type === 'opaqueredirect' || answer.status === 403) return 'signed-out';
      let next;
      try { next = await outcome(record, answer); } catch (error) { return 'away'; }
      if (next) await settle(record, next);
      else result = 'failing';
      again ||= Boolean(next && next.key !== key);
    }
    return again ? flush(url, person) : result;
  };
  const alone = act => navigator.locks ? navigator.locks.request('anlan-dangers', act) : act();
  // For a phone whose disk is full: straight to the house; gives the record as it became, or null.
  const direct = async (record, url) => {
    try { return await outcome(record, await send(record, url)); } catch (error) { return null; }
  };
  window.anlanOutbox = { all, put, get, drop, swap, keep, kept, makeKey, alone, direct, flush: (url, person) => alone(() => flush(url, person)) };
})();
