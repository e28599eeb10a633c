// The photo form of a danger's page: the picture is made small before it goes up; time and place go with it.
'use strict';
(() => {
  document.querySelectorAll('[data-photo-form]').forEach(form => {
    const input = form.querySelector('input[type=file]');
    input.addEventListener('change', async () => {
      if (!input.files.length) return;
      const [small, place] = [await window.anlanPhoto.shrink(input.files[0]), await window.anlanPhoto.where()];
      const files = new DataTransfer();
      files.items.add(new File([small.blob], small.name, { type: small.blob.type }));
      input.files = files.files;
      form.elements.taken_at.value = small.taken_at;
      form.elements.longitude.value = place ? place.longitude : '';
      form.elements.latitude.value = place ? place.latitude : '';
    });
  });
})();
