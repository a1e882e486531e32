// Shows the current page in the list of pages, and a button at each block of code that copies it.
const pages = document.querySelector('#pages');
const current = pages.querySelector('[aria-current]');
if (current) {
  pages.scrollTop = current.offsetTop - pages.clientHeight / 3;
}

for (const code of document.querySelectorAll('pre')) {
  const button = document.createElement('button');
  button.className = 'copy';
  button.textContent = 'Copy';
  button.onclick = async () => {
    await navigator.clipboard.writeText(code.innerText);
    button.textContent = 'Copied';
  };
  if (navigator.clipboard) {
    const frame = document.createElement('div');
    frame.className = 'code';
    code.replaceWith(frame);
    frame.append(code, button);
  }
}
