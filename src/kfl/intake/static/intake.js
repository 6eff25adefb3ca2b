// Saves by itself, keeps what is not sent, reads aloud. Every page also works without this file.
"use strict";

const codeForm = document.querySelector("[data-code]");
if (codeForm) {
  const field = codeForm.elements.code;
  const fromQr = decodeURIComponent(location.hash.slice(1));
  if (fromQr) {
    history.replaceState(null, "", location.pathname); // the code stays in no history
    field.value = fromQr;
    codeForm.submit();
  }
  field.addEventListener("input", () => {
    const plain = field.value.replace(/[^0-9A-Za-z]/g, "");
    const atEnd = field.selectionStart === field.value.length;
    if (atEnd && plain.length > 5) field.value = plain.slice(0, 5) + "-" + plain.slice(5, 11);
  });
}

const form = document.querySelector("[data-screen]");
if (form) saveByItself(form);
readAloud(document.querySelectorAll("[data-speak]"), Boolean(document.querySelector(".alone")));

function saveByItself(form) {
  const line = document.querySelector(".state");
  const address = form.getAttribute("action");
  const touched = new Set();
  let rev = Number(form.elements.rev.value); // the number of the next save
  let unsent = null; // a save with its number: sent again unchanged until we know what became of it
  let changed = false;
  let sending = null;
  let timer = 0;
  let wait = 2000;

  const tell = (word) => { line.textContent = line.dataset[word]; };

  function answers() {
    const found = {};
    for (const item of form.querySelectorAll("[data-item]")) {
      const answer = answerOf(item);
      if (answer !== null || touched.has(item)) found[item.dataset.item] = answer;
    }
    return found;
  }

  function answerOf(item) {
    const kind = item.dataset.kind;
    if (kind === "text") return item.querySelector("textarea").value.trim() || null;
    if (kind === "number") {
      const text = item.querySelector("input").value.trim();
      return text === "" ? null : /^\d+$/.test(text) ? Number(text) : text;
    }
    const codes = [...item.querySelectorAll("input:checked")].map((input) => Number(input.value));
    if (!codes.length) return null;
    return kind === "multiple" ? codes : codes[0];
  }

  // One save at a time. True when everything typed so far is on the server's disk.
  async function send() {
    clearTimeout(timer);
    if (sending) await sending;
    while (changed || unsent) {
      if (!unsent) {
        unsent = JSON.stringify({ lease: Number(form.elements.lease.value), rev: rev, answers: answers() });
        rev += 1;
        changed = false;
      }
      tell("saving");
      sending = once();
      const outcome = await sending;
      sending = null;
      if (outcome !== "saved") {
        tell(outcome);
        if (outcome === "later") {
          timer = setTimeout(send, wait * (0.75 + Math.random() / 2));
          wait = Math.min(wait * 2, 30000);
        } else if (outcome === "wrong") {
          unsent = null;
          changed = true; // what is wrong must be mended before we go on
        }
        return false;
      }
      unsent = null;
      wait = 2000;
      tell("saved");
    }
    return true;
  }

  async function once() {
    try {
      const reply = await fetch(address, {
        method: "PUT", body: unsent, keepalive: true, credentials: "same-origin",
        headers: { "Content-Type": "application/json" },
      });
      if (reply.ok) return "saved";
      if (reply.status === 409) return (await reply.json()).error === "submitted" ? "gone" : "stale";
      if (reply.status === 410) return "gone";
      return reply.status >= 500 || reply.status === 429 ? "later" : "wrong";
    } catch {
      return "later";
    }
  }

  function note(item, pause) {
    touched.add(item);
    changed = true;
    item.querySelector(".clear").hidden = answerOf(item) === null;
    clearTimeout(timer);
    timer = setTimeout(send, pause);
  }

  form.addEventListener("change", (event) => note(event.target.closest("[data-item]"), 300));
  form.addEventListener("input", (event) => {
    if (!event.target.matches("[type=radio], [type=checkbox]")) note(event.target.closest("[data-item]"), 1200);
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden && changed) send(); });
  window.addEventListener("online", () => { if (unsent) send(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    const go = button ? button.value : "next";
    event.preventDefault();
    if (go.startsWith("clear:")) {
      const item = button.closest("[data-item]");
      for (const input of item.querySelectorAll("input:checked")) input.checked = false;
      for (const input of item.querySelectorAll(".number, textarea")) input.value = "";
      note(item, 0);
      (item.querySelector("input, textarea") || form).focus();
      return;
    }
    changed = changed || touched.size === 0 && go === "next";
    if (!(await send())) return; // the line says why; the page stays, and nothing is lost
    if (go === "next" && form.dataset.next) {
      location.assign(form.dataset.next);
      return;
    }
    form.elements.rev.value = rev;
    const where = document.createElement("input");
    where.type = "hidden";
    where.name = "go";
    where.value = go;
    form.append(where);
    form.submit();
  });
}

function readAloud(buttons, byItself) {
  const voices = window.speechSynthesis;
  if (!voices || !buttons.length) return;
  const spoken = { nb: ["nb", "no"], nn: ["nn", "nb", "no"], en: ["en"], se: ["se", "sme"] };

  function voiceFor(lang) {
    const all = voices.getVoices();
    for (const wanted of spoken[lang] || [lang]) {
      const found = all.find((voice) => voice.lang.toLowerCase().split(/[-_]/)[0] === wanted);
      if (found) return found;
    }
    return null;
  }

  function words(button) {
    const heading = document.getElementById(button.dataset.speak);
    const text = heading.querySelector("[lang]") || heading;
    return { text: heading.textContent.trim(), voice: voiceFor(text.lang || document.documentElement.lang) };
  }

  function say(button) {
    const { text, voice } = words(button);
    if (!voice) return;
    const speech = new SpeechSynthesisUtterance(text);
    speech.voice = voice;
    speech.lang = voice.lang;
    speech.rate = 0.9;
    voices.cancel();
    voices.speak(speech);
  }

  function show() {
    for (const button of buttons) button.hidden = !words(button).voice;
    if (byItself && !buttons[0].hidden) {
      byItself = false;
      say(buttons[0]);
    }
  }

  for (const button of buttons) button.addEventListener("click", () => say(button));
  voices.addEventListener("voiceschanged", show);
  show();
}
