// Search over the index of all pages.
const form = document.querySelector('.search');
const [input, found, results] = form.children;
let index;

const load = () => (index ??= fetch('/docs/search.json').then((response) => response.json()));

/** The parts that contain every word, best first: words in a title count more than in a text. */
const matches = (parts, words) => parts
  .map((part) => [part, words.reduce((sum, word) => {
    const [, title, heading, text] = part.map((field) => field.toLowerCase());
    const points = 8 * title.includes(word) + 6 * heading.includes(word) + text.includes(word)
      + 4 * (` ${heading || title} `.includes(` ${word} `));
    return points && sum >= 0 ? sum + points : -1;
  }, 0)])
  .filter(([, points]) => points > 0)
  .sort((a, b) => b[1] - a[1])
  .slice(0, 20)
  .map(([part]) => part);

/** The text around the first word, which is marked. */
const excerpt = (text, word) => {
  const line = document.createElement('span');
  const at = text.toLowerCase().indexOf(word);
  if (at < 0) {
    line.append(text.slice(0, 110), text.length > 110 ? '…' : '');
    return line;
  }
  const from = Math.max(0, at - 45);
  const mark = document.createElement('mark');
  mark.append(text.slice(at, at + word.length));
  line.append(from ? '…' : '', text.slice(from, at), mark, text.slice(at + word.length, at + 75), '…');
  return line;
};

const item = ([url, title, heading, text], word) => {
  const link = document.createElement('a');
  link.href = url;
  const name = document.createElement('strong');
  name.append(heading ? `${title} › ${heading}` : title);
  link.append(name, excerpt(text, word));
  const entry = document.createElement('li');
  entry.append(link);
  return entry;
};

const show = async () => {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  const parts = words.length ? matches(await load(), words) : [];
  results.replaceChildren(...parts.map((part) => item(part, words[0])));
  if (words.length && !parts.length) {
    results.innerHTML = '<li class="none">Nothing found</li>';
  }
  results.hidden = !words.length;
  found.textContent = words.length ? `${parts.length} found` : '';
};

form.hidden = false;
input.addEventListener('focus', load);
input.addEventListener('input', show);
form.addEventListener('submit', (event) => {
  event.preventDefault();
  results.querySelector('a')?.click();
});
form.addEventListener('keydown', (event) => {
  const links = [input, ...results.querySelectorAll('a')];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    links[links.indexOf(document.activeElement) + step]?.focus();
  } else if (event.key === 'Escape') {
    results.hidden = true;
    input.focus();
  }
});
document.addEventListener('click', (event) => form.contains(event.target) || (results.hidden = true));
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && !/^(input|textarea)$/i.test(document.activeElement.tagName)) {
    event.preventDefault();
    input.focus();
  }
});
