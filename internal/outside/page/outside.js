// The page of the outside world: keeps telephones and letters up to date from the stream of events, and sends what is typed.

const words = JSON.parse(document.body.dataset.words);
const lang = document.documentElement.lang;
const $ = (id) => document.getElementById(id);
const number = new Intl.NumberFormat(lang);
const clock = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const exercise = /\b(OEFENING|EXERCICE|ÜBUNG|EXERCISE)\b/;

const phones = new Map(); // number -> as in GET /phones
const cards = new Map(); // number -> element, only those that were shown
const dots = new Map(); // number -> element
let letters = []; // the last first
const talks = new Map(); // id of a call -> element, kept so that what is being listened to plays on
const sheets = new Map(); // id -> element
let texts = 0, mails = 0, phonesShown = matchMedia("(max-width: 640px)").matches ? 6 : 24, lettersShown = 20, planned = false, begun = false;

function plan() {
  if (!planned) { planned = true; requestAnimationFrame(() => { planned = false; draw(); }); }
}

function take(change) {
  for (const p of change.phones ?? []) {
    const known = phones.get(p.number);
    if (!known || known.v < p.v) phones.set(p.number, p);
  }
  const first = letters[0]?.id ?? 0;
  letters = (change.letters ?? []).filter((l) => l.id > first).sort((a, b) => b.id - a.id).concat(letters).slice(0, 5000);
  if (change.first_letter) letters = letters.filter((l) => l.id >= change.first_letter);
  texts = change.texts ?? texts;
  mails = change.mails ?? mails;
  plan();
}

function draw() {
  $("texts").textContent = number.format(texts);
  $("calls").textContent = number.format([...phones.values()].reduce((n, p) => n + (p.calls?.length ?? 0), 0));
  $("count").textContent = number.format(phones.size);
  $("mails").textContent = number.format(mails);
  drawWall();
  drawPhones();
  drawLetters();
}

function wanted(...fields) {
  const asked = $("find").value.trim().toLowerCase();
  const bare = asked.replace(/[\s.\/]/g, "").replace(/^0(?=\d)/, "");
  return asked === "" || fields.some((f) => f && (f.toLowerCase().includes(asked) || (/^\+?\d+$/.test(bare) && f.replace(/[\s.\/]/g, "").includes(bare))));
}

function drawWall() {
  $("wall").hidden = phones.size < 2;
  for (const p of phones.values()) {
    let dot = dots.get(p.number);
    if (!dot) {
      dot = document.createElement("i");
      dot.dataset.number = p.number;
      dots.set(p.number, dot);
      $("wall").append(dot);
    }
    const calls = p.calls ?? [];
    const spoke = calls.some((c) => c.keys || c.back) || p.bubbles?.some((b) => !b.in);
    const state = p.off ? "off" : calls.some((c) => c.state !== "ended") ? "rings" : spoke ? "wrote" : p.bubbles?.length || calls.length ? "got" : "";
    if (dot.className !== state) dot.className = state;
  }
}

function drawPhones() {
  const grid = $("grid");
  const all = [...phones.values()].filter((p) => wanted(p.number, ...(p.bubbles ?? []).map((b) => b.text))).sort((a, b) => b.v - a.v);
  // Whoever is typing or reading keeps the telephones where they are.
  const held = grid.contains(document.activeElement) || grid.matches(":hover");
  let list = all.slice(0, phonesShown);
  if (held && grid.children.length) {
    const there = [...grid.children].map((c) => phones.get(c.dataset.number)).filter((p) => p && all.includes(p));
    list = there.concat(list.filter((p) => !there.includes(p))).slice(0, Math.max(phonesShown, there.length));
  }
  arrange(grid, list.map(card));
  $("more-phones").hidden = all.length <= phonesShown;
  $("no-phones").hidden = list.length > 0;
  $("no-phones").textContent = phones.size ? words.noMatch : words.noPhones;
}

// arrange makes the nodes the children of the list, moving as few as possible: a moved element loses the focus.
function arrange(list, nodes) {
  const keep = new Set(nodes);
  for (const child of [...list.children]) if (!keep.has(child)) child.remove();
  nodes.forEach((node, i) => { if (list.children[i] !== node) list.insertBefore(node, list.children[i] ?? null); });
}

