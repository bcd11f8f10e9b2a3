// @ts-check
/** A keypad large enough for gloves. Without this module the field alone does the same. */

const code = /** @type {HTMLInputElement | null} */ (document.querySelector("#code"));
const keys = /** @type {HTMLElement | null} */ (document.querySelector(".keys"));
if (code && keys) {
  keys.hidden = false;
  // The keypad of the page is the keyboard: the tablet's own would cover it. A real keyboard still types.
  code.setAttribute("inputmode", "none");
  keys.addEventListener("click", (event) => {
    const key = /** @type {Element} */ (event.target).closest("button");
    const pressed = key && key.dataset.key;
    if (!pressed) return;
    if (pressed === "clear") code.value = "";
    else if (pressed === "back") code.value = code.value.slice(0, -1);
    else if (code.value.length < code.maxLength) code.value += pressed;
    code.focus();
  });
}
