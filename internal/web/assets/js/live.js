// The live page: the server sends each part again as it changes; here it is only put in place. Without script the page loads itself anew.
import { forget } from "./keep.js";

const page = document.querySelector("[data-live]");
const say = page.querySelector("[data-say]");
const between = 10_000; // milliseconds between sentences that are read out
const silence = 15_000; // without a word for so long, the page is loaded anew
let said = 0, heard = Date.now();

forget("dispatch"); // it was sent: nothing to keep

// A part in which somebody is working waits for the next time.
function place({ id, html }) {
  const here = document.getElementById(id);
  if (!here || here.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) return;
  const open = [...here.querySelectorAll("details")].map((d) => d.open);
  const focus = here.contains(document.activeElement) ? [...here.querySelectorAll("a, button, summary")].indexOf(document.activeElement) : -1;
  here.innerHTML = html; // written by our own server, which escapes every value
  here.querySelectorAll("details").forEach((d, i) => { d.open = open[i] ?? false; });
  if (focus >= 0) here.querySelectorAll("a, button, summary")[focus]?.focus();
}

function speak(sentence) {
  if (!say || Date.now() - said < between) return;
  said = Date.now();
  say.textContent = sentence;
}

const busy = () => document.querySelector("dialog[open]");

function anew() {
  if (!busy()) location.reload();
}

if (page.dataset.live) {
  const events = new EventSource(page.dataset.live);
  const on = (name, act) => events.addEventListener(name, (e) => { heard = Date.now(); act(JSON.parse(e.data)); });
  on("part", place);
  on("say", speak);
  on("over", () => { events.close(); heard = Infinity; const tick = setInterval(() => { if (!busy()) { clearInterval(tick); location.reload(); } }, 500); });
  setInterval(() => { if (Date.now() - heard > silence) anew(); }, 5_000);
  window.addEventListener("pagehide", () => events.close());
}

const opener = (id) => document.querySelector(`[data-opens="${CSS.escape(id)}"]`);
if (page.dataset.opened) opener(page.dataset.opened)?.click(); // what was posted came back: it stands open again

document.addEventListener("keydown", (e) => {
  const link = document.querySelector(`[data-opens][aria-keyshortcuts="${CSS.escape(e.key)}"]`);
  if (!link || e.ctrlKey || e.altKey || e.metaKey) return;
  e.preventDefault();
  link.click();
});
document.addEventListener("submit", (e) => {
  if (e.target.dataset.sent) return e.preventDefault();
  e.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((f) => delete f.dataset.sent));
