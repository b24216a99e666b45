// One touch shows who it is: on a page that asks for it, and beside the button that sends an alert. Without it a code is typed.
import { able, post, told, touch } from "./passkey.js";

// A page that asks: after the touch it goes on with what was asked for first.
const page = document.querySelector("[data-prove]");
if (able && page?.dataset.ask) {
  const button = page.querySelector("[data-touch-now]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    told(page, null);
    button.disabled = true;
    try {
      await touch(page.dataset.ask, page.dataset.bring);
      if (page.dataset.next) location.assign(page.dataset.next);
      else page.submit();
    } catch (fault) {
      told(page, fault);
      button.disabled = false;
    }
  });
}

// The desk: a touch before sending, or within the sending. What was typed stays where it is.
const part = document.querySelector("[data-proof]");
const desk = part?.closest("form");
let until = performance.now() + Number(part?.dataset.proof ?? 0) * 1000, forget = 0;
const proved = () => performance.now() < until;

function show(words) {
  part.querySelector("[data-proved]").hidden = !proved();
  part.querySelector("[data-unproved]").hidden = proved();
  part.classList.toggle("is-proved", proved());
  if (words) part.querySelector("[data-proved] span").textContent = words;
  clearTimeout(forget);
  if (proved()) forget = setTimeout(show, until - performance.now() + 50);
}

async function prove() {
  told(part, null);
  const answer = await touch(part.dataset.ask, part.dataset.bring);
  until = performance.now() + answer.left * 1000;
  show(answer.told);
}

if (part) show();
if (able && part?.dataset.ask) {
  const button = part.querySelector("[data-touch-now]");
  button.hidden = false;
  button.addEventListener("click", () => prove().catch((fault) => told(part, fault)));
  let going = false;
  document.addEventListener("submit", async (e) => {
    const launch = e.submitter;
    if (e.target !== desk || !launch?.hasAttribute("data-launch") || proved() || desk.elements.proof?.value) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    if (going) return;
    going = true;
    try {
      await prove();
      desk.requestSubmit(desk.querySelector("[data-launch]"));
    } catch (fault) {
      told(part, fault);
      button.focus();
    } finally {
      going = false;
    }
  }, true);
}

// A code: mailed on asking, typed here, sent with the alert.
const mail = part?.querySelector("[data-mail]");
if (mail) mail.hidden = false;
mail?.addEventListener("click", async () => {
  told(part, null);
  try {
    const answer = await post(mail.dataset.mail);
    mail.querySelector("span").textContent = answer.told;
    desk.elements.proof.focus();
  } catch (fault) { told(part, fault); }
});
desk?.elements.proof?.addEventListener("keydown", (e) => {
  const launch = desk.querySelector("[data-launch]");
  if (e.key !== "Enter") return;
  e.preventDefault();
  if (!launch.disabled) desk.requestSubmit(launch);
});
