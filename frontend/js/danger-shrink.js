// A picture made small on the phone: at most 1600 pixels a side, JPEG, turned as it was held, its time and place
// kept beside it. A picture that only other phones open (HEIC) is sent as it is; what is no picture is refused.
'use strict';
(() => {
  const MOST = 1600, ENOUGH = 300 * 1024, FRESH = 120000;
  const open = async file => {
    if ('createImageBitmap' in window) return createImageBitmap(file, { imageOrientation: 'from-image' });
    const image = new Image();
    image.src = URL.createObjectURL(file);
    await image.decode();
    return image;
  };
  const isHeic = async file => /^[^]{4}ftyp(heic|heix|hevc|mif1|msf1|heim)/.test(String.fromCharCode(...new Uint8Array(await file.slice(0, 12).arrayBuffer())));
  // {blob, name, taken_at, fresh, longitude?, latitude?}: taken by the camera's word, else when the file was
  // written. fresh: just now, so that the phone's own place is the picture's. Throws where it is no picture.
  const shrink = async file => {
    const told = await window.anlanExif(file), now = Date.now();
    const taken = told.taken_at || new Date(Math.min(file.lastModified || now, now)).toISOString();
    const as = (blob, name) => ({ ...told, blob, name, taken_at: taken, fresh: now - Date.parse(taken) < FRESH });
    let image;
    try { image = await open(file); } catch (error) {
      if (await isHeic(file)) return as(file, file.name || 'photo.heic');
      throw new Error(`“${file.name || '这个文件'}”不是照片，或者已经损坏，没有加入`);
    }
    try {
      const longest = Math.max(image.width, image.height);
      if (longest <= MOST && file.size <= ENOUGH && file.type === 'image/jpeg') return as(file, file.name || 'photo.jpg');
      const scale = Math.min(1, MOST / longest), canvas = document.createElement('canvas');
      canvas.width = Math.round(image.width * scale);
      canvas.height = Math.round(image.height * scale);
      canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise(done => canvas.toBlob(done, 'image/jpeg', .82));
      return blob && blob.size < file.size ? as(blob, 'photo.jpg') : as(file, file.name || 'photo.jpg');
    } finally { if (image.close) image.close(); }
  };
  const told = found => ({ longitude: found.coords.longitude, latitude: found.coords.latitude, accuracy: Math.round(found.coords.accuracy), at: Date.now() });
  // Where the phone is, or nothing: a person may refuse, a cellar has no sky.
  const where = () => new Promise(done => {
    if (!navigator.geolocation) { done(null); return; }
    navigator.geolocation.getCurrentPosition(found => done(told(found)), () => done(null), { enableHighAccuracy: true, timeout: 8000, maximumAge: 60000 });
  });
  // Tells each new place while somebody looks at the page: a place of an hour ago is another street.
  const follow = act => {
    if (!navigator.geolocation) return;
    let watch = null;
    const turn = () => {
      if (watch !== null) navigator.geolocation.clearWatch(watch);
      watch = document.hidden ? null : navigator.geolocation.watchPosition(found => act(told(found)), () => undefined, { enableHighAccuracy: true, maximumAge: 30000 });
    };
    document.addEventListener('visibilitychange', turn);
    turn();
  };
  window.anlanPhoto = { shrink, where, follow, FRESH };
})();
