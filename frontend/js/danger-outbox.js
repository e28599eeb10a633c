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
    asked.onerror = () => failed(asked.error);
  }));
  const run = async (name, mode, act) => {
    const base = await store();
    return new Promise((done, failed) => {
      const deal = base.transaction(name, mode), asked = act(deal.objectStore(name));
      deal.oncomplete = () => done(asked.result);
      deal.onerror = deal.onabort = () => failed(deal.error);
    });
  };
  const all = () => run('outbox', 'readonly', box => box.getAll()).then(found => found.sort((a, b) => a.saved_at < b.saved_at ? -1 : 1));
  const put = record => run('outbox', 'readwrite', box => box.put(record));
  const get = key => run('outbox', 'readonly', box => box.get(key));
  const drop = key => run('outbox', 'readwrite', box => box.delete(key));
  const keep = (name, value) => run('kept', 'readwrite', box => box.put(value, name));
  const kept = name => run('kept', 'readonly', box => box.get(name));

  const cookie = name => (document.cookie.split('; ').find(one => one.startsWith(`${name}=`)) || '').slice(name.length + 1);
  const send = async (record, url) => {
    const form = new FormData();
    const { key, kind, id, base_version, fields, photos } = record;
    const told = photos.map(({ taken_at, longitude, latitude }) => ({ taken_at, longitude, latitude }));
    form.append('record', JSON.stringify({ key, kind, id, base_version, fields, photos: told }));
    photos.forEach((one, n) => form.append('photo', one.blob, one.name || `photo${n}.jpg`));
    return fetch(url, { method: 'POST', body: form, redirect: 'manual', credentials: 'same-origin', headers: { 'X-CSRFToken': cookie('csrftoken') } });
  };

  // One record: what became of it. Network gone or signed out: it waits as it is.
  const settle = async (record, answer) => {
    const said = await answer.json();
    if (said.state === 'stored') Object.assign(record, { state: 'sent', photos: [], id: said.id, number: said.number, sent_at: new Date().toISOString() });
    else if (said.state === 'clash') Object.assign(record, { state: 'clash', theirs: said.theirs, their_version: said.version, who: said.who, when: said.when });
    else Object.assign(record, { state: 'refused', errors: said.errors });
    await put(record);
  };
  // Sends what waits, oldest first, of this person only; gives "", "away" or "signed-out".
  const flush = async (url, person) => {
    for (const record of await all()) {
      if (record.state !== 'waiting' || record.owner !== person) continue;
      let answer;
      try { answer = await send(record, url); } catch (error) { return 'away'; }
      if (answer.type === 'opaqueredirect' || answer.status === 403) return 'signed-out';
      if (![200, 409, 422].includes(answer.status)) return 'away';
      await settle(record, answer);
    }
    return '';
  };
  const alone = act => navigator.locks ? navigator.locks.request('anlan-dangers', act) : act();
  window.anlanOutbox = { all, put, get, drop, keep, kept, flush: (url, person) => alone(() => flush(url, person)) };
})();
