// A button beside each block of code that copies it. The theme's own makes each block a navigation, and covers the text.

function addCopyButton(pre) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  const label = (text) => {
    button.title = text;
    button.setAttribute("aria-label", text);
  };
  label("Copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(pre.querySelector("code").innerText.replace(/\n$/, ""));
    button.classList.add("copied");
    label("Copied");
    setTimeout(() => {
      button.classList.remove("copied");
      label("Copy");
    }, 2000);
  });
  pre.after(button);
}

// A page has up to 300 blocks. The browser tells of each when it has laid it out: when the page is there, or when a
// fold opens. To ask for a width before that would make the page be laid out on the spot, once more.
const laidOut = new ResizeObserver((entries) => {
  const blocks = entries.map((entry) => entry.target).filter((pre) => pre.isConnected && pre.clientWidth > 0);
  // All are measured before one is changed.
  const wide = blocks.map((pre) => pre.querySelector("code")).filter((code) => code.scrollWidth > code.clientWidth);
  for (const pre of blocks) {
    laidOut.unobserve(pre);
    addCopyButton(pre);
  }
  // Who has no mouse scrolls with the keys.
  for (const code of wide) {
    code.tabIndex = 0;
  }
});

/** Gives a block of code what it needs, as soon as it is laid out. */
function dressCode(pre) {
  laidOut.observe(pre);
}

document$.subscribe(() => document.querySelectorAll(".md-typeset .highlight > pre").forEach(dressCode));
