// Reads aloud: the recorded sound of an item where there is one, else the browser's voice for its language.

const voices = window.speechSynthesis;
const SPOKEN = { nb: ["nb", "no"], nn: ["nn", "nb", "no"], se: ["se", "sme"] };
const heard = new WeakSet(); // what has spoken by itself does so once
let playing = null;

// Make the loudspeakers in this part of the page work; one that stands alone on its screen speaks by itself.
export function aloud(root) {
  hush();
  const buttons = [...root.querySelectorAll("[data-speak]")];
  for (const button of buttons) {
    button.hidden = !button.dataset.sound && !words(button).voice;
    button.onclick = () => say(button);
  }
  const alone = root.querySelector(".alone [data-speak]");
  if (!alone || alone.hidden || heard.has(alone)) return;
  heard.add(alone);
  say(alone);
}

// Sounds and pictures of a screen that comes later, while there is network.
export function fetchSounds(root) {
  for (const { dataset } of root.querySelectorAll("[data-sound]")) {
    fetch(dataset.sound, { priority: "low" }).catch(() => {});
  }
  for (const picture of root.querySelectorAll("img[src]")) new Image().src = picture.src;
}

function say(button) {
  hush();
  if (!button.dataset.sound) {
    speak(button);
    return;
  }
  playing = new Audio(button.dataset.sound);
  playing.play().catch((problem) => {
    if (problem.name !== "NotAllowedError" && problem.name !== "AbortError") speak(button);
  });
}

function speak(button) {
  const { text, voice } = words(button);
  if (!voice) return;
  const speech = new SpeechSynthesisUtterance(text);
  speech.voice = voice;
  speech.lang = voice.lang;
  speech.rate = 0.9;
  voices.speak(speech);
}

// What is being said stops.
export function hush() {
  if (playing) playing.pause();
  playing = null;
  if (voices) voices.cancel();
}

function words(button) {
  const heading = button.ownerDocument.getElementById(button.dataset.speak);
  const text = heading.querySelector("[lang]") || heading;
  return { text: heading.textContent.trim(), voice: voiceFor(text.lang || document.documentElement.lang) };
}

function voiceFor(lang) {
  const all = voices ? voices.getVoices() : [];
  for (const wanted of SPOKEN[lang] || [lang]) {
    const found = all.find((voice) => voice.lang.toLowerCase().split(/[-_]/)[0] === wanted);
    if (found) return found;
  }
  return null;
}

if (voices) voices.addEventListener("voiceschanged", () => aloud(document));
aloud(document);
