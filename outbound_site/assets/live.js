// Keeps the part of the page that is marked with data-live up to date while somebody looks at it: every two
// seconds its address is asked, and what differs is changed in place, so that place and focus are kept.
"use strict";

const part = document.querySelector("[data-live]");

async function refresh() {
  if (!document.hidden) {
    const answer = await fetch(part.dataset.live).catch(() => null);
    const text = answer && answer.ok && !answer.redirected ? await answer.text() : null;
    if (text !== null) {
      Idiomorph.morph(part, text, { morphStyle: "innerHTML" });
    }
    part.toggleAttribute("data-stale", text === null);
  }
  setTimeout(refresh, 2000);
}

if (part) {
  setTimeout(refresh, 2000);
}
