// Keeps what was typed and not sent, for this browser tab only: a reload, a sign-in or a hand-over of the PC loses nothing.
const nameOf = (form) => "keep:" + form.dataset.keep;
const kept = (field) => field.name && field.name !== "key" && field.type !== "hidden" && field.type !== "password";
const isTick = (field) => field.type === "checkbox" || field.type === "radio";

// A text that we put in a box ourselves is not typed: only what somebody wrote there is kept.
function own(field) {
  const shown = field.hasAttribute("data-text") && field.form.elements[field.name.replace(/^text-/, "shown-")];
  return !shown || shown.value !== field.value;
}

// Restores the fields that selector names and tells whether any changed. A form that the server filled wins, unless the page was loaded anew.
export function restore(form, selector = "*") {
  let values, changed = false;
  try { values = JSON.parse(sessionStorage.getItem(nameOf(form)) || "{}"); } catch { return false; }
  const how = performance.getEntriesByType("navigation")[0]?.type;
  const again = how === "reload" || how === "back_forward" || form.hasAttribute("data-fresh");
  for (const field of form.elements) {
    if (!kept(field) || !field.matches(selector)) continue;
    const value = values[field.name + (isTick(field) ? "=" + field.value : "")];
    if (value === undefined) continue;
    if (isTick(field)) { if (again && field.checked !== value) { field.checked = value; changed = true; } }
    else if ((again || field.value === "") && field.value !== value) { field.value = value; changed = true; }
  }
  return changed;
}

function save(form) {
  const values = {};
  for (const field of form.elements) {
    if (!kept(field)) continue;
    if (isTick(field)) values[field.name + "=" + field.value] = field.checked;
    else if (field.value && own(field)) values[field.name] = field.value;
  }
  try { sessionStorage.setItem(nameOf(form), JSON.stringify(values)); } catch { /* a full or closed storage keeps nothing; the page goes on */ }
}

export function keepForms() {
  for (const form of document.querySelectorAll("form[data-keep]")) {
    restore(form);
    form.addEventListener("input", () => save(form));
  }
}

export function forget(name) { sessionStorage.removeItem("keep:" + name); }
