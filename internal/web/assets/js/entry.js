// Signing in with a passkey, and adding one. Without it the page signs in by mail.
import { able, make, offer, told, touch } from "./passkey.js";

for (const part of able ? document.querySelectorAll("[data-touch]") : []) {
  const button = part.querySelector("[data-touch-now]"), { ask, bring, next } = part.dataset;
  const enter = (answer) => location.assign(answer.next ?? next);
  const proposed = () => ("offer" in part.dataset ? offer(ask, bring, enter, (fault) => told(part, fault)) : () => {});
  let end = proposed();
  const go = async () => {
    end();
    told(part, null);
    button.disabled = true;
    try {
      enter("make" in part.dataset ? await make(ask, bring, Object.fromEntries(new FormData(part))) : await touch(ask, bring));
    } catch (fault) {
      told(part, fault);
      button.disabled = false;
      end = proposed();
    }
  };
  if (part.tagName === "FORM") part.addEventListener("submit", (e) => { e.preventDefault(); go(); });
  else button.addEventListener("click", go);
  part.hidden = false;
}
