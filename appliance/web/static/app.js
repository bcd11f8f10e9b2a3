// @ts-check
/** Small help on top of pages that work without it: drafts, retry of a cut save, idle lock. */

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-draft]"));
const says = document.querySelector("[data-draft-state]");
const IDLE_MS = 10 * 60 * 1000;
let touched = Date.now();
let timer = 0;

/** @param {string} text */
function say(text) {
  if (says) says.textContent = text;
}

async function saveDraft() {
  if (!form) return;
  try {
    const answer = await fetch(String(form.dataset.draft), {
      method: "POST", body: new URLSearchParams(/** @type {any} */ (new FormData(form))), keepalive: true,
    });
    const version = answer.headers.get("X-Draft-Version");
    const held = /** @type {HTMLInputElement | null} */ (form.elements.namedItem("draft_version"));
    if (version && held) held.value = version;
    say(answer.redirected ? "Non enregistré : entrez de nouveau votre code." : await answer.text());
  } catch (_fault) {
    say("Non enregistré : le réseau est coupé, on réessaie.");
    later(5000);
  }
}

/** @param {number} ms */
function later(ms) {
  window.clearTimeout(timer);
  timer = window.setTimeout(saveDraft, ms);
}

if (form) {
  form.addEventListener("input", () => { say("…"); later(1500); });
  window.addEventListener("pagehide", () => { if (timer) saveDraft(); });
}

/** A save that is cut is sent again with the same request key, so it acts once. */
document.addEventListener("submit", (event) => {
  const sent = /** @type {HTMLFormElement} */ (event.target);
  if (sent.method !== "post" || sent.dataset.plain !== undefined) return;
  window.clearTimeout(timer);
  timer = 0;
  const button = /** @type {HTMLButtonElement | null} */ (sent.querySelector("button.main"));
  if (!navigator.onLine) {
    event.preventDefault();
    say("Le réseau est coupé : rien n'est perdu, on renvoie dès qu'il revient.");
    window.addEventListener("online", () => sent.requestSubmit ? sent.requestSubmit() : sent.submit(), { once: true });
  } else if (button) {
    window.setTimeout(() => { button.disabled = true; }, 0);
    window.setTimeout(() => { button.disabled = false; }, 8000);
  }
});

for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, () => { touched = Date.now(); });
window.setInterval(async () => {
  const lock = /** @type {HTMLFormElement | null} */ (document.querySelector("form.lock"));
  if (!lock || Date.now() - touched < IDLE_MS) return;
  await saveDraft();
  lock.submit();
}, 15000);
