// A list to tick off. The browser keeps the ticks under the list's id, so that they are there on the next visit.

document$.subscribe(() => {
  for (const list of document.querySelectorAll("[data-checklist]")) {
    const key = `checklist-${list.dataset.checklist}`;
    const boxes = [...list.querySelectorAll("input[type=checkbox]")];
    const count = document.createElement("p");
    count.className = "count";
    count.setAttribute("role", "status");
    list.append(count);

    const show = () => {
      count.textContent = `${boxes.filter((box) => box.checked).length} of ${boxes.length} done`;
    };

    const ticked = new Set(__md_get(key) || []);
    for (const box of boxes) {
      box.checked = ticked.has(box.name);
      box.addEventListener("change", () => {
        __md_set(key, boxes.filter((each) => each.checked).map((each) => each.name));
        show();
      });
    }
    show();
  }
});
