// What the theme leaves out for people who use a keyboard or a screen reader.
// `document$` is the theme's: it tells when a page is there, after the theme has wrapped its tables.
document$.subscribe(() => {
  document.querySelector("[data-md-component=search]").setAttribute("aria-label", "Search");
  for (const region of document.querySelectorAll(".md-typeset__scrollwrap")) {
    region.tabIndex = 0;
  }
});
