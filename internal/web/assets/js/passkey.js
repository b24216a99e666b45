// Speaks to the authenticator: asks our server for a question, hands it to the device, brings the answer back. Nothing is kept here.
export const able = typeof window.PublicKeyCredential === "function" && Boolean(navigator.credentials);

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = (list) => (list ?? []).map((c) => ({ ...c, id: bytes(c.id) }));

// post sends a form as the page would, and gives the answer's JSON; a refusal becomes an error with our own sentence.
export async function post(path, fields = {}) {
  const answer = await fetch(path, { method: "POST", body: new URLSearchParams(fields), headers: { Accept: "application/json" }, cache: "no-store" });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error("refused"), { said: said.error });
  return said;
}

// said gives an answer in the form of the specification's own JSON (WebAuthn level 3, section 5.1).
function said(credential) {
  const r = credential.response;
  const out = { id: credential.id, rawId: text(credential.rawId), type: credential.type, clientExtensionResults: credential.getClientExtensionResults(), response: { clientDataJSON: text(r.clientDataJSON) } };
  if (credential.authenticatorAttachment) out.authenticatorAttachment = credential.authenticatorAttachment;
  if (r.attestationObject) {
    out.response.attestationObject = text(r.attestationObject);
    out.response.transports = r.getTransports?.() ?? [];
  } else {
    out.response.authenticatorData = text(r.authenticatorData);
    out.response.signature = text(r.signature);
    if (r.userHandle) out.response.userHandle = text(r.userHandle);
  }
  return JSON.stringify(out);
}

// touch asks for one of the passkeys that the server knows, or for any of ours. how says in which way the browser asks.
export async function touch(ask, bring, how = {}) {
  const { publicKey } = await post(ask);
  const credential = await navigator.credentials.get({ ...how, publicKey: { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: named(publicKey.allowCredentials) } });
  return post(bring, { answer: said(credential) });
}

// renew is how long the server's question waits in a field, in milliseconds: it is good for three minutes there.
const renew = 150_000;

// offer lets the browser propose a passkey in the field where somebody types, where it can (WebAuthn level 3, section 5.1.4, mediation
// "conditional"). Elsewhere nothing happens, and nothing is said. then gets the server's answer, fail a refusal of ours. It gives what ends the offer.
export function offer(ask, bring, then, fail) {
  let ended = false, waiting = null;
  const seen = () => new Promise((go) => (document.hidden ? document.addEventListener("visibilitychange", go, { once: true }) : go()));
  const wait = async () => {
    if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    while (!ended) {
      await seen();
      if (ended) return;
      waiting = new AbortController();
      const { signal } = waiting, late = setTimeout(() => waiting.abort(), renew);
      try {
        const answer = await touch(ask, bring, { mediation: "conditional", signal });
        ended = true;
        then(answer);
      } catch (fault) {
        if (!signal.aborted) {
          ended = true; // what was refused is not asked again: the button is there
          if (fault.said) fail(fault);
        }
      } finally {
        clearTimeout(late);
      }
    }
  };
  wait().catch(() => {});
  return () => {
    ended = true;
    waiting?.abort();
  };
}

// make asks the device for a new passkey.
export async function make(ask, bring, fields) {
  const { publicKey } = await post(ask);
  const credential = await navigator.credentials.create({ publicKey: { ...publicKey, challenge: bytes(publicKey.challenge), user: { ...publicKey.user, id: bytes(publicKey.user.id) }, excludeCredentials: named(publicKey.excludeCredentials) } });
  return post(bring, { ...fields, answer: said(credential) });
}

// told says what went wrong where the person looks: our own sentence, or that the touch was broken off.
export function told(within, fault) {
  const box = within.querySelector("[data-touch-wrong]");
  if (!box) return;
  const words = box.querySelector("span") ?? box;
  words.dataset.own ??= words.textContent;
  words.textContent = fault?.said ?? words.dataset.own;
  box.hidden = !fault;
}
