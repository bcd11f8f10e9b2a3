// @ts-check
/** The visit's gestures on top of a form that works without them: a diagnosis in one tap, the draft kept after a swap. */

document.documentElement.classList.add("js");

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const chosen = /** @type {HTMLElement | null} */ (target.closest("[data-choose]"));
  const list = /** @type {HTMLSelectElement | null} */ (document.getElementById("diagnostic"));
  if (chosen && list) {
    list.value = String(chosen.dataset.choose);
    list.dispatchEvent(new Event("input", { bubbles: true }));
    list.focus();
  }
  if (target.closest("[data-print]")) window.print();
});

/** What a swap changed belongs to the draft as well; the event stays outside of what asks the server again. */
document.addEventListener("htmx:afterSwap", (event) => {
  const form = document.querySelector("form[data-care]");
  if (form && /** @type {Element} */ (event.target).closest("#ordonnance")) form.dispatchEvent(new Event("input"));
});

// What is typed in the instant between the swap of the prescription and its being alive again is asked for anew.
document.addEventListener("htmx:afterSettle", (event) => {
  const settled = /** @type {Element} */ (event.target);
  if (settled.id !== "ordonnance") return;
  for (const field of settled.querySelectorAll("input")) {
    if (field.value !== field.defaultValue) field.dispatchEvent(new Event("input", { bubbles: true }));
  }
});
