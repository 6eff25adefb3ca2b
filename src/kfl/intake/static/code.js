// The code: from a QR, typed with its dash, or tapped with pictures.

const form = document.querySelector("[data-code]");
const field = form.elements.code;
const pad = document.getElementById("pad");
const soFar = document.querySelector("[data-so-far]");
const opener = document.querySelector("[data-pad]");

const fromQr = decodeURIComponent(location.hash.slice(1));
if (fromQr) {
  history.replaceState(null, "", location.pathname); // the code stays in no history
  field.value = fromQr;
  form.submit();
}

const plain = () => field.value.replace(/[^0-9A-Za-z]/g, "").toUpperCase();

// As it is printed: 5-6, and the long one of a link 5-5-5-5-6.
function dashed(text) {
  if (text.length < 12) return text.length > 5 ? `${text.slice(0, 5)}-${text.slice(5)}` : text;
  return [text.slice(0, 5), text.slice(5, 10), text.slice(10, 15), text.slice(15, 20), text.slice(20)]
    .filter(Boolean)
    .join("-");
}

field.addEventListener("input", () => {
  if (field.selectionStart === field.value.length) field.value = dashed(plain());
  fit();
  draw();
});

// A link's code is long: it is written smaller.
function fit() {
  field.toggleAttribute("data-long", plain().length > 11);
}

fit(); // what was typed before, and is to be mended

// The pictures tapped so far, in the order of the code; a link's long code is not tapped.
function draw() {
  const keys = new Map([...pad.querySelectorAll("[data-add]")].map((key) => [key.dataset.add, key]));
  const tapped = plain().length > 11 ? "" : plain();
  const known = [...tapped].filter((character) => keys.has(character));
  soFar.replaceChildren(...known.map((character) => keys.get(character).querySelector("svg").cloneNode(true)));
}

opener.hidden = false;
opener.addEventListener("click", () => {
  pad.hidden = !pad.hidden;
  opener.setAttribute("aria-expanded", String(!pad.hidden));
  draw();
});

pad.addEventListener("click", (event) => {
  const key = event.target.closest("button");
  if (!key) return;
  const text = plain();
  field.value = dashed("add" in key.dataset ? text.slice(0, 10) + key.dataset.add : text.slice(0, -1));
  draw();
});
