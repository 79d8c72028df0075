// Runs learning cycles from their form and shows how far they have come.
(() => {
  'use strict';

  async function* events(answer) {
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      text += part.value;
      const blocks = text.split('\n\n');
      text = blocks.pop();
      for (const block of blocks) {
        const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
        if (name) {
          yield { name, data: JSON.parse(data) };
        }
      }
    }
  }

  const show = (form, event) => {
    const progress = form.querySelector('progress');
    const output = form.querySelector('output');
    if (event.name === 'progress') {
      progress.max = Math.max(1, event.data.total);
      progress.value = event.data.done;
      output.textContent = event.data.stage;
    } else if (event.name === 'cycle') {
      const committed = event.data.outcome === 'COMMITTED';
      output.textContent = committed ? `Cycle ${event.data.commit.cycle} committed.` : `Discarded: ${event.data.reason}`;
    } else if (event.name === 'result') {
      output.textContent = `Done: ${event.data.committed} committed, ${event.data.discarded} discarded.`;
    } else if (event.name === 'error') {
      output.textContent = event.data.message;
    }
  };

  const run = async form => {
    const button = form.querySelector('button');
    const progress = form.querySelector('progress');
    const output = form.querySelector('output');
    button.disabled = true;
    progress.hidden = false;
    try {
      const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
      if (!answer.ok) {
        throw new Error((await answer.json()).error.message);
      }
      for await (const event of events(answer)) {
        show(form, event);
      }
      await htmx.ajax('GET', location.pathname, { target: '#history', select: '#history', swap: 'outerHTML' });
      document.dispatchEvent(new Event('apprentice:learned'));
    } catch (error) {
      output.textContent = error.message;
    } finally {
      button.disabled = false;
      progress.hidden = true;
    }
  };

  document.addEventListener('submit', event => {
    if (event.target.matches('form[data-live]')) {
      event.preventDefault();
      run(event.target);
    }
  });
})();
