// @ts-check
/**
 * Reading a code: the QR of a card, or the code of a box. By camera with the browser's own reader where there is one (else
 * jsQR, fetched only when asked, which reads QR alone); by a reader that plays a keyboard: a fast burst ended by Enter.
 */

const box = /** @type {HTMLElement | null} */ (document.querySelector("[data-scan]"));
const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-scan-form]"));
const WIDTH_MAX = 960;
const BURST_MS = 60;
const BURST_MIN = 8;
/** The button that has a code read, on pages where it does not leave the page. */
const button = /** @type {HTMLButtonElement | null} */ (box && box.dataset.scanButton ? document.getElementById(box.dataset.scanButton) : null);
const formats = String((box && box.dataset.scanFormats) || "qr_code").split(" ");

/** @param {HTMLCanvasElement} canvas @returns {Promise<string>} */
async function read(canvas) {
  const native = /** @type {any} */ (window).BarcodeDetector;
  if (native) {
    try {
      const found = await new native({ formats }).detect(canvas);
      if (found.length) return found[0].rawValue;
    } catch (_fault) { /* announced and not there: some tablets do */ }
  }
  await library();
  const pixels = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).getImageData(0, 0, canvas.width, canvas.height);
  const found = /** @type {any} */ (window).jsQR(pixels.data, pixels.width, pixels.height);
  return found ? found.data : "";
}

/** @type {Promise<void> | null} */
let loading = null;
function library() {
  loading = loading || new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = String(box && box.dataset.scan);
    script.onload = () => done();
    script.onerror = () => failed(new Error("no reader"));
    document.head.append(script);
  });
  return loading;
}

/** @param {CanvasImageSource} source @param {number} width @param {number} height */
function drawn(source, width, height) {
  const canvas = document.createElement("canvas");
  const scale = Math.min(1, WIDTH_MAX / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** @param {string} code */
function take(code) {
  const field = /** @type {HTMLInputElement | null} */ (document.querySelector("#code"));
  if (!field) return;
  field.value = code.replace(/\x1d/g, "|"); // a field holds no separator: this sign is read back as one
  if (button) button.click(); else if (form) form.submit();
}

/** What a reader has typed so far, where, and what stood there before it began. */
let burst = { text: "", at: 0, field: /** @type {HTMLInputElement | null} */ (null), before: "" };

/** @param {KeyboardEvent} event */
function listen(event) {
  const now = event.timeStamp;
  // GS is Ctrl+] on a keyboard; some readers are set to send F8 for it.
  const sign = (event.ctrlKey && event.key === "]") || event.key === "F8" ? "\x1d" : event.key;
  if (event.key === "Enter") {
    const { text, at, field, before } = burst;
    burst = { text: "", at: 0, field: null, before: "" };
    if (text.length < BURST_MIN || now - at > BURST_MS) return;
    event.preventDefault();
    event.stopPropagation();
    // The reader wrote into whatever field the person was in: that one is given back, also when it was drawn anew meanwhile.
    const fields = field ? [field, document.getElementById(field.id)] : [];
    for (const one of fields) if (one) /** @type {HTMLInputElement} */ (one).value = before;
    take(text);
    return;
  }
  if (sign.length !== 1 || (event.ctrlKey && sign !== "\x1d") || event.altKey || event.metaKey) return;
  if (now - burst.at > BURST_MS) {
    const here = /** @type {HTMLInputElement} */ (document.activeElement);
    const isText = here && "value" in here && /^(INPUT|TEXTAREA)$/.test(here.tagName);
    burst = { text: "", at: now, field: isText ? here : null, before: isText ? here.value : "" };
  }
  if (sign === "\x1d") event.preventDefault();
  burst.text += sign;
  burst.at = now;
}
if (button) document.addEventListener("keydown", listen, true);

if (box) {
  box.hidden = false;
  const says = /** @type {HTMLElement} */ (box.querySelector("[data-scan-state]"));
  const video = /** @type {HTMLVideoElement} */ (box.querySelector("video"));
  const photo = /** @type {HTMLInputElement | null} */ (box.querySelector("#photo"));
  const camera = /** @type {HTMLButtonElement} */ (box.querySelector("[data-scan-camera]"));

  if (photo) photo.addEventListener("change", () => {
    const picked = photo.files && photo.files[0];
    if (!picked) return;
    const image = new Image();
    image.onload = async () => {
      const code = await read(drawn(image, image.naturalWidth, image.naturalHeight)).catch(() => "");
      if (code) take(code); else says.textContent = String(says.dataset.none);
    };
    image.onerror = () => { says.textContent = String(says.dataset.none); };
    const reader = new FileReader();
    reader.onload = () => { image.src = String(reader.result); };
    reader.readAsDataURL(picked);
  });

  // A camera needs a secure page: without one the button would only disappoint.
  camera.hidden = !(navigator.mediaDevices && window.isSecureContext) || (button !== null && !("BarcodeDetector" in window));
  camera.addEventListener("click", async () => {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      video.hidden = false;
      says.textContent = String(says.dataset.looking);
      await video.play();
      const look = async () => {
        const code = video.videoWidth ? await read(drawn(video, video.videoWidth, video.videoHeight)).catch(() => "") : "";
        if (code) {
          stream.getTracks().forEach((track) => track.stop());
          video.hidden = true;
          says.textContent = "";
          take(code);
        } else window.setTimeout(look, 200);
      };
      look();
    } catch (_fault) {
      says.textContent = String(says.dataset.closed);
    }
  });
}
