// Picker: an input with data-picker and data-url becomes a combobox over a remote list or tree.
// GET url?q=text searches, url?under=id lists the children; the answer is
// [{id, label, note, leaf}, …]. Keys: arrows, Enter takes, → opens a branch, ← goes back, Esc closes.
'use strict';
(() => {
  let serial = 0;
  const make = (name, attributes = {}, text = '') => {
    const made = document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    if (text) made.textContent = text;
    return made;
  };

  class Picker {
    constructor(input) {
      this.url = input.dataset.url;
      this.empty = input.dataset.empty || '';
      this.trail = [];
      this.items = [];
      this.at = -1;
      this.asked = 0;
      this.build(input);
      this.listen();
    }

    build(input) {
      const id = `pick-${++serial}`;
      this.hidden = make('input', { type: 'hidden', name: input.name, value: input.value });
      this.box = make('span', { class: 'pick' });
      this.say = make('span', { class: 'vh', role: 'status' });
      this.list = make('div', { class: 'pick-list', role: 'listbox', id, 'aria-label': '可选项' });
      this.list.hidden = true;
      input.before(this.box);
      this.box.append(input, this.hidden, this.list, this.say);
      input.removeAttribute('name');
      input.removeAttribute('data-picker');
      input.value = input.dataset.label || '';
      if (this.empty) input.placeholder = this.empty;
      Object.entries({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': id, autocomplete: 'off' })
        .forEach(([key, value]) => input.setAttribute(key, value));
      this.input = input;
      this.shown = input.value;
    }

    listen() {
      this.input.addEventListener('click', () => this.open());
      this.input.addEventListener('input', event => { event.stopPropagation(); clearTimeout(this.timer); this.timer = setTimeout(() => this.search(), 180); });
      this.input.addEventListener('change', event => event.stopPropagation());
      this.input.addEventListener('keydown', event => this.key(event));
      this.input.addEventListener('blur', () => setTimeout(() => { if (!this.box.contains(document.activeElement)) this.leave(); }, 120));
      this.list.addEventListener('mousedown', event => event.preventDefault());
      this.list.addEventListener('click', event => {
        const option = event.target.closest('[role=option]');
        if (!option) return;
        const place = Number(option.dataset.at);
        if (event.target.closest('.deep')) this.enter(place); else this.take(place);
      });
    }

    open() { if (this.list.hidden) { this.trail = []; this.load('under', ''); } }

    search() {
      const text = this.input.value.trim();
      this.trail = [];
      if (text) this.load('q', text); else this.load('under', '');
    }

    async load(name, value) {
      const turn = ++this.asked;
      const address = new URL(this.url, location.href);
      if (value) address.searchParams.set(name, value);
      let items = [], said = '';
      try {
        const answer = await fetch(address, { headers: { Accept: 'application/json' } });
        if (answer.redirected) { location.reload(); return; }
        if (!answer.ok) throw new Error(String(answer.status));
        items = await answer.json();
        said = items.length ? `${items.length} 个可选项` : '没有找到。可以用名称、拼音首字母或代码查。';
      } catch { said = '连不上服务器，没有查成。请稍后再试。'; }
      if (turn !== this.asked) return;
      this.items = items;
      this.draw(said);
    }

    draw(said) {
      this.list.replaceChildren();
      const back = this.trail.length ? [{ back: true, label: `返回${this.trail.length > 1 ? this.trail[this.trail.length - 2].label : '上一层'}` }] : [];
      const clear = !this.trail.length && this.hidden.value && this.empty ? [{ id: '', label: this.empty, leaf: true, clear: true }] : [];
      this.items = [...back, ...clear, ...this.items];
      this.items.forEach((item, at) => this.list.append(this.option(item, at)));
      if (!this.items.length) this.list.append(make('div', { class: 'pick-say', role: 'option', 'aria-disabled': 'true' }, said));
      this.say.textContent = said;
      this.list.hidden = false;
      this.input.setAttribute('aria-expanded', 'true');
      this.move(back.length && this.items.length > 1 ? 1 : this.items.length ? 0 : -1);
    }

    option(item, at) {
      const made = make('div', { role: 'option', id: `${this.list.id}-${at}`, 'aria-selected': 'false', 'data-at': String(at) });
      if (item.back) made.className = 'back';
      made.append(make('span', {}, item.label));
      if (item.note) made.append(make('span', { class: 'note-t' }, item.note));
      if (!item.back && item.leaf === false) made.append(make('span', { class: 'deep' }, '下级 ›'));
      return made;
    }

    move(to) {
      const options = this.list.querySelectorAll('[data-at]');
      options.forEach(option => option.setAttribute('aria-selected', String(Number(option.dataset.at) === to)));
      this.at = to;
      if (to >= 0 && options[to]) {
        this.input.setAttribute('aria-activedescendant', options[to].id);
        options[to].scrollIntoView({ block: 'nearest' });
      } else this.input.removeAttribute('aria-activedescendant');
    }

    enter(at) {
      const item = this.items[at];
      if (!item || item.back || item.leaf !== false) return false;
      this.trail.push(item);
      this.load('under', item.id);
      return true;
    }

    back() {
      if (!this.trail.length) return false;
      this.trail.pop();
      this.load('under', this.trail.length ? this.trail[this.trail.length - 1].id : '');
      return true;
    }

    take(at) {
      const item = this.items[at];
      if (!item) return;
      if (item.back) { this.back(); return; }
      this.hidden.value = item.id;
      this.shown = item.clear ? '' : item.label;
      this.input.value = this.shown;
      this.close();
      this.hidden.dispatchEvent(new Event('change', { bubbles: true }));
    }

    leave() {
      if (this.input.value.trim() === '' && this.hidden.value) { this.hidden.value = ''; this.shown = ''; this.hidden.dispatchEvent(new Event('change', { bubbles: true })); }
      this.input.value = this.shown;
      this.close();
    }

    close() {
      this.asked += 1;
      this.list.hidden = true;
      this.input.setAttribute('aria-expanded', 'false');
      this.input.removeAttribute('aria-activedescendant');
    }

    key(event) {
      const open = !this.list.hidden, last = this.items.length - 1;
      const caretAtEnd = this.input.selectionStart === this.input.value.length;
      if (event.isComposing) return;
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        if (!open) this.open();
        else if (last >= 0) this.move(event.key === 'ArrowDown' ? (this.at >= last ? 0 : this.at + 1) : (this.at <= 0 ? last : this.at - 1));
      } else if (!open) return;
      else if (event.key === 'Enter') { event.preventDefault(); this.take(this.at); }
      else if (event.key === 'Escape') { event.preventDefault(); this.input.value = this.shown; this.close(); }
      else if (event.key === 'ArrowRight' && caretAtEnd && this.enter(this.at)) event.preventDefault();
      else if (event.key === 'ArrowLeft' && this.trail.length && this.back()) event.preventDefault();
      else if (event.key === 'Home' && this.trail.length === 0 && event.ctrlKey) this.move(0);
    }
  }

  const enhance = root => root.querySelectorAll('input[data-picker]').forEach(input => new Picker(input));
  enhance(document);
  document.addEventListener('htmx:load', event => enhance(event.target.parentElement || document));
  document.addEventListener('anlan:filled', event => enhance(event.target));
})();
