// Charts: an element with data-chart names a JSON script (id) and is drawn by ECharts; its table follows
// on the page. Data: {kind: line|bar, x: [...], unit, series: [{name, data, tone, dashed, area}], marks: [{y, label, tone}]}.
'use strict';
(() => {
  const token = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const TONES = { blue: '--blue', grey: '--edge', ink: '--ink', red: '--red-fill', orange: '--orange-fill', yellow: '--yellow-fill', green: '--green-fill', info: '--info-fill' };
  const colour = tone => token(TONES[tone] || '--blue');
  const axis = () => ({ axisLine: { lineStyle: { color: token('--edge') } }, axisTick: { show: false }, axisLabel: { color: token('--ink-2'), fontSize: 12 }, splitLine: { lineStyle: { color: token('--line') } } });
  // Bars are named one and all, in two lines where the place is narrow; a line names what fits.
  const named = (kind, count, width) => kind === 'bar' && count <= 14 ? { axisLabel: { color: token('--ink-2'), fontSize: 12, interval: 0, width: Math.max(24, Math.floor((width - 60) / count) - 4), overflow: 'break', lineHeight: 14 } } : {};
  const one = (kind, given, many) => {
    const shade = colour(given.tone), made = { name: given.name, data: given.data };
    if (kind === 'bar') return { ...made, type: 'bar', barMaxWidth: 18, itemStyle: { color: shade } };
    return { ...made, type: 'line', symbol: 'none', lineStyle: { color: shade, width: given.dashed ? 1.5 : 2, type: given.dashed ? 'dashed' : 'solid' }, itemStyle: { color: shade }, areaStyle: given.area ? { color: shade, opacity: .16 } : undefined, endLabel: many ? { show: true, formatter: given.name, color: shade, fontSize: 12 } : undefined, labelLayout: { moveOverlap: 'shiftY' } };
  };
  const option = (data, width) => {
    const kind = data.kind || 'line', many = data.series.length > 1;
    const marks = (data.marks || []).map(mark => ({ yAxis: mark.y, label: { formatter: mark.label, color: colour(mark.tone), fontSize: 12, position: 'insideStartTop' }, lineStyle: { color: colour(mark.tone), type: 'dashed', width: 1 } }));
    const series = data.series.map(given => one(kind, given, many));
    if (marks.length && series.length) series[0].markLine = { symbol: 'none', silent: true, data: marks };
    return {
      animation: false,
      textStyle: { fontFamily: token('--sans') },
      grid: { left: 4, right: many && kind === 'line' ? 64 : 12, top: data.unit ? 24 : 14, bottom: 2, containLabel: true },
      // Drawn text, not HTML: the content policy allows no style attribute.
      tooltip: { trigger: 'axis', renderMode: 'richText', valueFormatter: value => `${value ?? '未报'}${data.unit ? ` ${data.unit}` : ''}` },
      xAxis: { type: 'category', data: data.x, ...axis(), ...named(kind, data.x.length, width), splitLine: { show: false }, boundaryGap: kind === 'bar' },
      yAxis: { type: 'value', ...axis(), axisLine: { show: false }, splitNumber: 3, minInterval: data.whole ? 1 : 0, ...(data.unit ? { name: data.unit, nameGap: 8, nameTextStyle: { color: token('--ink-2'), fontSize: 12, align: 'right', padding: [0, 6, 0, 0] } } : {}) },
      series,
    };
  };
  const draw = root => root.querySelectorAll('[data-chart]').forEach(place => {
    const source = document.getElementById(place.dataset.chart);
    if (!source || !window.echarts) return;
    const chart = window.echarts.init(place, null, { renderer: 'canvas' });
    const data = JSON.parse(source.textContent);
    chart.setOption(option(data, place.clientWidth));
    new ResizeObserver(() => { if (matchMedia('print').matches) return; chart.resize(); chart.setOption(option(data, place.clientWidth)); }).observe(place);
  });
  draw(document);
  document.addEventListener('htmx:load', event => draw(event.target));
})();
