// Elements. Whatever came from poise goes in as text: nothing here reads markup.

const byId = (id) => document.getElementById(id);

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function setData(element, name, value) {
  if (element.dataset[name] !== value) element.dataset[name] = value;
}

// make("p", { class: "quiet" }, "text", child…)
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// One child an item, in the items' order. A child is made once for its key and then kept, so that
// focus, open details and selections survive every refresh.
function keepChildren(parent, items, keyOf, create, update) {
  const kept = parent.keptChildren || (parent.keptChildren = new Map());
  const seen = new Set();
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    if (seen.has(key)) continue;
    seen.add(key);
    let child = kept.get(key);
    if (!child) {
      child = create(item);
      kept.set(key, child);
    }
    update(child, item);
    if (child === place) {
      place = place.nextElementSibling;
    } else {
      parent.insertBefore(child, place);
    }
  }
  for (const [key, child] of kept) {
    if (seen.has(key)) continue;
    child.remove();
    kept.delete(key);
  }
}

// A <dl> of these pairs: [name, text, kind].
function keepPairs(list, pairs) {
  keepChildren(
    list,
    pairs,
    ([name]) => name,
    ([name]) => make("div", {}, make("dt", {}, name), make("dd")),
    (row, [, text, kind]) => {
      setText(row.lastElementChild, text);
      setData(row, "kind", kind || "");
    },
  );
}
