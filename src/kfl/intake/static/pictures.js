// Two pictures at most: a third takes the place of the first.
import "./aloud.js";

for (const form of document.querySelectorAll("[data-two]")) {
  const picked = [...form.querySelectorAll("[name=picture]:checked")];
  form.addEventListener("change", ({ target }) => {
    if (target.name !== "picture") return;
    if (!target.checked) {
      picked.splice(picked.indexOf(target), 1);
      return;
    }
    picked.push(target);
    if (picked.length > 2) picked.shift().checked = false;
  });
}