function card(p) {
  let c = cards.get(p.number);
  if (!c) {
    c = $("phone").content.firstElementChild.cloneNode(true);
    c.dataset.number = p.number;
    c.querySelector(".number").textContent = spaced(p.number);
    const label = words.reply.replace("{number}", spaced(p.number));
    c.querySelector("input").setAttribute("aria-label", label);
    c.querySelector(".screen").setAttribute("aria-label", spaced(p.number));
    c.querySelector(".power").addEventListener("click", () => turn(p.number));
    for (const b of c.querySelectorAll("[data-say]")) {
      b.setAttribute("aria-label", label + ": " + b.dataset.say);
      b.addEventListener("click", () => say(c, b.dataset.say));
    }
    c.querySelector(".back").addEventListener("click", async () => {
      const ok = await post("/calls/back", { number: p.number });
      c.querySelector(".trouble").textContent = words.notDone;
      c.querySelector(".trouble").hidden = ok;
    });
    const mobile = /^\+324/.test(p.number); // a telephone at home gets no texts
    c.classList.toggle("home", !mobile);
    c.querySelector("form").hidden = !mobile;
    c.querySelector(".power").hidden = !mobile;
    c.querySelector("form").addEventListener("submit", (e) => {
      e.preventDefault();
      const field = e.target.querySelector("input");
      if (field.value.trim()) say(c, field.value.trim(), field);
    });
    cards.set(p.number, c);
  }
  if (c.dataset.v !== String(p.v)) fill(c, p);
  return c;
}

function fill(c, p) {
  c.dataset.v = p.v;
  c.classList.toggle("off", p.off);
  const power = c.querySelector(".power");
  power.title = p.off ? words.on : words.off;
  power.setAttribute("aria-label", `${power.title}: ${spaced(p.number)}`);
  const screen = c.querySelector(".screen");
  const before = Number(c.dataset.bubbles ?? 0);
  const list = p.bubbles ?? [];
  const calls = p.calls ?? [];
  c.classList.toggle("ringing", calls.some((t) => t.state === "ringing" && !t.back));
  c.querySelector(".back").hidden = calls.length === 0 || calls.some((t) => t.state !== "ended");
  const shown = list.map((b, i) => ({ at: b.at_ms, node: bubble(b, begun && i >= before) })).concat(calls.map((t) => ({ at: t.at_ns / 1e6, node: talk(t) })));
  const nodes = shown.sort((a, b) => a.at - b.at).map((s) => s.node);
  if (p.off) nodes.push(Object.assign(document.createElement("p"), { textContent: words.isOff }));
  arrange(screen, nodes);
  c.dataset.bubbles = list.length;
  requestAnimationFrame(() => { screen.scrollTop = screen.scrollHeight; });
}

// talk is one call on a telephone: what it does now or what became of it, what was said, and keys for the visitor's hand.
function talk(t) {
  let d = talks.get(t.id);
  if (!d) {
    d = $("call").content.firstElementChild.cloneNode(true);
    talks.set(t.id, d);
    for (const b of d.querySelectorAll("[data-deed]")) b.addEventListener("click", () => post(`/calls/${t.id}/${b.dataset.deed}`, {}));
    for (const b of d.querySelectorAll("[data-key]")) {
      b.setAttribute("aria-label", words.key.replace("{key}", b.dataset.key));
      b.addEventListener("click", () => post(`/calls/${t.id}/press`, { key: b.dataset.key }));
    }
    d.querySelector("audio").setAttribute("aria-label", words.listen);
  }
  const over = t.state === "ended";
  d.classList.toggle("live", !over);
  d.querySelector("b").textContent = became(t, over);
  const says = [clock.format(t.at_ns / 1e6)];
  if (over && t.answered_ns) says.push(words.lasted.replace("{n}", number.format(Math.max(1, Math.round((t.ended_ns - t.answered_ns) / 1e9)))));
  if (t.keys) says.push(words.pressed.replace("{keys}", [...t.keys].join(", ")));
  if (over && t.left && t.did === "person") says.push(words.leftFirst);
  d.querySelector("small").textContent = says.join(" · ");
  d.querySelector(".hand").hidden = over;
  d.querySelector("[data-deed=answer]").hidden = t.state !== "ringing" || t.back;
  for (const b of d.querySelectorAll("[data-key]")) b.hidden = t.state !== "answered";
  const audio = d.querySelector("audio");
  audio.hidden = !(over && t.sound > 0);
  if (!audio.hidden && !audio.src) audio.src = `/calls/${t.id}/sound.wav`;
  return d;
}

function became(t, over) {
  if (!over && t.state === "ringing") return t.back ? words.ringsThere : words.rings;
  if (!over) return t.did === "machine" ? words.records : words.talks;
  return t.back && t.did === "person" ? words.called : words[t.did] ?? t.did;
}

function bubble(b, fresh) {
  const d = document.createElement("div");
  d.className = "bubble" + (b.in ? "" : " mine") + (fresh ? " new" : "") + (b.in && exercise.test(b.text) ? " exercise" : "");
  d.append(...linked(b.text));
  const says = [clock.format(b.at_ms), b.in ? b.peer : b.taken ? words.taken : words.waiting];
  if (b.in && b.parts > 1) says.push(words.parts.replace("{n}", b.parts));
  d.append(Object.assign(document.createElement("small"), { textContent: says.join(" · ") }));
  return d;
}

