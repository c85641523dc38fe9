// "Try it" in the references: sends the request that a page shows to a running mock, and shows the answer.
//
// The mock's address and token stay in this browser. Below /_mock/docs/ the mock itself serves this site. Elsewhere it
// lets this site in when it was started with --docs-url.

(() => {
  const served = location.pathname.indexOf("/_mock/docs/");
  const kept = () => ({
    address: served >= 0 ? location.origin + location.pathname.slice(0, served) : "http://127.0.0.1:8080",
    token: "alder-token",
    ...__md_get("__mock"),
  });

  /** An element with properties and children. */
  function make(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  const field = (label, control) => make("label", {}, make("span", { textContent: label }), control);

  /** Method, target and body, from the sample in HTTP. */
  async function requestOf(sample) {
    const box = make("div");
    box.innerHTML = (await samplesOf(sample.dataset.samples))[sample.dataset.sample].HTTP;
    const [head, ...body] = box.textContent.trimEnd().split("\n\n");
    const [method, target] = head.split(" ");
    return { method, target, body: body.join("\n\n") };
  }

  async function answers(address) {
    try {
      await fetch(`${address}/api/v1/participants/ecf`, { signal: AbortSignal.timeout(5000) });
      return true;
    } catch {
      return false;
    }
  }

  function shown(text) {
    try {
      return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      return text;
    }
  }

  async function fill(form, sample) {
    const request = await requestOf(sample);
    const { address, token } = kept();
    const at = make("input", { value: address, type: "url", spellcheck: false });
    const bearer = make("input", { value: token, autocomplete: "off", spellcheck: false });
    const target = make("input", { value: request.target, spellcheck: false });
    const body = make("textarea", { value: request.body, rows: request.body.split("\n").length, spellcheck: false });
    const send = make("button", { type: "submit", className: "md-button", textContent: "Send", disabled: true });
    const state = make("p", { className: "state" });
    state.setAttribute("role", "status");
    const output = make("code");
    const pre = make("pre", { hidden: true }, output);
    form.append(field("Mock", at), field("Token", bearer), field(request.method, target));
    if (request.body) {
      form.append(field("Body", body));
    }
    form.append(send, state, make("div", { className: "answer" }, pre));

    async function look() {
      const there = await answers(at.value.replace(/\/$/, ""));
      send.disabled = !there;
      state.textContent = there
        ? ""
        : `No mock answers at ${at.value}. Start one with ecf-mock serve --docs-url ${new URL(__md_scope).href}, or type another address.`;
    }

    for (const input of [at, bearer]) {
      input.addEventListener("change", () => __md_set("__mock", { address: at.value.replace(/\/$/, ""), token: bearer.value }));
    }
    at.addEventListener("change", look);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const headers = { Authorization: `Bearer ${bearer.value}` };
      if (request.body) {
        headers["Content-Type"] = "application/json";
      }
      try {
        const answer = await fetch(at.value.replace(/\/$/, "") + target.value, {
          method: request.method,
          headers,
          body: request.body ? body.value : undefined,
        });
        const rules = answer.headers.get("X-Mock-Rule");
        const lines = [`HTTP/1.1 ${answer.status}`, ...(rules ? [`X-Mock-Rule: ${rules}`] : []), "", shown(await answer.text())];
        output.textContent = lines.join("\n");
        pre.hidden = false;
      } catch {
        await look();
      }
    });
    await look();
  }

  document$.subscribe(() => {
    for (const sample of document.querySelectorAll(".sample[data-try]")) {
      const form = make("form");
      const fold = make("details", { className: "example try" }, make("summary", { textContent: "Try it" }), form);
      fold.addEventListener("toggle", () => fold.open && !form.hasChildNodes() && fill(form, sample));
      sample.after(fold);
    }
  });
})();
