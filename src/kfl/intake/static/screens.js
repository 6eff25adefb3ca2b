// One screen of the form: what is typed on it, and its saves.
import { ask } from "./queue.js";

export class Screen {
  #touched = new Set();
  #unsent = null; // a save with its number: sent again unchanged until we know what became of it
  #rev;
  changed = false;

  constructor(section) {
    this.section = section;
    this.form = section.querySelector("form");
    this.number = Number(section.dataset.number);
    this.address = this.form.getAttribute("action");
    this.lease = Number(this.form.elements.lease.value);
    this.#rev = Number(this.form.elements.rev.value);
  }

  get isUntouched() {
    return !this.#touched.size;
  }

  // Saves go under this lease from now on; numbers begin anew.
  renew(lease) {
    this.lease = lease;
    this.#rev = 1;
  }

  // Items that stand otherwise than the page came.
  changedItems() {
    const isChanged = (field) =>
      field.matches("[type=radio], [type=checkbox]")
        ? field.checked !== field.defaultChecked
        : field.value !== field.defaultValue;
    return [...this.form.querySelectorAll("[data-item]")].filter((item) =>
      [...item.querySelectorAll("input, textarea")].some(isChanged),
    );
  }

  touch(item) {
    this.#touched.add(item);
    item.querySelector(".clear").hidden = answerOf(item) === null;
    mark(item, false);
  }

  clear(item) {
    for (const input of item.querySelectorAll("input:checked")) input.checked = false;
    for (const input of item.querySelectorAll(".number, textarea")) input.value = "";
    this.touch(item);
    (item.querySelector("input, textarea") || this.form).focus();
  }

  // The first number that cannot be one, marked as such.
  wrong() {
    const items = [...this.form.querySelectorAll("[data-item]")].filter((item) => answerOf(item) === undefined);
    for (const item of items) mark(item, true);
    return items[0] || null;
  }

  answers() {
    const found = {};
    for (const item of this.form.querySelectorAll("[data-item]")) {
      const answer = answerOf(item);
      if (answer !== undefined && (answer !== null || this.#touched.has(item))) found[item.dataset.item] = answer;
    }
    return found;
  }

  // From now on only what is typed by now counts: the screen is taken out of sight.
  freeze() {
    const answers = this.answers();
    this.answers = () => answers;
  }

  async send() {
    if (this.#unsent === null) {
      this.#unsent = JSON.stringify({ lease: this.lease, rev: this.#rev, answers: this.answers() });
      this.#rev += 1;
    } else {
      this.changed = true; // what was typed since comes with the next number
    }
    const outcome = await ask("PUT", this.address, this.#unsent);
    if (outcome.word === "saved" || outcome.word === "wrong") this.#unsent = null;
    return outcome;
  }
}

// null when there is none, undefined when it cannot be one.
function answerOf(item) {
  const kind = item.dataset.kind;
  if (kind === "text") return item.querySelector("textarea").value.trim() || null;
  if (kind === "number") {
    const { low, high } = item.dataset;
    const text = item.querySelector("input").value.trim();
    if (text === "") return null;
    const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    return number >= Number(low) && number <= Number(high) ? number : undefined;
  }
  const codes = [...item.querySelectorAll("input:checked")].map((input) => Number(input.value));
  if (!codes.length) return null;
  return kind === "multiple" ? codes : codes[0];
}

function mark(item, wrong) {
  const field = item.querySelector(".number");
  if (!field) return;
  field.toggleAttribute("aria-invalid", wrong);
  if (wrong) field.setAttribute("aria-invalid", "true");
  const hint = document.getElementById(field.getAttribute("aria-describedby"));
  if (!hint) return;
  hint.className = wrong ? "error" : "hint";
  hint.toggleAttribute("role", wrong);
  if (wrong) hint.setAttribute("role", "alert");
}
