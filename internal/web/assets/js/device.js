// The page of a device: allow messages on it, see the last one and confirm it, remove the device. The page is kept for when there is no
// connection, so what it shows of a message comes from this device alone.
import { bytesOf, confirmed, confirmWaiting, isOver, keep, kept, ownPath, send } from "../app/box.js";

const page = document.querySelector("[data-device]");
const part = (name) => page.querySelector(`[data-part="${name}"]`);
const states = ["ask", "on", "none", "blocked", "home", "unsupported", "removed"];
const become = (now) => { for (const name of states) part(name).hidden = name !== now; };
const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
const apple = /iPhone|iPad/.test(navigator.userAgent) || navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1;

const registration = () => navigator.serviceWorker.getRegistration("/");
const subscribed = async () => { const r = await registration(); return r && r.pushManager.getSubscription(); };
const subscribe = async (r) => {
  const old = await r.pushManager.getSubscription(), key = bytesOf(page.dataset.key);
  const bound = old && new Uint8Array(old.options.applicationServerKey || []);
  if (bound && bound.length === key.length && bound.every((b, i) => b === key[i])) return old;
  if (old) await old.unsubscribe(); // it belongs to a key that no longer signs
  return r.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
};

async function state() {
  if (!able) return apple ? "home" : "unsupported";
  const own = await kept("own");
  if (own && await subscribed()) return "on";
  if (Notification.permission === "denied") return "blocked";
  if (own && await renewed(own)) return "on";
  return page.dataset.join ? "ask" : "none";
}

// renewed gives a device that lost its subscription a new one, without asking: its owner allowed it before.
async function renewed(own) {
  const r = await registration();
  if (!r || Notification.permission !== "granted") return false;
  try {
    await keep("own", (await send("/devices/renew", { device: own, subscription: JSON.stringify(await subscribe(r)) })).own);
    return true;
  } catch (e) {
    if (e.status === 404) await keep("own", undefined); // it was removed elsewhere
    return false;
  }
}

function fault(said) {
  const box = part("fault");
  box.querySelector("p").textContent = said || box.dataset.words;
  box.hidden = false;
  box.focus();
}

// during runs what a button asks for, once at a time, and says it when it goes wrong.
async function during(button, work) {
  part("fault").hidden = true;
  button.disabled = true;
  try { await work(); } catch (e) { fault(e.said); } finally { button.disabled = false; }
}

async function allow() {
  if (await Notification.requestPermission() !== "granted") return become("blocked");
  await navigator.serviceWorker.register("/worker.js", { scope: "/" });
  const made = await subscribe(await navigator.serviceWorker.ready);
  await keep("own", (await send("/device/" + page.dataset.join, { subscription: JSON.stringify(made), language: document.documentElement.lang })).own);
  location.replace(location.pathname === "/app" ? "/app" : location.href);
}

async function remove() {
  const own = await kept("own"), r = await registration(), made = r && await r.pushManager.getSubscription();
  if (own) await send("/devices/remove", { device: own }).catch((e) => { if (!made) throw e; }); // without a connection the browser itself ends it
  if (made) await made.unsubscribe();
  for (const key of ["own", "last", "waiting"]) await keep(key, undefined);
  for (const name of await caches.keys()) await caches.delete(name);
  if (r) await r.unregister();
  await last();
  become("removed");
}

async function last() {
  const box = part("last");
  if (!box) return;
  const m = await kept("last");
  box.hidden = !m;
  part("nothing").hidden = Boolean(m) || !(await kept("own"));
  const drill = Boolean(m && m.exercise);
  for (const mark of document.querySelectorAll("[data-drill]")) mark.hidden = !drill;
  if (drill) document.body.dataset.mode = "exercise"; else delete document.body.dataset.mode;
  if (!m) return;
  const text = box.querySelector(".message"), path = ownPath(m.link);
  box.querySelector("[data-title]").textContent = m.title;
  text.textContent = m.text;
  text.lang = m.lang;
  const over = isOver(m) || m.said === "unknown", asks = path && !over && m.said !== "heard";
  for (const [name, shown] of Object.entries({ heard: asks, said: m.said === "heard", waiting: m.said === "waiting" && !over, over: over && m.said !== "heard", open: Boolean(path) })) part(name).hidden = !shown;
  if (path) part("open").href = path;
}

async function refresh() { await last(); become(await state()); }

part("allow").addEventListener("click", (e) => during(e.currentTarget, allow));
part("remove").addEventListener("click", (e) => during(e.currentTarget, remove));
part("heard")?.addEventListener("click", (e) => during(e.currentTarget, async () => {
  const m = await kept("last");
  if (m) await confirmed(ownPath(m.link));
  await last();
}));

// online asks the program itself: a device that has a network need not reach us.
const online = async () => {
  const here = await fetch("/manifest/" + document.documentElement.lang, { cache: "no-store" }).then((a) => a.ok, () => false);
  part("offline").hidden = here;
  if (here) { await confirmWaiting(); await last(); }
};
addEventListener("online", online);
addEventListener("offline", online);
if ("serviceWorker" in navigator) navigator.serviceWorker.addEventListener("message", last);
await refresh();
await online();
document.documentElement.dataset.ready = "yes";
