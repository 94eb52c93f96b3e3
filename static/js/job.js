// Progress of long work, asked for at a growing interval until it has ended.
import { announce, readJson, signedOut } from "./common.js";

const FIRST = 1000;
const LONGEST = 8000;
const SENTENCES = {
  queued: "차례를 기다리고 있습니다.",
  running: "만들고 있습니다.",
  done: "다 되었습니다.",
  failed: "만들지 못했습니다. 잠시 뒤 다시 시도하세요.",
};

function show(place, { state, progress_percent: percent, label, download_url: download }) {
  place.dataset.jobState = state;
  const sentence = label || SENTENCES[state] || "";
  const line = place.querySelector("[data-job-label]");
  if (line.textContent !== sentence) line.textContent = sentence;
  if (Number.isFinite(percent)) {
    place.querySelector("progress").value = percent;
    place.querySelector("[data-job-percent]").textContent = `${percent}%`;
  }
  if (state === "done" && download) {
    place.querySelector("[data-job-download]").href = download;
    place.querySelector("[data-job-done]").hidden = false;
    announce("다 되었습니다. 내려받을 수 있습니다.");
  }
}

function typing() {
  return [...document.querySelectorAll("textarea, input:not([type=hidden])")].some((field) =>
    field.type === "checkbox" || field.type === "radio"
      ? field.checked !== field.defaultChecked
      : field.value !== field.defaultValue,
  );
}

// What a finished work makes possible is on the page as it is now; what somebody is writing is not lost for it.
function openAnew(place) {
  if (place.dataset.jobState === "done" && "jobReload" in place.dataset && !typing()) window.location.reload();
}

async function follow(place) {
  for (let wait = FIRST; !["done", "failed"].includes(place.dataset.jobState); wait = Math.min(wait * 1.3, LONGEST)) {
    await new Promise((resume) => setTimeout(resume, wait));
    try {
      const response = await fetch(place.dataset.jobUrl, {
        headers: { Accept: "application/json" },
        redirect: "manual",
        credentials: "same-origin",
      });
      if (signedOut(response)) {
        show(place, { state: "failed", label: "로그인이 풀렸습니다. 다시 로그인하면 이어서 볼 수 있습니다." });
        return;
      }
      if (response.ok) show(place, await readJson(response));
      openAnew(place);
    } catch {
      place.querySelector("[data-job-label]").textContent = "연결이 끊겼습니다. 다시 이어지면 계속 보여 드립니다.";
    }
  }
}

export function startJobs() {
  for (const place of document.querySelectorAll("[data-job-url]")) follow(place);
}
