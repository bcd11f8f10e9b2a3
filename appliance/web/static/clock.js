// @ts-check
/** A box without a battery for its clock may wake in another year; the tablet knows the time from the phone network. */

const APART_MS = 15 * 60 * 1000;
const rendered = Number(document.documentElement.dataset.now);

/** A page taken back from the browser's memory is old by itself and says nothing of the box. */
const isFresh = performance.getEntriesByType("navigation").every((e) => /** @type {any} */ (e).type !== "back_forward");

if (isFresh && rendered && Math.abs(Date.now() - performance.now() - rendered) > APART_MS) {
  const link = document.querySelector("[data-clock-doubt]");
  if (link) link.removeAttribute("hidden");
}

const form = document.querySelector("form[data-clock]");
if (form) {
  const now = new Date();
  const day = /** @type {HTMLInputElement} */ (form.querySelector("[name=jour]"));
  const hour = /** @type {HTMLInputElement} */ (form.querySelector("[name=heure]"));
  /** @param {number} n */
  const two = (n) => String(n).padStart(2, "0");
  // Mali keeps UTC all year, whatever zone the tablet is set to.
  if (day && !day.value) day.value = `${two(now.getUTCDate())}/${two(now.getUTCMonth() + 1)}/${now.getUTCFullYear()}`;
  if (hour && !hour.value) hour.value = `${two(now.getUTCHours())}:${two(now.getUTCMinutes())}`;
}
