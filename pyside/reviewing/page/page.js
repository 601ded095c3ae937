"use strict";
// The page of a review. What it shows and takes comes from server.py; names become text, never markup.

const TILE = 92;  // pixels
const REASONS = {
  weak: "hardly above the threshold", short: "very short", dip: "a dip inside: two touches?",
  gap: "a small gap before the next: one touch?", dropped: "dropped as too short", near: "nearly above the threshold",
  long: "unusually long", early: "unusually early", disagrees: "the given labels say otherwise",
};
const KINDS = { touch: "Touch", "near-touch": "Near-touch", given: "Touch of the given labels only" };
const $ = (id) => document.getElementById(id);
const pictures = new Map();  // place -> promise of the addresses of its pictures
const HELD = new Set(["q", "w", "o", "p", "ArrowLeft", "ArrowRight"]);  // keys that may be held down: all others would answer unseen
const waiting = [];  // moves of edges that were asked for while another one was under way
let begun, now, cursor, busy = false;

const ACTIONS = [
  ["y", "Touch, as shown", () => answer("yes")],
  ["n", "No touch", () => answer("no")],
  ["q", "Onset earlier", () => move("onset", -1)],
  ["w", "Onset later", () => move("onset", 1)],
  ["o", "Offset earlier", () => move("offset", -1)],
  ["p", "Offset later", () => move("offset", 1)],
  ["s", "Split at the frame", () => correct("split", { frame: cursor })],
  ["m", "Join with the next", () => { const one = touchAtHand(); if (one) correct("merge", { frame: one[0] }); }],
  ["u", "Cannot be judged", () => answer("uncuratable")],
  ["z", "Undo", undo],
  ["ArrowLeft", "Frame before", () => step(-1)],
  ["ArrowRight", "Frame after", () => step(1)],
  ["b", "Back", () => show(Math.max(0, now.place - 1))],
  [" ", "Later", () => { if (now.next !== null) show(now.next); }],
];
const KEY_NAMES = { " ": "space", Enter: "enter", ArrowLeft: "←", ArrowRight: "→" };
const actions = () => (begun.blind ? blindActions() : [...ACTIONS.slice(0, 2), ...classActions(), ...ACTIONS.slice(2)]);

// A key for each class of touches, where there are several.
function classActions() {
  const names = begun.touch.map((label) => begun.class_names[label]).slice(0, 9);
  return names.length < 2 ? [] : names.map((label, place) => [String(place + 1), label, () => answer("yes", { label })]);
}

async function ask(path, body) {
  const how = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  let answered;
  try {
    answered = await fetch(path, how);
  } catch {
    throw new Error("TouchTrain does not answer: the review has ended. Start it again; all corrections are kept.");
  }
  const found = await answered.json().catch(() => ({ error: "This page is not for you." }));
  if (!answered.ok) throw Object.assign(new Error(found.error), { status: answered.status });
  return found;
}

function say(text) {
  $("message").textContent = text;
  $("message").hidden = !text;
}

async function guarded(work, waits = false) {
  if (busy) {
    if (waits && waiting.length < 10) waiting.push(work);
    return;
  }
  busy = true;
  try {
    say("");
    await work();
    while (waiting.length) await waiting.shift()();
  } catch (error) {
    waiting.length = 0;
    say(error.message);
    if (error.status === 409) await load(now.place).catch(() => {});
  } finally {
    busy = false;
  }
}

// --- showing -------------------------------------------------------------------------------------------------------

function picturesOf(place) {
  if (!pictures.has(place)) {
    const one = async (which) => {
      const answered = await fetch(`${which}/${place}`);
      return answered.status === 200 ? URL.createObjectURL(await answered.blob()) : "";
    };
    const both = Promise.all([one("strip"), one("whole")]);
    both.catch(() => pictures.delete(place));  // it is asked for again
    pictures.set(place, both);
    if (pictures.size > 24) {
      const [oldest, addresses] = pictures.entries().next().value;
      pictures.delete(oldest);
      addresses.then((made) => made.forEach((address) => address && URL.revokeObjectURL(address)), () => {});
    }
  }
  return pictures.get(place);
}

function show(place) { return guarded(() => load(place)); }

