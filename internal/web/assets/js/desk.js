// The dispatch page by keyboard, and the check while one types. The server is the truth: this only asks it again and puts its answer in place.
const form = document.querySelector("form[data-desk]");
const patience = 250; // milliseconds without a key before the check is asked
let waiting = 0, asked = null, filling = false, stale = false;

const first = (...selectors) => selectors.map((s) => form.querySelector(s)).find(Boolean);
const columns = {
  F2: () => first("[data-patterns] input:checked", "[data-patterns] input"),
  F4: () => first("[data-where] input:checked", "[data-where] input:not(:disabled)", "#street"),
  F8: () => first(".element.missing textarea", "textarea[data-text]"),
  F9: () => first("[data-tools] button", "[data-map] canvas"),
};

function onKey(e) {
  if (columns[e.key] && !e.ctrlKey && !e.altKey && !e.metaKey) { e.preventDefault(); return columns[e.key]()?.focus(); }
  if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); return launch(); }
  if (e.key === "Enter" && e.target.matches("input")) { e.preventDefault(); return columns.F8()?.focus(); } // Enter alone never sends
  if (/^[1-9]$/.test(e.key) && e.target.closest("[data-patterns]")) choose(e);
}

function choose(e) {
  const radio = form.querySelector(`[data-digit="${e.key}"]`);
  if (!radio) return;
  e.preventDefault();
  radio.focus();
  if (!radio.checked) radio.click();
}

function launch() {
  const button = form.querySelector("[data-launch]");
  if (button && !button.disabled) form.requestSubmit(button);
}

// One launch is one post, however often the button is pressed; the key in the form makes a second one harmless as well.
form.addEventListener("submit", (e) => {
  if (form.dataset.sent) return e.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => { delete form.dataset.sent; });

// A chosen template or spelling must arrive even if one types on at once: a check never cancels it, but follows it.
function ask(what) {
  if (what !== "check") { clearTimeout(waiting); return check(what); }
  if (filling) { stale = true; return; }
  clearTimeout(waiting);
  waiting = setTimeout(check, patience, "check");
}

async function check(what) {
  asked?.abort();
  const mine = asked = new AbortController();
  filling = what !== "check";
  const body = new URLSearchParams(new FormData(form));
  body.set("do", what);
  try {
    const answer = await fetch(form.dataset.check, { method: "POST", body, signal: mine.signal, headers: { Accept: "text/html" } });
    const html = await answer.text();
    if (answer.ok && mine === asked) place(html, what);
  } catch (err) {
    if (err.name !== "AbortError") console.warn("check:", err.message); // the launch itself checks again on the server
  }
  if (mine !== asked) return;
  filling = false;
  if (stale) { stale = false; ask("check"); }
}

function place(html, what) {
  const parts = new DOMParser().parseFromString(html, "text/html");
  for (const part of parts.querySelectorAll("[data-for]")) {
    const here = document.getElementById(part.dataset.for);
    if (here) keepTyping(here, () => here.replaceChildren(...part.childNodes));
  }
  markElements();
  if (what === "fill") columns.F8()?.scrollIntoView({ block: "nearest" });
}

// A field that is being typed in keeps its value, focus and caret when the part around it is written anew.
function keepTyping(here, change) {
  const now = document.activeElement;
  const held = here.contains(now) && now.id ? { id: now.id, value: now.value, at: now.selectionStart } : null;
  change();
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

async function suggest(field) {
  const list = document.getElementById(field.getAttribute("list"));
  const from = form.dataset.suggest;
  if (!list || !from || field.value.trim().length < 2) return;
  const answer = await fetch(from + "?" + new URLSearchParams({ q: field.value }));
  if (!answer.ok) return;
  const names = await answer.json();
  list.replaceChildren(...names.map((name) => Object.assign(document.createElement("option"), { value: name })));
}

form.addEventListener("input", (e) => {
  ask("check");
  if (e.target.id === "street") suggest(e.target).catch((err) => console.warn("streets:", err.message));
});
form.addEventListener("change", (e) => ask(e.target.name === "template" ? "fill" : "check"));
form.addEventListener("click", (e) => {
  if (!e.target.closest("[data-spelling]")) return;
  e.preventDefault();
  ask("spelling");
});
document.addEventListener("keydown", onKey);
if (!document.getElementById("problem")) columns.F2()?.focus({ preventScroll: true });
