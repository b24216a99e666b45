// What a device keeps for itself: its own token ("own"), the last message ("last"), and confirmations that wait for a connection ("waiting").
// The worker reads this file too, with the word export taken off: service workers are no modules everywhere.
const opened = () => new Promise((ok, no) => {
  const asked = indexedDB.open("buurtbel", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("kept");
  asked.onsuccess = () => ok(asked.result);
  asked.onerror = () => no(asked.error);
});

async function within(mode, work) {
  const db = await opened();
  try {
    return await new Promise((ok, no) => {
      const tx = db.transaction("kept", mode);
      const asked = work(tx.objectStore("kept"));
      tx.oncomplete = () => ok(asked.result);
      tx.onerror = tx.onabort = () => no(tx.error);
    });
  } finally { db.close(); }
}

export const kept = (key) => within("readonly", (box) => box.get(key));
export const keep = (key, value) => within("readwrite", (box) => value === undefined ? box.delete(key) : box.put(value, key));

// change reads and writes in one step: the worker and a page may both be at it.
export const change = (key, made) => within("readwrite", (box) => {
  const asked = box.get(key);
  asked.onsuccess = () => {
    const value = made(asked.result);
    if (value === undefined) box.delete(key); else box.put(value, key);
  };
  return asked;
});

// ownPath gives the path of an acknowledgement link of ours, and "" for anything else.
export function ownPath(link) {
  try {
    const at = new URL(link, location.origin);
    return at.origin === location.origin && /^\/h\/[0-9A-Za-z]+$/.test(at.pathname) ? at.pathname : "";
  } catch { return ""; }
}

// send posts a form and gives the answer's data; what the server says in words is in the error's said.
export async function send(path, values) {
  const answer = await fetch(path, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(values) });
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error("refused"), { said: data.error, status: answer.status });
  return data;
}

// confirmed says that a message was heard, or with a path that ends in /shown that it stands on the screen: "heard", "waiting" when there is no connection now, "unknown" when the link counts no more.
export async function confirmed(path) {
  let said = "waiting";
  try {
    const answer = await fetch(path, { method: "POST", headers: { Accept: "text/html" } });
    if (answer.ok) said = "heard";
    else if (answer.status === 404) said = "unknown";
  } catch { /* no connection */ }
  await change("waiting", (list = []) => {
    const rest = list.filter((one) => one !== path);
    return said === "waiting" ? [...rest, path] : rest;
  });
  await change("last", (last) => last && ownPath(last.link) === path ? { ...last, said } : last);
  return said;
}

// confirmWaiting tries again what had no connection.
export async function confirmWaiting() {
  for (const path of await kept("waiting") || []) await confirmed(path);
}

export const isOver = (message) => message.expires > 0 && Date.now() / 1000 >= message.expires;

// bytesOf reads base64url, as subscribing wants the key.
export function bytesOf(key) {
  const raw = atob(key.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}
