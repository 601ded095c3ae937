"use strict";
// The page of a blind look: what differs from page.js, which shows and sends. Touches are marked here, and sent as one answer.

const BLIND_TILE = 76;  // pixels, so that ten or four fit side by side
const drafts = new Map();  // place -> touches that were marked and not sent
let open = {}, chosen = 0;  // the edge of a touch that has only one, and the place of the class of the next touch

const BLIND_ACTIONS = [
  ["n", "No touch in it", () => answerBlind("no")],
  ["f", "Touch from here", () => edge("from")],
  ["t", "Touch to here", () => edge("to")],
  ["x", "Remove the touch", () => remove()],
  ["Enter", "Done, as marked", () => answerBlind("yes")],
  ["u", "Cannot be judged", () => answerBlind("uncuratable")],
  ["z", "Undo the last answer", () => undo()],
  ["c", "Next class", () => nextClass()],
  ["ArrowLeft", "Frame before", () => step(-1)],
  ["ArrowRight", "Frame after", () => step(1)],
  ["b", "Back", () => show(Math.max(0, now.place - 1))],
  [" ", "Later", () => { if (now.next !== null) show(now.next); }],
];

function classes() { return begun.touch.map((index) => begun.class_names[index]); }

function blindActions() { return BLIND_ACTIONS.filter(([key]) => key !== "c" || classes().length > 1); }

function restoreDraft() {
  open = {};
  if (drafts.has(now.place)) now.touches = drafts.get(now.place);
}

function isMarked(frame) { return Object.values(open).includes(frame); }

function drawBlind() {
  $("title").textContent = `Window ${now.place + 1} of ${now.progress.events} · ${now.recording} · frames ${now.first} to ${now.last}`;
  const said = { no: "you said: no touch", yes: "you marked touches", uncuratable: "you said: cannot be judged" };
  const several = classes().length > 1, marked = now.touches.map(([first, last, name]) => `${first} to ${last}${several ? ` (${name})` : ""}`);
  const parts = [now.answer ? said[now.answer] : "Mark every touch in these frames, or say that there is none."];
  if (marked.length) parts.push(`marked: ${marked.join(", ")}`);
  if (several) parts.push(`the next touch is of the class ${classes()[chosen]}`);
  $("reasons").textContent = parts.join(" · ");
}

async function redraw(touches) {
  if (touches) {
    now.touches = touches;
    drafts.set(now.place, touches);
  }
  const kept = cursor;
  draw(...await picturesOf(now.place));
  cursor = kept;
  markCursor();
}

function edge(which) {
  return guarded(async () => {
    const { from, to } = { ...open, [which]: cursor };
    if (from > to) throw new Error("A touch cannot end before it begins.");
    const whole = from !== undefined && to !== undefined;
    open = whole ? {} : { [which]: cursor };
    await redraw(whole ? marked(from, to) : undefined);
  });
}

function marked(from, to) {
  const others = now.touches.flatMap(([first, last, name]) => [[first, Math.min(last, from - 1), name], [Math.max(first, to + 1), last, name]]);
  const kept = others.filter(([first, last]) => first <= last);
  return [...kept, [from, to, classes()[chosen]]].sort((one, other) => one[0] - other[0]);
}

function remove() {
  return guarded(async () => {
    if (isMarked(cursor)) { open = {}; await redraw(); return; }
    const kept = now.touches.filter(([first, last]) => cursor < first || last < cursor);
    if (kept.length === now.touches.length) throw new Error("There is no mark at this frame.");
    await redraw(kept);
  });
}

function nextClass() {
  return guarded(async () => {
    chosen = (chosen + 1) % classes().length;
    await redraw();
  });
}

function answerBlind(kind) {
  if (busy) return undefined;
  if (Object.keys(open).length) { say("A touch has one edge only: mark the other one (f, t), or remove it (x)."); return undefined; }
  if (kind === "yes" && !now.touches.length) { say("Mark the touches first (f, t), or press n if there is none."); return undefined; }
  if (kind === "no" && now.touches.length) { say("Touches are marked. Press enter to keep them, or remove them (x)."); return undefined; }
  drafts.delete(now.place);
  return answer(kind, kind === "yes" ? { touches: now.touches } : {});
}
