// What the pages do by themselves. Everything but the live parts works without it.
import { startAutosave } from "./autosave.js";
import { startConditional } from "./conditional.js";
import { startDates } from "./dates.js";
import { startGuide } from "./guide.js";
import { startJobs } from "./job.js";
import { startLiveChecks } from "./livecheck.js";
import { startMoney } from "./money.js";
import { startRows } from "./rows.js";
import { startSending } from "./sending.js";
import { startUploads } from "./upload.js";

document.documentElement.classList.add("js");

startMoney();
startDates();
startRows();
startUploads();
startConditional();
startGuide();
startAutosave();
startLiveChecks();
startJobs();
// After all that hold a form back to send it later.
startSending();

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
  for (const menu of document.querySelectorAll("details.who[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.who[open]");
  if (event.key === "Escape" && menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Paper has no folds: what is closed on the screen is opened for printing and closed again.
const opened = new Set();
window.addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("main details:not([open])")) {
    part.open = true;
    opened.add(part);
  }
});
window.addEventListener("afterprint", () => {
  for (const part of opened) part.open = false;
  opened.clear();
});

document.querySelector("[data-error-summary]")?.focus();