async function load(place) {
  const found = await ask(`event/${place}`);
  const [strip, whole] = await picturesOf(place);
  now = found;
  cursor = found.first;
  if (begun.blind) restoreDraft();
  draw(strip, whole);
  document.body.dataset.place = place;
  if (found.next !== null) picturesOf(found.next);
  if (!begun.blind) ask(`list/${Math.max(0, place - 3)}`).then(drawList, () => {});
}

function drawEvent() {
  const label = begun.touch.length > 1 ? ` (${now.label})` : "";
  $("title").textContent = `${KINDS[now.kind]}${label} · ${now.recording} · frames ${now.first} to ${now.last}`;
  const doubt = `doubt ${Math.round(100 * now.doubt)} %`;
  $("reasons").textContent = [doubt, ...now.reasons.map((one) => REASONS[one])].join(" · ");
  drawTrace();
}

function draw(strip, whole) {
  $("remark").textContent = now.pictures.remark;
  drawProgress(now.progress);
  drawStrip(strip);
  drawWhole(whole);
  if (begun.blind) drawBlind();
  else drawEvent();
}

function drawProgress(progress) {
  $("bar").max = Math.max(1, progress.events);
  $("bar").value = progress.done;
  const parts = [`${progress.done} of ${progress.events} ${begun.blind ? "windows" : "events"}`];
  if (!begun.blind) parts.push(`about ${progress.errors_left} error${progress.errors_left === 1 ? "" : "s"} left`);
  if (progress.seconds_left !== null) parts.push(`${duration(progress.seconds_left)} left`);
  $("progress").textContent = parts.join(" · ");
}

