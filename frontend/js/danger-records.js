// The list of a phone's own records: what became of each, and a clash field by field for a person to decide.
'use strict';
(() => {
  const element = (tag, words, css) => { const made = document.createElement(tag); if (words) made.textContent = words; if (css) made.className = css; return made; };
  const button = (words, act, css) => { const made = element('button', words, css || 'btn s'); made.type = 'button'; made.addEventListener('click', act); return made; };
  const clockTime = iso => new Date(iso).toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit', hour12: false });
  const STATES = {
    waiting: ['等待联网', 'mid'], editing: ['正在上面改', 'mid'], lacking: ['缺内容，去补', 'red'], draft: ['草稿', 'mid'],
    clash: ['两边都改过', 'red'], refused: ['没有收下', 'red'],
  };
  const same = (one, other) => (one ?? '') === (other ?? '');

  // Fields that differ, each with who changed it since the base: mine, theirs, or both.
  const differing = record => Object.entries(record.theirs).filter(([name, theirs]) => !same(record.fields[name], theirs)).map(([name, theirs]) => {
    const base = record.base ? record.base[name] : undefined, known = Boolean(record.base);
    const by = known && same(record.fields[name], base) ? 'theirs' : known && same(theirs, base) ? 'mine' : 'both';
    return { name, mine: record.fields[name], theirs, by };
  });
  const WHO = { mine: '只有您改了', theirs: '只有对方改了', both: '两边都改了' };
  // decide(fields, dropped) takes the fields as chosen, and what of mine was not. A field that one side alone
  // changed stands on that side.
  const clash = (record, { labels, spoken, decide }) => {
    const made = element('div', '', 'pm-clash'), form = element('form');
    made.append(element('p', `${record.number || '这条隐患'} 在您改的时候被他人改过（${record.who || '他人'} ${record.when || ''}）。请逐项选定，没有选的也记在办理记录里。`));
    differing(record).forEach(({ name, mine, theirs, by }) => {
      const set = element('fieldset'), legend = element('legend', labels[name] || name);
      legend.append(element('small', `　${WHO[by]}`, 'mid'));
      set.append(legend);
      [['mine', '我改的', mine], ['theirs', '现在的', theirs]].forEach(([side, label, value]) => {
        const line = element('label', '', 'one'), radio = element('input');
        radio.type = 'radio'; radio.name = name; radio.value = side; radio.required = true; radio.checked = side === by;
        line.append(radio, element('span', `${label}：${spoken(name, value)}`));
        set.append(line);
      });
      form.append(set);
    });
    form.append(element('button', '按所选的上报', 'btn s pri'));
    form.addEventListener('submit', event => {
      event.preventDefault();
      const picked = new FormData(form), fields = { ...record.fields }, dropped = [];
      Object.keys(record.theirs).forEach(name => { if (picked.get(name) !== 'mine') fields[name] = record.theirs[name]; });
      differing(record).forEach(({ name, mine, by }) => { if (by !== 'theirs' && picked.get(name) === 'theirs') dropped.push(`${labels[name] || name}“${spoken(name, mine)}”`); });
      decide(fields, dropped);
    });
    made.append(form);
    return made;
  };

  // ctx: person, rows (address of the ledger), labels, spoken(name, value), edit(record), remove(record),
  // decide(record, fields, dropped).
  const draw = (record, ctx) => {
    const made = element('li'), { fields } = record;
    made.dataset.state = record.state;
    made.append(element('span', fields.description || fields.place || '没有写内容', 'grow wrap'));
    if (record.owner !== null && record.owner !== ctx.person) { made.append(element('span', `由${record.owner_name || '他人'}填写，本人登录后上报`, 'sm mid')); return made; }
    if (record.state === 'sent') {
      const link = element('a', `${clockTime(record.sent_at)} 已上报 ${record.number}`, 'sm green');
      link.href = `${ctx.rows}${record.id}/`;
      made.append(link);
      if (record.late) made.append(element('small', '单位和发现日期按第一次上报的，请打开核对', 'red'));
      (record.hints || []).forEach(words => made.append(element('small', `照片${words}，请核对`, 'red')));
      return made;
    }
    const [word, css] = STATES[record.state];
    made.append(element('span', word, `sm ${css}`));
    if (record.state === 'refused') made.append(element('small', Object.entries(record.errors || {}).map(([place, texts]) => `${place ? `${place}：` : ''}${texts.join('')}`).join(' '), 'red'));
    if (record.state === 'clash') made.append(clash(record, { ...ctx, decide: (chosen, dropped) => ctx.decide(record, chosen, dropped) }));
    else if (record.state !== 'editing') made.append(button('改', () => ctx.edit(record)));
    if (['draft', 'refused', 'lacking', 'clash'].includes(record.state)) made.append(button(record.state === 'clash' ? '不改了，按现在的' : '删去', () => ctx.remove(record)));
    return made;
  };

  // Draws all into the list; what has not changed stays the same element, so that a choice half made is kept.
  const drawn = new Map();
  const show = (list, records, ctx) => {
    const lines = records.map(record => {
      const stamp = [record.state, record.saved_at, record.their_version, ctx.person].join();
      const old = drawn.get(record.key);
      if (!old || old.stamp !== stamp) drawn.set(record.key, { stamp, line: draw(record, ctx) });
      return drawn.get(record.key).line;
    });
    if (lines.length !== list.children.length || lines.some((line, n) => list.children[n] !== line)) list.replaceChildren(...lines);
  };
  window.anlanRecords = { show, element, button, clockTime };
})();
