// Charts: an element with data-chart names a JSON script (id) and is drawn by ECharts; its table follows
// on the page. Data: {kind: line|bar, x: [...], unit, series: [{name, data, tone, dashed, area}], marks: [{y, label, tone}]}.
'use strict';
(() => {
  const token = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const TONES = { blue: '--blue', grey: '--edge', ink: '--ink', red: '--red-fill', orange: '--orange-fill', yellow: '--yellow-fill', green: '--green-fill', info: '--info-fill' };
  const colour = tone => token(TONES[tone] || '--blue');
  const axis = () => ({ axisLine: { lineStyle: { color: token('--edge') } }, axisTick: { show: false }, axisLabel: { color: token('--ink-2'), fontSize: 12 }, splitLine: { lineStyle: { color: token('--line') } } });
  const one = (kind, given, many) => {
    const shade = colour(given.tone), made = { name: given.name, data: given.data };
    if (kind === 'bar') return { ...made, type: 'bar', barMaxWidth: 18, itemStyle: { color: shade } };
    return { ...made, type: 'line', symbol: 'none', lineStyle: { color: shade, width: given.dashed ? 1.5 : 2, type: given.dashed ? 'dashed' : 'solid' }, itemStyle: { color: shade }, areaStyle: given.area ? { color: shade, opacity: .16 } : undefined, endLabel: many ? { show: true, formatter: given.name, color: shade, fontSize: 12 } : undefined };
  };
  const option = data => {
    const kind = data.kind || 'line', many = data.series.length > 1;
    const marks = (data.marks || []).map(mark => ({ yAxis: mark.y, label: { formatter: mark.label, color: colour(mark.tone), fontSize: 12, position: 'insideStartTop' }, lineStyle: { color: colour(mark.tone), type: 'dashed', width: 1 } }));
    const series = data.series.map(given => one(kind, given, many));
    if (marks.length && series.length) series[0].markLine = { symbol: 'none', silent: true, data: marks };
    return {
      animation: false,
      textStyle: { fontFamily: token('--sans') },
      grid: { left: 4, right: many && kind === 'line' ? 56 : 12, top: 14, bottom: 2, containLabel: true },
      // Drawn text, not HTML: the content policy allows no style attribute.
      tooltip: { trigger: 'axis', renderMode: 'richText', valueFormatter: value => `${value ?? '未报'}${data.unit ? ` ${data.unit}` : ''}` },
      xAxis: { type: 'category', data: data.x, ...axis(), splitLine: { show: false }, boundaryGap: kind === 'bar' },
      yAxis: { type: 'value', ...axis(), axisLine: { show: false }, splitNumber: 3 },
      series,
    };
  };
  const draw = root => root.querySelectorAll('[data-chart]').forEach(place => {
    const source = document.getElementById(place.dataset.chart);
    if (!source || !window.echarts) return;
    const chart = window.echarts.init(place, null, { renderer: 'canvas' });
    chart.setOption(option(JSON.parse(source.textContent)));
    new ResizeObserver(() => chart.resize()).observe(place);
  });
  draw(document);
  document.addEventListener('htmx:load', event => draw(event.target));
})();
