// A picture made small on the phone: at most 1600 pixels a side, JPEG, turned as it was held. A picture that
// the browser cannot open (HEIC on some phones) is sent as it is.
'use strict';
(() => {
  const MOST = 1600, ENOUGH = 300 * 1024;
  const open = async file => {
    if ('createImageBitmap' in window) return createImageBitmap(file, { imageOrientation: 'from-image' });
    const image = new Image();
    image.src = URL.createObjectURL(file);
    await image.decode();
    return image;
  };
  // {blob, taken_at, name}: when the camera wrote the file is when it was taken.
  const shrink = async file => {
    const taken = new Date(Math.min(file.lastModified || Date.now(), Date.now())).toISOString();
    const as = blob => ({ blob, taken_at: taken, name: file.name || 'photo.jpg' });
    try {
      const image = await open(file), longest = Math.max(image.width, image.height);
      if (longest <= MOST && file.size <= ENOUGH && file.type === 'image/jpeg') return as(file);
      const scale = Math.min(1, MOST / longest), canvas = document.createElement('canvas');
      canvas.width = Math.round(image.width * scale);
      canvas.height = Math.round(image.height * scale);
      canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise(done => canvas.toBlob(done, 'image/jpeg', .82));
      return blob && blob.size < file.size ? { ...as(blob), name: 'photo.jpg' } : as(file);
    } catch (error) {
      return as(file);
    }
  };
  // Where the phone is, or nothing: a person may refuse, a cellar has no sky.
  const where = () => new Promise(done => {
    if (!navigator.geolocation) { done(null); return; }
    navigator.geolocation.getCurrentPosition(
      found => done({ longitude: found.coords.longitude, latitude: found.coords.latitude, accuracy: Math.round(found.coords.accuracy) }),
      () => done(null), { enableHighAccuracy: true, timeout: 8000, maximumAge: 60000 });
  });
  window.anlanPhoto = { shrink, where };
})();
