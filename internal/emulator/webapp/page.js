"use strict";
// The page works without this script. It adds a button that copies, and Escape.
const secret = document.getElementById("secret");
if (secret) {
  // A reload must not send the form again, which would make another secret.
  history.replaceState(null, "", "/");
  const copy = document.getElementById("copy");
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    const said = document.getElementById("copied");
    try {
      await navigator.clipboard.writeText(secret.textContent);
      said.textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(secret);
      said.textContent = "Press Ctrl+C to copy.";
    }
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    document.querySelector("dialog [data-cancel]")?.click();
  }
});
