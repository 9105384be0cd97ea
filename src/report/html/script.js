
(() => {
  'use strict';
  // The page is complete without this: it adds search, filters, sorting, and opens what a link points at.
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = id => document.getElementById(id);
  root.classList.add('js');

  // Without marks, and đ as d: "dia chi" finds "Địa chỉ".
  const fold = text => text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd');

  // Language. Pages opened from a disk may have no storage.
  const languages = all('input[name=lang]');
  const remember = lang => { try { localStorage.setItem('thuocdo-lang', lang); } catch { /* then not */ } };
  const speak = lang => {
    for (const input of languages) input.checked = input.value === lang;
    root.lang = lang;
    document.title = root.dataset[lang];
    count();
  };
  for (const input of languages) input.addEventListener('change', () => { speak(input.value); remember(input.value); });

  // Search and filters.
  const rules = all('details.r');
  // An index has rows instead.
  const items = rules.length ? rules : all('.listed tbody tr');
  const place = new Map(rules.map((rule, at) => [rule, at]));
  const texts = new Map();
  const textOf = rule => {
    if (!texts.has(rule)) texts.set(rule, fold(rule.id + ' ' + rule.textContent));
    return texts.get(rule);
  };
  // Dimension, severity, points to win back, defects, points.
  const by = rule => (rule.dataset.by ?? '').split(' ');
  const query = one('q');
  const chosen = name => new Set(all(`input[name=${name}]:checked`).map(input => input.value));
  const fits = (set, value) => set.size === 0 || set.has(value);
  let found = items.length;
  let filtered = false;
  function count() {
    if (!query) return;
    const number = found.toLocaleString(root.lang === 'vi' ? 'vi-VN' : 'en-US');
    const [vi, singular] = rules.length ? ['quy tắc', 'rule'] : ['CSDL', 'database'];
    one('found').textContent = !filtered ? '' : root.lang === 'vi' ? `${number} ${vi}` : `${number} ${singular}${found === 1 ? '' : 's'}`;
  }
  function filter() {
    const words = fold(query.value).split(/\s+/).filter(Boolean);
    const [outcomes, dimensions, severities] = [chosen('s'), chosen('d'), chosen('w')];
    filtered = words.length + outcomes.size + dimensions.size + severities.size > 0;
    found = 0;
    for (const rule of items) {
      const shown = fits(outcomes, rule.classList[1]) && fits(dimensions, by(rule)[0]) && fits(severities, by(rule)[1])
        && words.every(word => textOf(rule).includes(word));
      rule.hidden = !shown;
      if (shown) found += 1;
    }
    for (const section of all('section.table')) section.hidden = filtered && !section.querySelector('details.r:not([hidden])');
    for (const section of all('section.database')) section.hidden = filtered && !section.querySelector('section.table:not([hidden])');
    root.classList.toggle('finding', filtered && rules.length > 0);
    count();
  }
  let waiting = 0;
  query?.addEventListener('input', () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(filter); });
  const boxes = all('.panel input[type=checkbox]');
  for (const box of boxes) box.addEventListener('change', filter);
  const clear = () => {
    query.value = '';
    for (const box of boxes) box.checked = false;
    filter();
  };
  one('clear')?.addEventListener('click', clear);
  // For paper, which has only what is open.
  one('unfold')?.addEventListener('click', () => { for (const rule of rules) if (!rule.hidden) rule.open = true; });

  // Order of rules: points to win back, defects, points.
  const keys = { g: [2, -1], f: [3, -1], p: [4, 1] };
  for (const input of all('input[name=order]')) input.addEventListener('change', () => {
    const key = keys[input.value];
    const value = rule => key ? Number(by(rule)[key[0]]) * key[1] : 0;
    for (const list of all('.rules')) {
      const sorted = all('details.r', list).map(rule => [value(rule), place.get(rule), rule]);
      list.append(...sorted.sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(entry => entry[2]));
    }
  });

  // Tables that sort by a click on a heading.
  for (const table of all('table.sort')) {
    const headings = all('thead th', table);
    headings.forEach((heading, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener('click', () => {
        const down = heading.getAttribute('aria-sort') === 'ascending';
        for (const other of headings) other.removeAttribute('aria-sort');
        heading.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        const body = table.tBodies[0];
        const rows = [...body.rows].map((row, at) => {
          const cell = row.cells[column];
          return { row, at, number: cell.dataset.v === undefined ? null : Number(cell.dataset.v), text: fold(cell.innerText) };
        });
        const order = (a, b) => (a.number !== null && b.number !== null ? a.number - b.number : a.text.localeCompare(b.text, 'vi')) * (down ? -1 : 1);
        body.append(...rows.sort((a, b) => order(a, b) || a.at - b.at).map(entry => entry.row));
      });
    });
  }

  // Links into the page open what they point at; what is opened can be linked to.
  function arrive() {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* as it is */ }
    const target = id && one(id);
    if (!target) return;
    if (filtered && (target.closest('[hidden]') || target.closest('.o'))) clear();
    for (let at = target; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
    target.scrollIntoView();
    if (target.matches('details.r')) target.firstElementChild.focus({ preventScroll: true });
  }
  addEventListener('hashchange', arrive);
  document.addEventListener('toggle', event => {
    const rule = event.target;
    // Not of those that are opened all at once.
    if (rule.open && rule.matches('details.r') && rule.contains(document.activeElement)) try { history.replaceState(null, '', '#' + encodeURIComponent(rule.id)); } catch { /* then not */ }
  }, true);

  // Keys: / searches, Escape shows all again, arrows go from rule to rule.
  document.addEventListener('keydown', event => {
    const typing = event.target.matches('input[type=search]');
    if (event.key === '/' && query && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      query.focus();
    } else if (event.key === 'Escape') {
      const panel = document.querySelector('.filters[open]');
      if (panel) { panel.open = false; panel.firstElementChild.focus(); } else if (query) clear();
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && event.target.matches('.r>summary')) {
      const shown = all('details.r:not([hidden])');
      const next = shown[shown.indexOf(event.target.parentElement) + (event.key === 'ArrowDown' ? 1 : -1)];
      if (next) { event.preventDefault(); next.firstElementChild.focus(); }
    }
  });
  document.addEventListener('click', event => {
    for (const panel of all('.filters[open]')) if (!panel.contains(event.target)) panel.open = false;
  });

  let lang = null;
  try { lang = localStorage.getItem('thuocdo-lang'); } catch { /* none */ }
  if (lang === 'vi' || lang === 'en') speak(lang);
  // Once more when all is loaded: the browser goes to the place by itself in between, and takes the focus away.
  arrive();
  addEventListener('load', arrive);
})();
