// Keeps the part of the page that is marked with data-poll up to date while somebody looks at it.
"use strict";

const part = document.querySelector("[data-poll]");

async function poll() {
  if (!document.hidden) {
    const answer = await fetch(part.dataset.poll).catch(() => null);
    const text = answer && answer.ok && !answer.redirected ? await answer.text() : null;
    if (text !== null && text.trim() !== part.innerHTML.trim()) {
      part.innerHTML = text;
    }
  }
  setTimeout(poll, 2000);
}

if (part) {
  setTimeout(poll, 2000);
}
