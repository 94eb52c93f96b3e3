// A file is sent by itself as soon as it is chosen: a refused file takes no text along.
import { announce, csrfToken, showFieldMessage } from "./common.js";

function answerOf(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {};
  }
}

/** An upload that ends at another address was sent on to the sign-in page. */
function redirected(request, input) {
  return request.status === 200 && request.responseURL !== new URL(input.dataset.uploadUrl, location.href).href;
}

function refusal(request, input) {
  if (request.status === 401 || redirected(request, input)) return "로그인이 풀렸습니다. 다른 창에서 로그인한 뒤 파일을 다시 고르세요.";
  if (request.status === 413) return "파일이 너무 큽니다. 나누거나 줄여서 다시 올리세요.";
  if (request.status === 0) return "연결이 끊겨 올리지 못했습니다. 연결을 확인하고 파일을 다시 고르세요.";
  return "파일을 올리지 못했습니다. 파일을 확인하고 다시 고르세요.";
}

/** Said before a file is sent: a server that hangs up on it could not say so. */
function tooLarge(file) {
  const most = Number(document.body.dataset.maxUpload);
  if (!most || file.size <= most) return "";
  return `파일이 너무 큽니다. ${Math.floor(most / 1024 ** 2)}MB 이하로 나누거나 줄여서 다시 고르세요.`;
}

/** A file that travels with its form is left out when it cannot arrive. */
function weigh(input) {
  const sentence = [...input.files].map(tooLarge).find(Boolean) ?? "";
  const slot = input.closest(".field")?.querySelector("[data-message-slot]");
  if (slot) showFieldMessage(slot, sentence);
  if (slot && sentence) input.value = "";
}

function keep(input, file, answer) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  name.className = "file-name";
  name.textContent = answer.file_name ?? file.name;
  const note = document.createElement("span");
  note.className = "small soft";
  note.textContent = answer.label ?? `올림 · ${Math.max(1, Math.round(file.size / 1024)).toLocaleString("ko-KR")}KB`;
  const hidden = document.createElement("input");
  hidden.type = "hidden";
  hidden.name = input.dataset.uploadName;
  hidden.value = answer.evidence_id ?? "";
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "button button-quiet button-small";
  remove.textContent = "빼기";
  remove.addEventListener("click", () => {
    item.remove();
    input.focus();
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  item.append(name, note, hidden, remove);
  const list = input.closest(".field").querySelector("[data-file-list]");
  if (!input.multiple) list.replaceChildren();
  list.append(item);
}

function send(input, file) {
  const field = input.closest(".field");
  const slot = field.querySelector("[data-message-slot]");
  const progress = field.querySelector("[data-upload-progress]");
  const bar = progress.querySelector("progress");
  const body = new FormData();
  body.append("file", file, file.name);
  if (tooLarge(file)) {
    showFieldMessage(slot, tooLarge(file));
    return Promise.resolve();
  }
  showFieldMessage(slot, "");
  progress.hidden = false;
  bar.value = 0;
  return new Promise((finished) => {
    const request = new XMLHttpRequest();
    request.open("POST", input.dataset.uploadUrl);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = (event.loaded / event.total) * 100;
    });
    request.addEventListener("loadend", () => {
      progress.hidden = true;
      const answer = answerOf(request);
      if (request.status >= 200 && request.status < 300 && answer.evidence_id) {
        keep(input, file, answer);
        announce(`${file.name} 파일을 올렸습니다.`);
        input.dispatchEvent(new Event("input", { bubbles: true }));
      } else {
        showFieldMessage(slot, answer.message || refusal(request, input));
      }
      finished();
    });
    request.send(body);
  });
}

async function take(input) {
  const files = [...input.files];
  // Sent here, so it must not travel a second time with the form.
  input.value = "";
  for (const file of files) await send(input, file);
}

const UPLOADS = "input[type=file][data-upload-url]";

export function startUploads() {
  document.addEventListener("change", (event) => {
    if (event.target.matches?.(UPLOADS)) take(event.target);
    else if (event.target.matches?.("input[type=file]")) weigh(event.target);
  });
  // On a slow line a file may be chosen before this script is there to hear of it.
  for (const input of document.querySelectorAll(UPLOADS)) if (input.files.length) take(input);
}
