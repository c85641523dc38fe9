// Requests in the language that a reader chooses.
//
// A page holds each request in the first language. Its file of samples has all of them: `{id: {language: html}}`, made
// by the generator. The theme remembers the names of chosen tabs under `__tabs`, for the whole site, and so does this.

const sampleFiles = new Map();

/** The samples in the file, fetched once. */
function samplesOf(address) {
  if (!sampleFiles.has(address)) {
    sampleFiles.set(address, fetch(address).then((answer) => answer.json()));
  }
  return sampleFiles.get(address);
}

(() => {
  const languagesOf = (sample) => sample.dataset.languages.split("|");

  /** The language that the reader chose last, of those that the sample has. */
  function chosen(languages) {
    return (__md_get("__tabs") || []).find((name) => languages.includes(name)) || languages[0];
  }

  function remember(language, languages) {
    const others = (__md_get("__tabs") || []).filter((name) => !languages.includes(name));
    __md_set("__tabs", [language, ...others]);
  }

  async function show(language, sample) {
    if ((sample.dataset.language || languagesOf(sample)[0]) !== language) {
      const written = (await samplesOf(sample.dataset.samples))[sample.dataset.sample];
      sample.querySelector(".highlight").outerHTML = written[language];
      sample.dataset.language = language;
      dressCode(sample.querySelector("pre"));
    }
    for (const button of sample.querySelectorAll(".languages button")) {
      button.setAttribute("aria-pressed", String(button.textContent === language));
    }
  }

  const showEverywhere = (language, samples) => Promise.all(samples.map((sample) => show(language, sample)));

  function addLanguages(sample, samples) {
    const bar = document.createElement("div");
    bar.className = "languages";
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "Language");
    const languages = languagesOf(sample);
    for (const language of languages) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = language;
      button.addEventListener("click", async () => {
        remember(language, languages);
        // What the reader looks at stays where it is, although the samples above become longer or shorter.
        const before = button.getBoundingClientRect().top;
        await showEverywhere(language, samples);
        window.scrollBy({ top: button.getBoundingClientRect().top - before, behavior: "instant" });
      });
      bar.append(button);
    }
    sample.prepend(bar);
  }

  /** Opens what an address with `#…` leads to, and brings it into view: what stands above may have grown. */
  function reveal() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let fold = target?.closest("details:not([open])"); fold; fold = fold.parentElement.closest("details:not([open])")) {
      fold.open = true;
    }
    if (target) {
      arrive(target, 4);
    }
  }

  /** Scrolls in several pictures: on the way the browser lays out parts whose height it had only guessed. */
  function arrive(target, pictures) {
    target.scrollIntoView();
    if (pictures > 1) {
      requestAnimationFrame(() => target.matches(":target") && arrive(target, pictures - 1));
    }
  }

  document$.subscribe(async () => {
    const samples = [...document.querySelectorAll(".sample")];
    samples.forEach((sample) => addLanguages(sample, samples));
    window.addEventListener("hashchange", reveal);
    if (samples.length > 0) {
      await showEverywhere(chosen(languagesOf(samples[0])), samples);
    }
    if (location.hash) {
      reveal();
    }
  });
})();
