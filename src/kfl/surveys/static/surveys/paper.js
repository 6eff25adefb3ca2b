/* Entering paper forms by digits: the next field gets its turn by itself. Everything works without this file. */
const fields = [...document.querySelectorAll('[data-paper] input[type="text"]')];

const next = (field) => {
  const following = fields[fields.indexOf(field) + 1] ?? document.querySelector('[data-paper] button[type="submit"]');
  following.focus();
  following.select?.();
};

for (const field of fields) {
  field.addEventListener("input", () => {
    const longest = Number(field.dataset.longest);
    if (longest && field.value.length >= longest) next(field);
  });
  // The code alone is sent by Enter: the questions come after it.
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && field.id !== "code") {
      event.preventDefault();
      next(field);
    }
    // Back to the field before, from an empty one.
    if (event.key === "Backspace" && !field.value) fields[fields.indexOf(field) - 1]?.focus();
  });
}
(document.querySelector('[data-paper] [aria-invalid="true"]') ?? fields[0])?.focus();
