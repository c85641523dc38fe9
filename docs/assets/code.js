// A button beside each block of code that copies it. The theme's own makes each block a navigation, and covers the text.

function isWide(pre) {
  const code = pre.querySelector("code");
  return code.scrollWidth > code.clientWidth;
}

function dressCode(pre, wide = isWide(pre)) {
  const code = pre.querySelector("code");
  // Who has no mouse scrolls with the keys.
  if (wide) {
    code.tabIndex = 0;
  }
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  const label = (text) => {
    button.title = text;
    button.setAttribute("aria-label", text);
  };
  label("Copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.innerText.replace(/\n$/, ""));
    button.classList.add("copied");
    label("Copied");
    setTimeout(() => {
      button.classList.remove("copied");
      label("Copy");
    }, 2000);
  });
  pre.after(button);
}

document$.subscribe(() => {
  const blocks = [...document.querySelectorAll(".md-typeset .highlight > pre")];
  // All are measured before one is changed: to measure after a change, the browser lays the page out again.
  const wide = blocks.map(isWide);
  blocks.forEach((pre, index) => dressCode(pre, wide[index]));
});
