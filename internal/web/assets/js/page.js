// What every page with a header does: menus that close, unsent text kept, buttons that fill, dialogs. Without it each page still works.
import { keepForms } from "./keep.js";
import { makeDialogs } from "./dialog.js";

const all = (selector) => document.querySelectorAll(selector);

function closeMenus(except) {
  for (const menu of all("details.menu[open]")) if (menu !== except) menu.open = false;
}
document.addEventListener("click", (e) => closeMenus(e.target.closest("details.menu")));
document.addEventListener("keydown", (e) => {
  if (e.key === "Escape") closeMenus(null);
  const link = /^F\d+$/.test(e.key) && document.querySelector(`[data-key="${e.key}"]`);
  if (link) { e.preventDefault(); link.click(); }
});

document.addEventListener("click", (e) => {
  const fill = e.target.closest("[data-fills]");
  if (!fill) return;
  const field = document.getElementById(fill.dataset.fills);
  if (!field) return;
  field.value = fill.textContent.trim();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});

for (const button of all("[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// What cannot go out now is said on every page of the desk, also on one that has stood open for hours.
const outage = document.querySelector("[data-outage]");
async function ask() {
  if (document.hidden) return;
  try {
    const answer = await fetch(outage.dataset.outage, { cache: "no-store" });
    const html = answer.ok && !answer.redirected ? (await answer.text()).trim() : null;
    if (html !== null && html !== outage.innerHTML.trim()) outage.innerHTML = html; // written by our own server, which escapes every value
  } catch { /* the server does not answer: the page's own actions say so */ }
}
if (outage) setInterval(ask, 3_000);

// A page about work that goes on loads again by itself.
const again = document.querySelector("[data-again]");
if (again) setTimeout(() => location.reload(), Number(again.dataset.again) * 1000);

document.querySelector("#problem:not(.looks #problem)")?.focus();
keepForms();
makeDialogs();
