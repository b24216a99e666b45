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

document.getElementById("problem")?.focus();
keepForms();
makeDialogs();
