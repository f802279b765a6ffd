// Elements without a framework: small functions, and a way to keep what stands when data comes anew.

const SVG = "http://www.w3.org/2000/svg";

function set(element, properties) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}

function fill(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    element.append(child);
  }
  return element;
}

/** An HTML element; children are elements, texts, lists of both, or nothing (null, false). */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  set(element, properties);
  return fill(element, children);
}

/** An SVG element. */
export function s(tag, properties, ...children) {
  const element = document.createElementNS(SVG, tag);
  set(element, properties);
  return fill(element, children);
}

/** Replaces the children only when what they show has changed, so that focus and selection stay where they are. */
export function show(element, shown, draw) {
  const signature = JSON.stringify(shown);
  if (element.shownLast === signature) return;
  element.shownLast = signature;
  const focused = element.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
  element.replaceChildren();
  fill(element, [draw(shown)]);
  if (focused) element.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
}

const ICONS = {
  stop: "M8 2h8l6 6v8l-6 6H8l-6-6V8zM6.5 10.5v3h11v-3z",
  ship: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm-1.2 14.6L6 11.8l1.9-1.9 2.9 2.9L16.1 7.500l1.9 1.900z",
  unknown: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm-1.300 14.500h2.600V19h-2.600zM12 5.500c2.400 0 4 1.400 4 3.400 0 1.500-.8 2.300-1.700 3-.8.700-1.100 1-1.100 2h-2.400c0-2 .9-2.800 1.800-3.500.7-.600 1-.900 1-1.500 0-.700-.6-1.200-1.600-1.200-1.100 0-1.700.700-1.700 1.800H8c0-2.400 1.600-4 4-4z",
  clock: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm1.200 5v4.600l3.600 2.100-1.200 2-4.800-2.800V7z",
  call: "M6.600 2.500 9.500 2l1.800 4.600-2 1.900c.9 2.400 2.700 4.200 5.100 5.200l2-2 4.600 1.900-.5 2.900c-.2 1.400-1.300 2.500-2.700 2.500C10 19 4.500 13.600 4.100 5.500 4 4 5.100 2.700 6.600 2.500z",
  up: "M12 4l8 9h-5v7H9v-7H4z",
  down: "M12 20l-8-9h5V4h6v7h5z",
  pass: "M12 2l8 3v6c0 5-3.400 9-8 11-4.600-2-8-6-8-11V5zm-1.200 13.500 5.900-5.900-1.700-1.700-4.200 4.200-1.900-1.900-1.700 1.700z",
  print: "M7 3h10v4H7zM4 8h16a2 2 0 0 1 2 2v7h-4v4H6v-4H2v-7c0-1.100.9-2 2-2zm4 7v4h8v-4z",
};

/** A picture beside a word; it says nothing by itself. */
export function icon(name) {
  return s("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
    s("path", { d: ICONS[name], "fill-rule": "evenodd" }));
}

/** At most one call in `wait` milliseconds, the last one always made. */
export function calmed(wait, action) {
  let timer = 0;
  let last = -Infinity;
  const run = () => { timer = 0; last = performance.now(); action(); };
  return () => {
    if (timer) return;
    timer = setTimeout(run, Math.max(0, wait - (performance.now() - last)));
  };
}
