// The dispatch page by keyboard, and the check while one types. The server is the truth: this only asks it again and puts its answer in place.
import { restore } from "./keep.js";

const form = document.querySelector("form[data-desk]");
const patience = 200; // milliseconds without a key before the check is asked
let waiting = 0, asked = null, filling = false, stale = false, texted = false;

const first = (...selectors) => selectors.map((s) => form.querySelector(s)).find(Boolean);
const empty = (selector) => [...form.querySelectorAll(selector)].find((f) => !f.value.trim());
const columns = {
  F2: () => first("[data-patterns] input:checked", "[data-patterns] input"),
  F4: () => first("#street"),
  F6: () => first("[data-priority] input:checked"),
  F8: () => empty("#asks textarea, #asks input.input:not(#slot-time)") ?? first(".element.missing textarea", "textarea[data-text]", "#street"),
  F9: () => first("[data-where] input:checked", "[data-where] input:not(:disabled)", "[data-tools] button"),
};

// Where a key leads to is gone to when the key is let go: the key itself must not be typed there.
let after = null;
document.addEventListener("keyup", () => { const go = after; after = null; go?.(); });

function onKey(e) {
  if (columns[e.key] && !e.ctrlKey && !e.altKey && !e.metaKey) { e.preventDefault(); return columns[e.key]()?.focus(); }
  if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); return launch(); }
  if (e.key === "Enter" && e.target.matches("input, select")) { e.preventDefault(); after = () => onward(e.target); return; } // Enter alone never sends
  if (/^[0-9]$/.test(e.key) && e.target.closest("[data-patterns]")) choose(e);
}

// Enter goes on: from the kind to the street, from the street to what was seen, from there to what is still missing.
function onward(from) {
  if (from.closest("[data-patterns]")) return columns.F4().focus();
  (columns.F8() ?? first("[data-launch]:enabled"))?.focus();
}

function choose(e) {
  const radio = form.querySelector(`[data-digit="${e.key}"]`);
  if (!radio) return;
  e.preventDefault();
  if (!radio.checked) radio.click();
  after = () => columns.F4().focus();
}

// Ctrl+Enter waits for the answer to what was typed last: what is launched was checked.
async function launch() {
  if (waiting || filling) { clearTimeout(waiting); await check("check"); }
  const button = form.querySelector("[data-launch]");
  if (button && !button.disabled) return form.requestSubmit(button);
  (form.querySelector(".finding input") ?? columns.F8())?.focus();
}

// One launch is one post, however often the button is pressed; the key in the form makes a second one harmless as well.
form.addEventListener("submit", (e) => {
  if (form.dataset.sent) return e.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => { delete form.dataset.sent; });

// A chosen template or spelling must arrive even if one types on at once: a check never cancels it, but follows it.
function ask(what) {
  if (what !== "check") { clearTimeout(waiting); waiting = 0; return check(what); }
  if (filling) { stale = true; return; }
  clearTimeout(waiting);
  waiting = setTimeout(check, patience, "check");
}

async function check(what) {
  waiting = 0;
  asked?.abort();
  const mine = asked = new AbortController();
  filling = what !== "check";
  const body = new URLSearchParams(new FormData(form));
  body.set("do", what);
  try {
    const answer = await fetch(form.dataset.check, { method: "POST", body, signal: mine.signal, headers: { Accept: "text/html" } });
    const html = await answer.text();
    if (answer.redirected || answer.status === 403) return location.assign("/sign-in"); // the session is over; what was typed stays in this tab
    if (answer.ok && mine === asked) place(html);
  } catch (err) {
    if (err.name !== "AbortError") console.warn("check:", err.message); // the launch itself checks again on the server
  }
  if (mine !== asked) return;
  filling = false;
  if (stale) { stale = false; ask("check"); }
}

function place(html) {
  const parts = new DOMParser().parseFromString(html, "text/html");
  for (const part of parts.querySelectorAll("[data-for]")) {
    const here = document.getElementById(part.dataset.for);
    if (here) keepTyping(here, () => here.replaceChildren(...part.childNodes));
  }
  markElements();
  document.dispatchEvent(new CustomEvent("networks"));
  if (!texted && form.querySelector("[data-text]")) { texted = true; if (restore(form, "[data-text], #asks .input")) ask("check"); }
}

// A field that is being typed in keeps its value, focus and caret when the part around it is written anew.
function keepTyping(here, change) {
  const now = document.activeElement;
  const held = here.contains(now) && now.id ? { id: now.id, value: now.value, at: now.selectionStart } : null;
  const launching = here.contains(now) && now.hasAttribute("data-launch");
  change();
  if (launching) return here.querySelector("[data-launch]")?.focus();
  const again = held && document.getElementById(held.id);
  if (!again) return;
  if ("value" in again && again.tagName !== "BUTTON") again.value = held.value;
  again.focus();
  if (held.at != null && again.setSelectionRange) again.setSelectionRange(held.at, held.at);
}

function markElements() {
  for (const check of form.querySelectorAll("#preflight [data-check]")) {
    for (const element of form.querySelectorAll(`.element[data-element="${check.dataset.check}"]`)) {
      element.classList.toggle("found", check.classList.contains("found"));
      element.classList.toggle("missing", !check.classList.contains("found"));
    }
  }
}

// An exercise colours the page at once: nobody writes one in the colours of what is real.
function drill() {
  const on = form.querySelector("[data-exercise]").checked;
  const here = document.querySelectorAll("body > .drill, body > .drill-word");
  if (on && !here.length) document.querySelector(".skip").after(form.querySelector("[data-drill]").content.cloneNode(true));
  if (!on) here.forEach((part) => part.remove());
  if (on) document.body.dataset.mode = "exercise"; else delete document.body.dataset.mode;
}

let suggesting = 0;
async function suggest(field) {
  const list = document.getElementById(field.getAttribute("list"));
  const from = form.dataset.suggest;
  const mine = ++suggesting;
  if (!list || !from || field.value.trim().length < 2) return;
  const answer = await fetch(from + "?" + new URLSearchParams({ q: field.value }), { headers: { Accept: "application/json" } });
  if (!answer.ok || mine !== suggesting) return;
  const names = await answer.json();
  list.replaceChildren(...names.map((name) => Object.assign(document.createElement("option"), { value: name })));
}

form.addEventListener("input", (e) => {
  ask("check");
  if (e.target.id === "street") suggest(e.target).catch((err) => console.warn("streets:", err.message));
});
form.addEventListener("change", (e) => {
  if (e.target.matches("[data-exercise]")) drill();
  ask(e.target.name === "template" ? "fill" : "check");
});
form.addEventListener("click", (e) => {
  if (!e.target.closest("[data-spelling]")) return;
  e.preventDefault();
  ask("spelling");
});
document.addEventListener("keydown", onKey);
drill();
if (form.hasAttribute("data-fresh") && (first("[data-patterns] input:checked") || first("#street").value)) ask("fill");
if (!document.getElementById("problem")) columns.F2()?.focus({ preventScroll: true });
