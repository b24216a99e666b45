// The live page: the server sends each part again as it changes; here it is only put in place. Without script the page loads itself anew.
import { forget } from "./keep.js";

const page = document.querySelector("[data-live]");
const say = page.querySelector("[data-say]");
const between = 10_000; // milliseconds between sentences that are read out
let said = 0;

forget("dispatch"); // it was sent: nothing to keep

function place({ id, html }) {
  const here = document.getElementById(id);
  if (!here) return;
  const open = [...here.querySelectorAll("details")].map((d) => d.open);
  here.innerHTML = html; // written by our own server, which escapes every value
  here.querySelectorAll("details").forEach((d, i) => { d.open = open[i] ?? false; });
}

function speak(sentence) {
  if (Date.now() - said < between) return;
  said = Date.now();
  say.textContent = sentence;
}

if (page.dataset.live) {
  const events = new EventSource(page.dataset.live);
  events.addEventListener("part", (e) => place(JSON.parse(e.data)));
  events.addEventListener("say", (e) => speak(JSON.parse(e.data)));
  events.addEventListener("over", () => { events.close(); location.reload(); });
  window.addEventListener("pagehide", () => events.close());
}

document.addEventListener("keydown", (e) => {
  if (e.key !== "F10") return;
  e.preventDefault();
  document.querySelector('[data-opens="stop"]')?.click();
});
