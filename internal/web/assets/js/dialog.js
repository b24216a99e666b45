// Selects the first open place of a ready text, such as {description}: the next key replaces it.
function select(dialog) {
  for (const field of dialog.querySelectorAll("textarea")) {
    const open = /\{[a-z]+\}/.exec(field.value);
    if (!open) continue;
    field.focus();
    field.setSelectionRange(open.index, open.index + open[0].length);
    return;
  }
}

// Turns a part of the page into a dialog. Without script the part stands at the foot of the page and the link jumps to it.
export function makeDialogs() {
  for (const part of document.querySelectorAll("[data-becomes-dialog]")) {
    const dialog = document.createElement("dialog");
    const title = part.querySelector("h2, h3");
    if (title?.id) dialog.setAttribute("aria-labelledby", title.id);
    dialog.className = "stack";
    dialog.id = part.id;
    part.removeAttribute("id");
    dialog.append(...part.childNodes);
    part.replaceWith(dialog);
    for (const button of dialog.querySelectorAll("[data-closes]")) {
      button.hidden = false;
      button.addEventListener("click", () => dialog.close());
    }
  }
  for (const opener of document.querySelectorAll("[data-opens]")) {
    opener.addEventListener("click", (e) => {
      const dialog = document.getElementById(opener.dataset.opens);
      if (!dialog?.showModal) return;
      e.preventDefault();
      if (!dialog.open) dialog.showModal();
      select(dialog);
    });
  }
}
