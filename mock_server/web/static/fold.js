// On a phone the filters are folded when the page is new, so that the requests are in view. This runs before the page is
// drawn: later, everything below the filters would jump.
(() => {
  "use strict";
  if (!location.search && matchMedia("(max-width: 40rem)").matches) document.currentScript.parentElement.open = false;
})();
