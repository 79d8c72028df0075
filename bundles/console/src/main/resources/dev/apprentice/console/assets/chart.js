// Draws the learning curve of a skill where an element names its data.
(() => {
  'use strict';
  const colour = selector => getComputedStyle(document.querySelector(selector)).color;

  const draw = (element, curve) => {
    const quiet = getComputedStyle(element).color;
    const axis = { stroke: quiet, grid: { stroke: quiet, width: 0.15 }, ticks: { show: false }, font: '13px system-ui' };
    const line = (label, stroke) => ({ label, stroke, width: 2, points: { show: curve.position.length < 40, size: 5 } });
    element.replaceChildren();
    const plot = new uPlot({
      width: element.clientWidth,
      height: 280,
      legend: { show: false },
      scales: { x: { time: false } },
      axes: [{ ...axis, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] }, axis],
      series: [{}, line('your code', colour('.key.personal')), line('general text', colour('.key.general'))],
    }, [curve.position, curve.personal, curve.general], element);
    new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: 280 })).observe(element);
  };

  const load = async element => {
    const answer = await fetch(element.dataset.curve);
    const curve = answer.ok ? await answer.json() : { position: [] };
    if (curve.position.length > 0) {
      draw(element, curve);
    }
  };

  const loadAll = () => document.querySelectorAll('[data-curve]').forEach(load);
  document.addEventListener('DOMContentLoaded', loadAll);
  document.addEventListener('apprentice:learned', loadAll);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', loadAll);
})();