function duration(seconds) {
  return seconds < 90 ? `${seconds} s` : seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function isTouch(frame) { return now.touches.some(([first, last]) => first <= frame && frame <= last); }

// Where there are several classes of touches, a frame of one tells its class by the key for it.
function classKey(frame) {
  const names = begun.touch.map((label) => begun.class_names[label]);
  const one = names.length > 1 && now.touches.find(([first, last]) => first <= frame && frame <= last);
  return one ? ` · ${names.indexOf(one[2]) + 1}` : "";
}

function isLeftOut(frame) { return begun.blind ? now.answer === "uncuratable" : now.trace.labels[frame - now.trace.start] === -1; }

function drawStrip(address) {
  const { numbers, size, strip } = now.pictures;
  const tiles = [];
  numbers.forEach((number, place) => {
    if (place && number > numbers[place - 1] + 1) {
      const gap = document.createElement("span");
      gap.className = "gap";
      gap.textContent = `… ${number - numbers[place - 1] - 1} …`;
      tiles.push(gap);
    }
    const tile = document.createElement("button"), image = document.createElement("i"), text = document.createElement("b");
    tile.type = "button";
    tile.className = "tile";
    tile.dataset.frame = number;
    tile.classList.toggle("touch", isTouch(number) || (begun.blind && isMarked(number)));
    tile.classList.toggle("out", isLeftOut(number));
    text.textContent = number + classKey(number);
    if (strip) {
      const scale = (begun.blind ? BLIND_TILE : TILE) / Math.max(...size), [height, width] = size.map((side) => side * scale);
      Object.assign(image.style, {
        width: `${width}px`, height: `${height}px`, backgroundImage: `url(${address})`,
        backgroundSize: `${width * numbers.length}px ${height}px`, backgroundPosition: `${-place * width}px 0`,
      });
    }
    tile.append(image, text);
    tile.addEventListener("click", () => { cursor = number; markCursor(); });
    tiles.push(tile);
  });
  $("strip").replaceChildren(...tiles);
  markCursor();
}

function markCursor() {
  for (const tile of document.querySelectorAll(".tile")) tile.classList.toggle("cursor", Number(tile.dataset.frame) === cursor);
  const line = $("trace").querySelector(".cursor");
  if (line) for (const end of ["x1", "x2"]) line.setAttribute(end, across(cursor));
}

function svg(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

function drawWhole(address) {
  const { frame_size: [height, width], box, shown, whole } = now.pictures, picture = $("whole");
  picture.replaceChildren();
  picture.toggleAttribute("hidden", !whole);
  $("shown").textContent = whole ? `Frame ${shown}${box ? ", with the region that the model sees" : ""}` : "";
  if (!whole) return;
  picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
  picture.append(svg("image", { href: address, width, height }));
  if (!box) return;
  const [x, y, w, h] = box, outline = svg("rect", { x, y, width: w, height: h, fill: "none", "stroke-width": Math.max(2, width / 200) });
  outline.style.stroke = "#ffb000";
  picture.append(outline);
}

const WIDTH = 1000, TOP = 8, LOWEST = 118, ROW = 16;

function across(frame) { return ((frame - now.trace.start + 0.5) / now.trace.labels.length) * WIDTH; }

function drawTrace() {
  const { start, probability, threshold, model, labels, given } = now.trace, parts = [], LOW = probability ? LOWEST : 0;
  const rows = [["labels", labels, "--touch"], ["model", model, "--mark"], ...(given ? [["given", given, "--given"]] : [])];
  const bottom = LOW + 8 + rows.length * ROW;
  $("trace").setAttribute("viewBox", `0 0 ${WIDTH} ${bottom + 18}`);
  $("trace").classList.toggle("low", !probability);
  const event = svg("rect", { x: across(now.first - 0.5), y: TOP, width: across(now.last + 0.5) - across(now.first - 0.5), height: bottom - TOP, opacity: 0.13 });
  event.style.fill = "var(--accent)";
  parts.push(event);
  for (const level of probability ? [0, 0.5, 1] : []) {
    const y = LOW - level * (LOW - TOP), line = svg("line", { x1: 0, x2: WIDTH, y1: y, y2: y, "stroke-width": 1, "vector-effect": "non-scaling-stroke" });
    line.style.stroke = "var(--line)";
    parts.push(line);
  }
  if (threshold !== null) {
    const y = LOW - threshold * (LOW - TOP), line = svg("line", { class: "threshold", x1: 0, x2: WIDTH, y1: y, y2: y, "stroke-width": 1.5, "stroke-dasharray": "6 5", "vector-effect": "non-scaling-stroke" });
    line.style.stroke = "var(--bad)";
    parts.push(line);
  }
  let points = "", pen = "M";
  (probability || []).forEach((p, place) => {
    if (p === null) { pen = "M"; return; }
    points += `${pen}${across(start + place).toFixed(1)},${(LOW - p * (LOW - TOP)).toFixed(1)}`;
    pen = "L";
  });
  const line = svg("path", { d: points, fill: "none", "stroke-width": 2, "vector-effect": "non-scaling-stroke" });
  line.style.stroke = "var(--accent)";
  parts.push(line);
  rows.forEach(([, values, colour], row) => {
    for (let place = 0, stop; place < values.length; place = stop) {
      const label = values[place], left = across(start + place - 0.5);
      for (stop = place + 1; values[stop] === label; stop += 1);
      if (label !== -1 && !begun.touch.includes(label)) continue;
      const width = across(start + stop - 0.5) - left;
      const bar = svg("rect", { x: left, y: LOW + 8 + row * ROW, width, height: ROW - 5, opacity: label === -1 ? 0.25 : 1 });
      bar.style.fill = label === -1 ? "var(--faint)" : `var(${colour})`;
      parts.push(bar);
    }
  });
  const mark = svg("line", { class: "cursor", x1: 0, x2: 0, y1: TOP, y2: bottom, "stroke-width": 1.5, "vector-effect": "non-scaling-stroke" });
  mark.style.stroke = "var(--ink)";
  parts.push(mark);
  $("trace").replaceChildren(...parts);
  const names = { labels: ["touch", "labels with corrections"], model: ["model", begun.has_model ? "labels of the model" : "labels before"], given: ["given", "given labels"] };
  const legend = [...(probability ? [["chance", "probability of a touch"]] : []), ...(threshold === null ? [] : [["threshold", `threshold ${threshold}`]]), ...rows.map(([name]) => names[name])].map(([kind, text]) => {
    const one = document.createElement("span");
    one.className = kind;
    one.textContent = text;
    return one;
  });
  const range = document.createElement("i");
  range.textContent = `frames ${start} to ${start + labels.length - 1}`;
  $("legend").replaceChildren(...legend, range);
  markCursor();
}

function drawList(found) {
  const rows = found.events.map((one) => {
    const row = document.createElement("li");
    const [name, frames, doubt] = [1, 2, 3].map(() => document.createElement("span"));
    row.title = name.textContent = one.recording;
    frames.textContent = `· ${one.first}–${one.last}`;
    doubt.textContent = one.done ? "✓" : `${Math.round(100 * one.doubt)} %`;
    row.classList.toggle("now", one.place === now.place);
    row.classList.toggle("done", one.done);
    row.append(name, frames, doubt);
    row.addEventListener("click", () => show(one.place));
    return row;
  });
  $("list").replaceChildren(...rows);
}

// --- answering -----------------------------------------------------------------------------------------------------

function touchAtHand() {
  const at = (frame) => now.touches.find(([first, last]) => first <= frame && frame <= last);
  const one = at(cursor) || now.touches.find(([first, last]) => first <= now.last && last >= now.first);
  if (!one) say("There is no touch here. Press y to make the event one.");
  return one;
}

async function send(kind, how) {
  const found = await ask("correct", { place: now.place, kind, seen: now.seen, ...how });
  now = { ...now, ...found };
}

async function change(kind, how) {
  await send(kind, how);
  const [strip, whole] = await picturesOf(now.place), kept = cursor;
  draw(strip, whole);
  cursor = kept;
  markCursor();
}

function correct(kind, how) { return guarded(() => change(kind, how)); }

function move(which, by) {
  return guarded(async () => {
    const one = touchAtHand();
    if (one) await change(which, { frame: one[0], to: (which === "onset" ? one[0] : one[1]) + by });
  }, true);
}

function answer(kind, how = {}) {
  return guarded(async () => {
    const { next } = now;
    await send(kind, how);
    if (next !== null && next !== now.place) await load(next);
    else finish(now.progress);
  });
}

function undo() {
  return guarded(async () => {
    const { place } = await ask("undo", {});
    if (place === null) say("There is nothing to undo.");
    else { $("main").hidden = false; $("over").hidden = true; await load(place); }
  });
}

function step(by) {
  const { numbers } = now.pictures;
  const beyond = by > 0 ? numbers.find((number) => number > cursor) : numbers.filter((number) => number < cursor).pop();
  if (beyond !== undefined) cursor = beyond;
  markCursor();
}

function finish(progress) {
  drawProgress(progress);
  $("main").hidden = true;
  $("over").hidden = false;
  const [what, said] = begun.blind ? ["windows", "answers"] : ["events", "corrections"];
  $("over-title").textContent = progress.done === progress.events ? `All ${what} were looked at.` : "The review is paused.";
  $("over-text").textContent = `All ${said} are kept. z takes the last one back; end the review when you are done.`;
}

$("end").addEventListener("click", () => guarded(async () => {
  const progress = await ask("end", {});
  finish(progress);
  $("over-title").textContent = "The review has ended.";
  const found = begun.blind ? progress.found : ["All corrections are kept."];
  $("over-text").textContent = [...found, "You can close this page."].join("\n");
}));

$("trace").addEventListener("click", (event) => {
  const { left, width } = $("trace").getBoundingClientRect();
  cursor = now.trace.start + Math.floor(((event.clientX - left) / width) * now.trace.labels.length);
  markCursor();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const found = begun && actions().find(([key]) => key === event.key || key === event.key.toLowerCase());
  if (!found) return;
  if ((!now || $("main").hidden) && found[0] !== "z") return;
  event.preventDefault();
  if (event.repeat && !HELD.has(found[0])) return;
  found[2]();
});

function drawKeys() {
  $("keys").replaceChildren(...actions().map(([key, text, act]) => {
    const button = document.createElement("button"), name = document.createElement("kbd");
    button.type = "button";
    name.textContent = KEY_NAMES[key] || key;
    button.append(name, text);
    button.addEventListener("click", act);
    return button;
  }));
}

guarded(async () => {
  begun = await ask("begin");
  document.body.classList.toggle("blind", begun.blind);
  if (begun.blind) document.querySelector("h1").textContent = "Blind look";
  drawKeys();
  $("session").textContent = begun.session;
  $("warnings").replaceChildren(...begun.warnings.map((text) => {
    const one = document.createElement("p");
    one.textContent = text;
    return one;
  }));
  if (begun.place === null) { finish(begun.progress); return; }
  $("main").hidden = false;
  await load(begun.place);
});
