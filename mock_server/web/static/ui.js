// What the server can't do from where it is: keep the list short, walk it with the arrow keys, put the focus where
// it belongs, copy, and tell whether the page is still in touch.
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);

  // -- the journal's list ------------------------------------------------------------------------

  function tidy() {
    const list = byId("entries");
    if (!list) return;
    if (list.children.length > 1) byId("no-request")?.remove();
    if (list.children.length > Number(list.dataset.window)) {
      while (list.children.length > Number(list.dataset.window)) list.lastElementChild.remove();
      // What has left the list is older than its last row now.
      const link = byId("older").firstElementChild;
      const address = new URL(link.href);
      address.searchParams.set("before", list.lastElementChild.id.replace("request-", ""));
      link.href = address;
      byId("older").hidden = false;
    }
    for (const link of list.querySelectorAll("a[aria-current]")) link.removeAttribute("aria-current");
    const opened = new URLSearchParams(location.search).get("entry");
    if (opened) byId(`request-${opened}`)?.firstElementChild.setAttribute("aria-current", "true");
  }

  let last = null;

  // -- the opened row stays where it is ----------------------------------------------------------

  // Beside an opened request the rows are narrower, and so higher: the one that was opened would move out of sight.
  let held = null;

  document.addEventListener("htmx:before:swap", (event) => {
    const source = event.detail.ctx.sourceElement;
    const row = source?.closest?.("#entries > li") ?? (source?.closest?.("#entry") && last && byId(last));
    held = row && row.offsetParent ? { id: row.id, top: row.getBoundingClientRect().top } : null;
  });

  function keepPlace() {
    const row = held && byId(held.id);
    if (row?.offsetParent) scrollBy({ top: row.getBoundingClientRect().top - held.top, behavior: "instant" });
    held = null;
  }

  // Where the list makes room for the request that was opened (a narrow screen), the focus goes along, and back.
  function follow(entry) {
    const link = last && byId(last)?.firstElementChild;
    if (entry.firstElementChild && byId("list").offsetParent === null) {
      entry.querySelector("h2").focus();
    } else if (entry.firstElementChild) {
      byId("said").textContent = `${entry.querySelector("h2").textContent} is shown beside the list; the right arrow key leads there.`;
    } else {
      (link ?? byId("main")).focus();
    }
  }

  document.addEventListener("htmx:after:swap", (event) => {
    tidy();
    const source = event.detail.ctx.sourceElement;
    const row = source?.closest?.("#entries > li");
    if (row) last = row.id;
    if (row || source?.closest?.("#entry")) follow(byId("entry"));
    keepPlace();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = document.querySelector("details.menu[open]");
      if (menu) {
        menu.open = false;
        menu.firstElementChild.focus();
      } else {
        byId("close")?.click();
      }
      return;
    }
    const row = event.target.closest?.("#entries > li, .people > li");
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    const next = row && step && row[step]?.querySelector("a");
    if (next) {
      event.preventDefault();
      next.focus();
    }
    // Between the list and what is opened beside it there may be a hundred rows.
    const opened = row && event.key === "ArrowRight" && byId("entry")?.querySelector("h2");
    if (opened) opened.focus();
    if (event.key === "ArrowLeft" && event.target.closest?.("#entry") && !event.target.closest("pre")) {
      byId("entries").querySelector("a[aria-current]")?.focus();
    }
  });

  // -- small things ------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const menu = document.querySelector("details.menu[open]");
    if (menu && !menu.contains(event.target)) menu.open = false;
    const button = event.target.closest?.("[data-copy]");
    if (button) copy(byId(button.dataset.copy), button);
  });

  async function copy(source, button) {
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      // Without TLS a browser gives a page on another host no clipboard; the old way needs a selection.
      getSelection().selectAllChildren(source);
      document.execCommand("copy");
    }
    const before = button.textContent;
    button.textContent = "Copied";
    byId("said").textContent = "Copied";
    setTimeout(() => (button.textContent = before), 2000);
  }

  // -- in touch or not ---------------------------------------------------------------------------

  function say(state, text) {
    const link = byId("link");
    if (!link || link.dataset.state === state) return;
    link.dataset.state = state;
    link.textContent = text;
  }

  document.addEventListener("htmx:sse:after:connection", () => say("live", "Live"));
  document.addEventListener("htmx:sse:error", () => say("lost", "Connection lost"));
  document.addEventListener("htmx:sse:before:connection", (event) => {
    if (event.detail.connection.attempt > 1) say("lost", "Connection lost");
  });
  document.addEventListener("gone", () => say("gone", "This sandbox is gone"));

  // What was done is said once, not again when the page is loaded again.
  const address = new URL(location);
  if (address.searchParams.has("done")) {
    address.searchParams.delete("done");
    history.replaceState(null, "", address);
  }
  document.querySelector(".notice")?.focus();
  tidy();
})();
