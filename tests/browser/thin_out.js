// Leaves the first few of all elements that axe can't tell apart, so that it needs a fraction of the time for a page.
//
// Two are alike when they stand in the same place below the body, and look the same to rules and styles: the same
// names, attributes and states, all the way down. Words and addresses may differ. What has no text, what refers to
// nothing, or what has an odd attribute is therefore like no sound element, and stays.
//
// Of the parts that many pages share, those with a shape that is `known` from an earlier page are hidden from axe.
// They aren't removed, because the theme's scripts need them.
([alike, templates, shared, known]) => {
  const REMOVED = new Set(["li", "tr", "p", "details", "section", "article", "figure", "div", "a", "button"]);
  const REFERENCES = new Set(["aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "for", "headers"]);
  const WORDS = new Set(["id", "href", "src", "title", "alt", "name", "content", "aria-label", "value"]);
  const resolves = value => value.split(/\s+/).every(id => document.getElementById(id));

  const attribute = ({ name, value }) => {
    if (REFERENCES.has(name)) return `${name}:${resolves(value)}`;
    if (WORDS.has(name) || name.startsWith("data-")) return `${name}:${value.trim() !== ""}`;
    return `${name}=${value}`;
  };
  const own = element =>
    [element.localName, ...[...element.attributes].map(attribute).sort(), element.textContent.trim() !== ""].join(" ");

  const shapes = new Map();
  const shape = element => {
    const inside = [...element.children].map(shape);
    // A cell is like another one with a word more in code.
    const told = own(element) + "(" + inside.filter((each, at) => each !== inside[at - 1]).join() + ")";
    shapes.set(element, told);
    return told;
  };
  shape(document.body);

  const referred = [...document.querySelectorAll([...REFERENCES].map(name => `[${name}]`).join())]
    .flatMap(element => [...REFERENCES].flatMap(name => (element.getAttribute(name) ?? "").split(/\s+/)))
    .filter(Boolean)
    .map(id => document.getElementById(id));
  const needed = element => referred.some(each => each && element.contains(each));

  const seen = new Map();
  const again = key => {
    seen.set(key, (seen.get(key) ?? 0) + 1);
    return seen.get(key) > alike;
  };
  const thin = (element, place) => {
    for (const child of [...element.children]) {
      const key = `${place}>${shapes.get(child)}`;
      const here = `${place}>${own(child)}`;
      // The colour of a word of code is the colour of its kind. The text stays, for whatever is about it.
      if (child.matches("pre code span, :not(pre) > code, strong")) {
        thin(child, here);
        if (!child.id && again(here)) child.replaceWith(...child.childNodes);
      } else if (REMOVED.has(child.localName) && element.children.length > 1 && again(key) && !needed(child)) {
        child.remove();
      } else {
        thin(child, here);
      }
    }
  };
  for (const template of templates)
    [...document.querySelectorAll(template)].slice(4).forEach(element => element.remove());
  thin(document.body, "");

  shape(document.body);
  const parts = shared.map(part => document.querySelector(part)).filter(Boolean);
  const told = parts.map(part => shapes.get(part));
  parts.filter((_, at) => known.includes(told[at])).forEach(part => part.style.setProperty("display", "none", "important"));
  return told;
}
