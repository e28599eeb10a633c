// The photo form of a danger's page: the picture is made small before it goes up; time and place go with it.
'use strict';
(() => {
  document.querySelectorAll('[data-photo-form]').forEach(form => {
    const input = form.querySelector('input[type=file]'), said = form.querySelector('[data-file-name]');
    input.addEventListener('change', async () => {
      if (!input.files.length) return;
      let small;
      try { small = await window.anlanPhoto.shrink(input.files[0]); } catch (error) {
        input.value = '';
        said.textContent = `${error.message}。请另选一张。`;
        said.className = 'red';
        return;
      }
      const place = small.longitude === undefined && small.fresh ? await window.anlanPhoto.where() : small;
      const files = new DataTransfer();
      files.items.add(new File([small.blob], small.name, { type: small.blob.type }));
      input.files = files.files;
      form.elements.taken_at.value = small.taken_at;
      form.elements.longitude.value = place?.longitude ?? '';
      form.elements.latitude.value = place?.latitude ?? '';
    });
  });
})();
