// Back from an identity provider: goes on by itself. Without it the button does.
document.querySelector("[data-returned]")?.requestSubmit();
