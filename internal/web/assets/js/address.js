// Completes an address while it is typed. Without it the form asks which address was meant. What is typed is posted, so that it stands in no address bar and no log.
const form = document.querySelector("[data-address]");
const field = form?.querySelector("input[name=address]");
const list = field && document.getElementById(field.getAttribute("list"));
let asked = "";
let waiting = 0;
let newest = 0;

async function complete() {
  const typed = field.value.trim();
  if (typed === asked || typed.length < 3) return;
  asked = typed;
  const mine = ++newest;
  try {
    const answer = await fetch(form.dataset.search, { method: "POST", body: new URLSearchParams({ q: typed }), headers: { Accept: "application/json" }, cache: "no-store" });
    if (!answer.ok || mine !== newest) return; // a later answer is on its way
    const lines = await answer.json();
    list.replaceChildren(...lines.map((line) => {
      const option = document.createElement("option");
      option.value = line;
      return option;
    }));
  } catch { /* without connection the form says so itself */ }
}

if (list) field.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(complete, 120);
});
