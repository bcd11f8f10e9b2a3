// @ts-check
/** The − and + buttons count on the tablet itself; without this module each of them asks the box for the page again. */

const STEP = /[+=-]\d+$/;

document.addEventListener("click", (event) => {
  const button = /** @type {HTMLButtonElement | null} */ (/** @type {Element} */ (event.target).closest("button[name=pas]"));
  const cut = button && button.form ? button.value.search(STEP) : -1;
  if (!button || !button.form || cut < 1) return;
  const field = /** @type {HTMLInputElement | null} */ (button.form.elements.namedItem(button.value.slice(0, cut)));
  if (!field) return;
  event.preventDefault();
  const sign = button.value[cut];
  const number = Number(button.value.slice(cut + 1));
  const now = Number(field.value.replace(/\s/g, "")) || 0;
  field.value = String(Math.max(0, sign === "=" ? number : sign === "+" ? now + number : now - number));
  field.dispatchEvent(new Event("change", { bubbles: true }));
});
