// @ts-check
/** Reading the QR of a card: the browser's own reader where there is one, else jsQR, fetched only when asked. */

const box = /** @type {HTMLElement | null} */ (document.querySelector("[data-scan]"));
const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-scan-form]"));
const WIDTH_MAX = 960;

/** @param {HTMLCanvasElement} canvas @returns {Promise<string>} */
async function read(canvas) {
  const native = /** @type {any} */ (window).BarcodeDetector;
  if (native) {
    try {
      const found = await new native({ formats: ["qr_code"] }).detect(canvas);
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
  if (!field || !form) return;
  field.value = code;
  form.submit();
}

if (box) {
  box.hidden = false;
  const says = /** @type {HTMLElement} */ (box.querySelector("[data-scan-state]"));
  const video = /** @type {HTMLVideoElement} */ (box.querySelector("video"));
  const photo = /** @type {HTMLInputElement} */ (box.querySelector("#photo"));
  const camera = /** @type {HTMLButtonElement} */ (box.querySelector("[data-scan-camera]"));

  photo.addEventListener("change", () => {
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
  camera.hidden = !(navigator.mediaDevices && window.isSecureContext);
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
          take(code);
        } else window.setTimeout(look, 200);
      };
      look();
    } catch (_fault) {
      says.textContent = String(says.dataset.closed);
    }
  });
}
