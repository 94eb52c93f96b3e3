// A form that is on its way is not sent again: a second click while the answer is awaited does nothing.
const LONGEST = 8000; // an answer that never comes must not lock the page; the server knows a form sent twice

export function startSending() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "yes";
    setTimeout(() => delete form.dataset.sending, LONGEST);
  });
  // A page that is gone back to is as it was left.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sending]")) delete form.dataset.sending;
  });
}
