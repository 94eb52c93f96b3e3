// An article beside a field opens the guideline's words, and a button leads back to the field.

let origin = null;

function open(id) {
  const words = document.getElementById(id);
  if (!words) return false;
  for (let part = words.closest("details"); part; part = part.parentElement?.closest("details")) part.open = true;
  words.scrollIntoView({ block: "nearest" });
  words.focus({ preventScroll: true });
  return true;
}

export function startGuide() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-opens-guide]");
    if (link && open(decodeURIComponent(link.hash.slice(1)))) {
      event.preventDefault();
      origin = link;
      for (const back of document.querySelectorAll("[data-guide-back]")) {
        back.hidden = back.closest(".guide-words")?.id !== link.hash.slice(1);
      }
      return;
    }
    const back = event.target.closest("[data-guide-back]");
    if (back && origin) {
      back.hidden = true;
      const field = origin.closest(".field");
      (field?.querySelector("input, select, textarea") ?? origin).focus();
    }
  });
}
