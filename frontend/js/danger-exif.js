// When and where a camera took a picture, as it wrote into the JPEG (Exif 2.32): read before the picture is made
// small, because a canvas forgets it. Gives {} where the picture says nothing or cannot be read.
'use strict';
(() => {
  const SIZES = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8 };
  const directory = (view, base, at, little) => {
    const found = {}, count = view.getUint16(at, little);
    for (let n = 0; n < count; n += 1) {
      const entry = at + 2 + 12 * n, items = view.getUint32(entry + 4, little);
      const bytes = (SIZES[view.getUint16(entry + 2, little)] || 1) * items;
      found[view.getUint16(entry, little)] = { items, at: bytes <= 4 ? entry + 8 : base + view.getUint32(entry + 8, little) };
    }
    return found;
  };
  const text = (view, entry) => {
    let said = '';
    for (let n = 0; entry && n < entry.items; n += 1) {
      const code = view.getUint8(entry.at + n);
      if (!code) break;
      said += String.fromCharCode(code);
    }
    return said;
  };
  const degrees = (view, entry, side, little) => {
    if (!entry || entry.items !== 3 || !'NSEW'.includes(side) || !side) return null;
    const [whole, minutes, seconds] = [0, 1, 2].map(n => view.getUint32(entry.at + 8 * n, little) / view.getUint32(entry.at + 8 * n + 4, little));
    const found = whole + minutes / 60 + seconds / 3600;
    return Number.isFinite(found) ? (side === 'S' || side === 'W' ? -found : found) : null;
  };
  const moment = (said, zone) => {
    const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)/.exec(said);
    if (!parts) return null;
    const [, year, month, day, hour, minute, second] = parts;
    const found = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${/^[+-]\d\d:\d\d$/.test(zone) ? zone : ''}`);
    return Number.isNaN(found.getTime()) || found > new Date() ? null : found.toISOString();
  };
  const told = (view, base) => {
    const little = view.getUint16(base) === 0x4949, first = directory(view, base, base + view.getUint32(base + 4, little), little);
    const below = tag => first[tag] ? directory(view, base, base + view.getUint32(first[tag].at, little), little) : {};
    const shot = below(0x8769), place = below(0x8825);
    const latitude = degrees(view, place[2], text(view, place[1]), little), longitude = degrees(view, place[4], text(view, place[3]), little);
    const found = { taken_at: moment(text(view, shot[0x9003]), text(view, shot[0x9011])) };
    return latitude === null || longitude === null ? found : { ...found, longitude, latitude };
  };
  window.anlanExif = async file => {
    try {
      const view = new DataView(await file.slice(0, 262144).arrayBuffer());
      if (view.getUint16(0) !== 0xffd8) return {};
      let at = 2;
      while (at + 4 < view.byteLength && view.getUint8(at) === 0xff) {
        if (view.getUint16(at) === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return told(view, at + 10);
        at += 2 + view.getUint16(at + 2);
      }
    } catch (error) { /* cut off or odd: it says nothing */ }
    return {};
  };
})();
