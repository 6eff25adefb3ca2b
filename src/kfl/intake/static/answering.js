// Answering with scripts: all screens are in this tab, saves go by themselves, and no network is needed in between.
// Every page also works without this file.
import { aloud, fetchSounds, hush } from "./aloud.js";
import { Queue, ask, askForPage } from "./queue.js";
import { Screen } from "./screens.js";

const place = document.querySelector("[data-screens]");
const line = document.querySelector(".state");
const { home, over } = place.dataset; // addresses: who sees what, and what comes after handing in
const idleAfter = Number(place.dataset.idle) * 1000;
const total = Number(place.dataset.total);
const screens = new Map();
let current = new Screen(place.querySelector("[data-number]"));
let covered = false;
let afterwards = null; // where to go once everything is sent
let lastSign = performance.now();

screens.set(current.number, current);
history.replaceState(current.number, "", location.pathname); // that a word was typed stays in no history

const queue = new Queue(tell, stop, line.textContent.trim() !== "");

function tell(word) {
  const text = word ? line.dataset[word] : "";
  if (line.textContent !== text) line.textContent = text;
  line.classList.toggle("waiting", word === "later" || word === "handing");
  if (afterwards !== null && queue.isEmpty) location.replace(afterwards);
}

function stop(word) {
  if (word === "submitted") {
    location.replace(over);
    return;
  }
  const lost = queue.isEmpty ? "" : ` ${line.dataset.lost}`;
  if (word === "gone") cover();
  for (const part of place.querySelectorAll("fieldset, .go button")) part.disabled = true;
  line.classList.add("error");
  line.setAttribute("role", "alert");
  line.textContent = line.dataset[word] + lost;
}

// The tab's own lease makes an older tab read-only, and brings every screen. Nothing is saved before it is there.
queue.put({
  quiet: true,
  async send() {
    const { page, ...outcome } = await askForPage(place.dataset.lease);
    if (outcome.word === "gone" && !queue.isEmpty) {
      cover(); // away too long to be shown anything; what was typed under the page's own lease is still taken
      return { word: "saved" };
    }
    if (outcome.word !== "saved") return outcome;
    for (const section of page.querySelectorAll("[data-number]")) {
      const screen = new Screen(document.adoptNode(section));
      if (screen.number === current.number) current.renew(screen.lease);
      else screens.set(screen.number, screen);
    }
    const wanted = [...screens.values()].find((screen) => screen.address === afterwards);
    if (wanted) show(wanted.number);
    warm();
    return outcome;
  },
});

function show(number, { push = true } = {}) {
  const next = screens.get(number);
  if (!next || covered || queue.stopped) return false;
  queue.finish(null);
  afterwards = null;
  current.section.remove();
  document.querySelector("[data-arrived]")?.remove();
  current = next;
  place.append(current.section);
  if (push) history.pushState(number, "", current.address);
  document.title = current.section.dataset.title;
  window.scrollTo(0, 0);
  current.section.querySelector("h1").focus({ preventScroll: true });
  aloud(place);
  warm();
  return true;
}

function note(item, pause) {
  current.touch(item);
  queue.finish(null);
  queue.put(current, pause);
}

place.addEventListener("change", (event) => note(event.target.closest("[data-item]"), 300));
place.addEventListener("input", (event) => {
  if (!event.target.matches("[type=radio], [type=checkbox]")) note(event.target.closest("[data-item]"), 1200);
});

// What was answered before this script had come, on a slow line.
for (const item of current.changedItems()) note(item, 300);

place.addEventListener("submit", (event) => {
  event.preventDefault();
  if (queue.stopped || covered) return;
  const go = event.submitter ? event.submitter.value : "next";
  if (go.startsWith("clear:")) {
    const item = event.submitter.closest("[data-item]");
    current.clear(item);
    queue.put(current, 0);
    return;
  }
  if (go === "back") {
    if (!show(current.number - 1)) leave(current.number > 1 ? `${home}${current.number - 1}` : home);
    return;
  }
  const wrong = current.wrong();
  if (wrong) {
    wrong.querySelector("input").focus();
    return;
  }
  if (current.isUntouched) queue.put(current, 0); // seen and skipped: another device goes on after it
  queue.hurry();
  if (current.number < total) {
    if (!show(current.number + 1)) leave(`${home}${current.number + 1}`);
  } else {
    handIn();
  }
});

// To another page, when all is sent; until then the line says what we wait for.
function leave(address) {
  if (queue.isEmpty) location.assign(address);
  else afterwards = address;
}

function handIn() {
  if (queue.refused instanceof Screen) {
    show(queue.refused.number);
    return;
  }
  queue.finish({
    async send() {
      const outcome = await ask("POST", `${home}submit`, "{}");
      if (outcome.word === "saved") afterwards = over;
      return outcome;
    },
  });
}

window.addEventListener("popstate", (event) => {
  if (!show(Number(event.state), { push: false }) && !covered) location.reload();
});

// Another child may sit here now: take the answers out of sight and out of the page. What is not sent yet goes on.
function cover() {
  if (covered) return;
  covered = true;
  hush();
  for (const screen of screens.values()) screen.freeze();
  screens.clear();
  place.replaceChildren(document.querySelector("template[data-away]").content.cloneNode(true));
  for (const part of document.querySelectorAll("[data-beside]")) part.remove();
  const heading = place.querySelector("h1");
  heading.focus();
  document.title = heading.textContent;
}

function checkIdle() {
  if (performance.now() - lastSign > idleAfter) cover();
}

for (const sign of ["pointerdown", "keydown", "input"]) {
  window.addEventListener(
    sign,
    () => {
      lastSign = performance.now();
    },
    { passive: true },
  );
}
setInterval(checkIdle, 15000);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) queue.hurry();
  else checkIdle();
});
window.addEventListener("beforeunload", (event) => {
  if (!queue.isEmpty && !queue.stopped) event.preventDefault(); // "not sent yet": ask before it is lost
});
// A browser may keep the page to show it again at once. Whoever then comes back gets it from the server, or not.
window.addEventListener("pagehide", (event) => {
  queue.hurry();
  if (event.persisted) cover();
});
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  if (queue.isEmpty || queue.stopped) location.reload();
  else afterwards = location.href;
});

function warm() {
  for (let number = current.number + 1; number <= current.number + 3; number += 1) {
    const screen = screens.get(number);
    if (screen) fetchSounds(screen.section);
  }
}
