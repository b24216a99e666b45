// Signing in with a passkey, and adding one. Without it the page signs in by mail.
import { able, make, told, touch } from "./passkey.js";

for (const part of able ? document.querySelectorAll("[data-touch]") : []) {
  const button = part.querySelector("[data-touch-now]"), { ask, bring, next } = part.dataset;
  const go = async () => {
    told(part, null);
    button.disabled = true;
    try {
      const answer = "make" in part.dataset ? await make(ask, bring, Object.fromEntries(new FormData(part))) : await touch(ask, bring);
      location.assign(answer.next ?? next);
    } catch (fault) {
      told(part, fault);
      button.disabled = false;
    }
  };
  if (part.tagName === "FORM") part.addEventListener("submit", (e) => { e.preventDefault(); go(); });
  else button.addEventListener("click", go);
  part.hidden = false;
}
