/// The player of an exported page: it shows lines that were rendered before.
///
/// Text of the transcript gets into the page as text only, by `textContent`.
enum PageScript {
    static let javaScript = """
        'use strict';
        (() => {
          const data = JSON.parse(document.getElementById('data').textContent);
          const get = (id) => document.getElementById(id);
          const screen = get('screen'), seek = get('seek'), clock = get('clock');
          const play = get('play'), speed = get('speed'), step = get('step');
          const frames = data.frames, end = frames[frames.length - 1][0];
          const rows = [];
          let now = end, place = -1, shown = [], timer = 0, since = 0;

          for (let row = 0; row < data.rows; row++) {
            rows.push(screen.appendChild(document.createElement('div')));
          }
          const paint = (row, number) => {
            const pieces = data.lines[number], parts = [];
            for (let i = 0; i < pieces.length; i += 2) {
              const part = document.createElement('span');
              part.className = pieces[i];
              part.textContent = pieces[i + 1];
              parts.push(part);
            }
            rows[row].replaceChildren(...parts);
          };
          const show = () => {
            let low = 0, high = frames.length;
            while (low < high) {
              const middle = (low + high) >> 1;
              if (frames[middle][0] <= now) low = middle + 1; else high = middle;
            }
            const target = low - 1;
            if (target !== place) {
              const next = target < place ? [] : shown.slice();
              for (let f = target < place ? 0 : place + 1; f <= target; f++) {
                for (let i = 1; i < frames[f].length; i += 2) next[frames[f][i]] = frames[f][i + 1];
              }
              for (let row = 0; row < rows.length; row++) {
                if ((next[row] || 0) !== (shown[row] || 0)) paint(row, next[row] || 0);
              }
              shown = next;
              place = target;
            }
            seek.value = now;
            seek.setAttribute('aria-valuetext', text(now));
            clock.textContent = text(now) + ' / ' + text(end);
            let current = 0;
            data.steps.forEach((moment, i) => { if (moment <= now) current = i + 1; });
            if (step) step.value = current;
          };
          const text = (time) => {
            const tenths = Math.floor(time / 100), seconds = Math.floor(tenths / 10);
            const pad = (n) => (n < 10 ? '0' : '') + n;
            const hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds / 60) % 60;
            return (hours ? hours + ':' + pad(minutes) : minutes) + ':' + pad(seconds % 60)
              + '.' + tenths % 10;
          };
          const stop = () => {
            cancelAnimationFrame(timer);
            timer = 0;
            play.textContent = 'Play';
          };
          const turn = (moment) => {
            now = Math.min(end, now + (moment - since) * speed.value);
            since = moment;
            show();
            if (now >= end) stop(); else timer = requestAnimationFrame(turn);
          };
          const toggle = () => {
            if (timer) return stop();
            if (now >= end) now = 0;
            since = performance.now();
            play.textContent = 'Pause';
            timer = requestAnimationFrame(turn);
          };
          const go = (time) => { now = Math.max(0, Math.min(end, time)); show(); };
          const faster = (by) => {
            speed.selectedIndex = Math.max(0, Math.min(speed.length - 1, speed.selectedIndex + by));
          };

          play.addEventListener('click', toggle);
          seek.addEventListener('input', () => go(Number(seek.value)));
          if (step) step.addEventListener('change', () => {
            go(step.value > 0 ? data.steps[step.value - 1] : 0);
          });
          document.addEventListener('keydown', (event) => {
            if (event.ctrlKey || event.metaKey || event.altKey) return;
            const tag = event.target.tagName;
            if (tag === 'SELECT' || tag === 'A' || (tag === 'BUTTON' && event.key === ' ')) return;
            const onSlider = event.target === seek;
            const later = data.steps.find((moment) => moment > now);
            const earlier = data.steps.filter((moment) => moment < now - 500).pop();
            if (event.key === ' ') toggle();
            else if (event.key === 'ArrowRight' && !onSlider) go(now + 5000);
            else if (event.key === 'ArrowLeft' && !onSlider) go(now - 5000);
            else if (event.key === ']') go(later === undefined ? end : later);
            else if (event.key === '[') go(earlier === undefined ? 0 : earlier);
            else if (event.key === '>') faster(1);
            else if (event.key === '<') faster(-1);
            else return;
            event.preventDefault();
          });

          // A link may name a moment: page.html#t=12.5
          const follow = () => {
            const moment = /^#t=([0-9]+(?:[.][0-9]+)?)$/.exec(location.hash);
            if (moment) go(Number(moment[1]) * 1000);
          };
          window.addEventListener('hashchange', follow);
          seek.max = end;
          document.documentElement.className = 'js';
          show();
          follow();
        })();
        """
}