// linked makes web addresses in a text into links; the rest stays text.
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])/).map((piece, i) => {
    if (i % 2 === 0) return piece;
    return Object.assign(document.createElement("a"), { href: piece, textContent: piece, target: "_blank", rel: "noopener noreferrer" });
  });
}

function spaced(n) {
  const belgian = /^\+32(4\d\d)(\d\d)(\d\d)(\d\d)$/.exec(n);
  const home = /^\+32(2)(\d\d\d)(\d\d)(\d\d)$/.exec(n);
  return belgian ?? home ? `+32 ${(belgian ?? home).slice(1).join(" ")}` : n.replace(/^(\+\d\d)(\d+)$/, "$1 $2");
}

async function post(path, body) {
  try {
    return (await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })).ok;
  } catch {
    return false;
  }
}

async function say(c, text, field) {
  const ok = await post("/phones/write", { number: c.dataset.number, text });
  c.querySelector(".trouble").textContent = words.notSent;
  c.querySelector(".trouble").hidden = ok;
  if (ok && field) field.value = "";
}

const turn = (n) => post("/phones/turn", { numbers: [n], off: !phones.get(n).off });

function drawLetters() {
  const list = letters.filter((l) => wanted(l.to, l.from, l.subject));
  arrange($("letters"), list.slice(0, lettersShown).map(sheet));
  $("more-mails").hidden = list.length <= lettersShown;
  $("no-mails").hidden = list.length > 0;
  $("no-mails").textContent = letters.length ? words.noMatch : words.noMails;
}

function sheet(l) {
  let s = sheets.get(l.id);
  if (!s) {
    s = $("letter").content.firstElementChild.cloneNode(true);
    s.querySelector(".subject").textContent = l.subject;
    s.querySelector("time").textContent = clock.format(l.at_ms);
    s.querySelector("time").dateTime = new Date(l.at_ms).toISOString();
    s.querySelector(".to").textContent = l.to;
    s.querySelector("details").addEventListener("toggle", (e) => { if (e.target.open) open(s.querySelector(".sheet"), l.id); });
    sheets.set(l.id, s);
  }
  return s;
}

async function open(where, id) {
  if (where.childElementCount) return;
  const l = await (await fetch("/mails/" + id)).json();
  const head = document.createElement("dl");
  for (const [name, value] of [[words.from, l.from], [words.to, l.to]]) {
    head.append(Object.assign(document.createElement("dt"), { textContent: name }), Object.assign(document.createElement("dd"), { textContent: value }));
  }
  const body = document.createElement("div");
  const forms = document.createElement("div");
  forms.className = "forms";
  const show = { asHTML: () => framed(id, l.subject), asText: () => plain(l.text ?? "") };
  const pick = (form) => {
    body.replaceChildren(show[form]());
    for (const b of forms.children) b.setAttribute("aria-pressed", b.dataset.form === form);
  };
  for (const form of [l.html && "asHTML", l.text && "asText"].filter(Boolean)) {
    const b = Object.assign(document.createElement("button"), { type: "button", textContent: words[form] });
    b.dataset.form = form;
    b.addEventListener("click", () => pick(form));
    forms.append(b);
  }
  where.replaceChildren(head, forms, body);
  pick(l.html ? "asHTML" : "asText");
}

// framed shows a mail's HTML where it can run nothing and reach nothing; its links open beside the page.
function framed(id, title) {
  const f = document.createElement("iframe");
  f.setAttribute("sandbox", "allow-popups allow-popups-to-escape-sandbox");
  f.title = title;
  f.src = `/mails/${id}/html`;
  return f;
}

function plain(text) {
  const pre = document.createElement("pre");
  pre.append(...linked(text));
  return pre;
}

async function begin() {
  const [p, m] = await Promise.all([fetch("/phones"), fetch("/mails")]);
  const view = await p.json();
  const list = await m.json();
  phones.clear();
  for (const node of dots.values()) node.remove();
  dots.clear();
  letters = [];
  take({ phones: view.phones.reverse(), texts: view.texts, letters: list });
  requestAnimationFrame(() => { begun = true; }); // what was there already does not move
}

const stream = new EventSource("/events");
stream.addEventListener("hello", begin);
stream.addEventListener("open", () => { $("lost").hidden = true; });
stream.addEventListener("error", () => { $("lost").hidden = false; });
stream.addEventListener("message", (e) => take(JSON.parse(e.data)));

$("find").addEventListener("input", plan);
$("grid").addEventListener("mouseleave", plan);
$("grid").addEventListener("focusout", plan);
$("more-phones").addEventListener("click", () => { phonesShown += 48; plan(); });
$("more-mails").addEventListener("click", () => { lettersShown += 40; plan(); });
$("wall").addEventListener("click", (e) => { if (e.target.dataset.number) { $("find").value = e.target.dataset.number; plan(); } });
