// Keeps what was typed and not sent, for this browser tab only: a reload, a sign-in or a hand-over of the PC loses nothing.
const nameOf = (form) => "keep:" + form.dataset.keep;
const kept = (field) => field.name && field.name !== "key" && field.type !== "hidden" && field.type !== "password";

function restore(form) {
  let values;
  try { values = JSON.parse(sessionStorage.getItem(nameOf(form)) || "{}"); } catch { return; }
  const how = performance.getEntriesByType("navigation")[0]?.type;
  const again = how === "reload" || how === "back_forward";
  for (const field of form.elements) {
    if (!kept(field)) continue;
    const value = values[field.name + (field.type === "checkbox" || field.type === "radio" ? "=" + field.value : "")];
    if (value === undefined) continue;
    if (field.type === "checkbox" || field.type === "radio") { if (again) field.checked = value; }
    else if (again || field.value === "") field.value = value;
  }
}

function save(form) {
  const values = {};
  for (const field of form.elements) {
    if (!kept(field)) continue;
    if (field.type === "checkbox" || field.type === "radio") values[field.name + "=" + field.value] = field.checked;
    else if (field.value) values[field.name] = field.value;
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
