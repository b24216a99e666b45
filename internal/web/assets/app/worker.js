// The service worker: it shows a message when it arrives, whether a page is open or not, takes the tap that confirms it, and shows the last
// message when there is no connection. Before this text stand box.js and the constant SITE: {key, cache, shell, icon, badge, words}.
const wordsOf = (lang) => SITE.words[lang] || SITE.words.nl;

self.addEventListener("install", (e) => e.waitUntil((async () => {
  const cache = await caches.open(SITE.cache);
  await cache.addAll(SITE.shell);
  await self.skipWaiting();
})()));

self.addEventListener("activate", (e) => e.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== SITE.cache) await caches.delete(name);
  await self.clients.claim();
})()));

self.addEventListener("fetch", (e) => {
  const at = new URL(e.request.url);
  if (e.request.method !== "GET" || at.origin !== location.origin) return;
  const stored = (what) => caches.match(what, { cacheName: SITE.cache });
  if (e.request.mode === "navigate") e.respondWith(visited(e.request, at).catch(async () => await stored("/app") || Response.error()));
  else if (at.pathname.startsWith("/assets/")) e.respondWith(stored(e.request).then((found) => found || fetch(e.request)));
});

// visited fetches a page, and keeps the app's own anew: its language and looks may have been changed since.
async function visited(request, at) {
  const answer = await fetch(request);
  if (at.pathname === "/app" && !at.search && answer.ok) await (await caches.open(SITE.cache)).put("/app", answer.clone());
  return answer;
}

async function tellPages() {
  for (const page of await self.clients.matchAll({ includeUncontrolled: true })) page.postMessage("changed");
}

function read(data) {
  try {
    const m = data.json();
    return typeof m.title === "string" && typeof m.text === "string" ? m : null;
  } catch { return null; }
}

// show puts a message on the screen of the device. One with the same tag takes the place of an older one, and sounds again unless quiet.
function show(m, body, quiet) {
  const path = ownPath(m.link), asks = path && !quiet && !isOver(m);
  return self.registration.showNotification(m.title, {
    body, lang: m.lang, tag: m.tag, renotify: !quiet, silent: quiet, requireInteraction: Boolean(m.alert && asks), icon: SITE.icon, badge: SITE.badge,
    data: m, actions: asks ? [{ action: "heard", title: wordsOf(m.lang).do }] : [],
  });
}

async function arrived(data) {
  const m = data && read(data);
  if (!m) return; // nothing of ours
  await keep("last", m);
  await tellPages(); // first: showing may wait for the device
  await show(m, isOver(m) ? wordsOf(m.lang).over + "\n" + m.text : m.text, false);
  await confirmWaiting();
  const path = ownPath(m.link);
  if (path && !isOver(m)) await confirmed(path + "/shown"); // waits for a connection like a tap does
}
self.addEventListener("push", (e) => e.waitUntil(arrived(e.data)));

async function open(path) {
  const at = new URL(path, location.origin).href;
  for (const page of await self.clients.matchAll({ type: "window" })) if (page.url === at) return page.focus();
  return self.clients.openWindow(at);
}

async function heard(m, path) {
  const said = await confirmed(path);
  if (said === "waiting" && self.registration.sync) await self.registration.sync.register("confirm").catch(() => {});
  await tellPages();
  await show(m, wordsOf(m.lang)[said], true);
}

self.addEventListener("notificationclick", (e) => {
  const m = e.notification.data || {}, path = ownPath(m.link);
  e.notification.close();
  e.waitUntil(e.action === "heard" && path ? heard(m, path) : open(path || "/app"));
});

self.addEventListener("sync", (e) => e.waitUntil(confirmWaiting().then(tellPages)));

// The push service may give this browser another address at any time.
self.addEventListener("pushsubscriptionchange", (e) => e.waitUntil((async () => {
  const own = await kept("own");
  if (!own) return;
  const fresh = e.newSubscription || await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(SITE.key) });
  await keep("own", (await send("/devices/renew", { device: own, subscription: JSON.stringify(fresh) })).own);
})()));
