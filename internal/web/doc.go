// Package web is the door for browsers: pages written on the server, their fonts, icons and small scripts.
//
// A page is one template and one view struct with plain words and numbers; whoever fills the view has already chosen the language,
// written the times and decided what this person may see. The package decides nothing about alerts: verbs do, and it reads only what its pages show.
//
// Always true: no page carries inline script or style, every form works without script, every word comes from the catalogue in the
// reader's language, and the colour --alert appears on a live alert only.
package web
