// A table of any length in which only the rows in sight exist. For readers of screens it is one table with all its rows:
// `aria-rowcount` and `aria-rowindex` say so.

import { clientAddress } from "./addresses.js";
import { tick } from "./clock.js";
import { h } from "./dom.js";
import { t } from "./language.js";

const CHUNK = 100;
const AROUND = 10;

/** `ask(offset, limit)` answers `{items, total}`. */
export class VirtualRows {
  #columns;
  #ask;
  #chunks = new Map(); // number of the chunk → its items
  #asked = new Set();
  #drawn = new Map(); // number of the row → its element
  #total = 0;
  #version = 0;
  #empty = h("p", { class: "empty" });
  #space = h("div", { class: "rows-space", role: "rowgroup" });
  #scroll;
  #height = 0;
  #resized;

  constructor(columns, ask) {
    this.#columns = columns;
    this.#ask = ask;
    const heads = columns.map((column) => h("span", { role: "columnheader", class: column.kind, "data-column": column.name }, column.title));
    this.#scroll = h("div", { class: "rows-scroll", tabindex: "0", role: "table", "aria-label": t("clients"), "aria-colcount": columns.length, "aria-describedby": "rows-hint" },
      h("div", { role: "rowgroup", class: "rows-head" }, h("div", { role: "row", "aria-rowindex": "1", class: "row head" }, heads)), this.#space);
    this.element = h("div", { class: "rows" }, h("p", { id: "rows-hint", class: "unseen" }, t("rows_hint")), this.#scroll, this.#empty);
    this.element.style.setProperty("--columns", String(columns.length));
    this.#scroll.dataset.columns = columns.map((column) => column.name).join(" ");
    this.#scroll.addEventListener("scroll", () => this.#draw(), { passive: true });
    this.#scroll.addEventListener("keydown", (event) => this.#key(event));
    this.#resized = new ResizeObserver(() => { this.#height = 0; this.#draw(true); });
    this.#resized.observe(this.#scroll);
    this.#fetch(0);
  }

  close() {
    this.#resized.disconnect();
  }

  /** Asks anew for what is in sight; what is not is asked for when one comes there. */
  refresh() {
    this.#version += 1;
    this.#asked.clear();
    const [first, last] = this.#range();
    for (let chunk = Math.floor(first / CHUNK); chunk <= Math.floor(Math.max(first, last - 1) / CHUNK); chunk += 1) this.#fetch(chunk);
  }

  async #fetch(chunk) {
    if (this.#asked.has(chunk)) return;
    this.#asked.add(chunk);
    const version = this.#version;
    try {
      const answer = await this.#ask(chunk * CHUNK, CHUNK);
      if (version !== this.#version) return;
      this.#chunks.set(chunk, answer.items);
      this.#total = answer.total;
      this.#scroll.setAttribute("aria-rowcount", String(answer.total + 1));
      const said = answer.total ? "" : t("nobody_listed");
      if (this.#empty.textContent !== said) this.#empty.textContent = said;
      this.#draw();
    } catch {
      this.#asked.delete(chunk); // the frame says that there is no connection; the next refresh tries again
    }
  }

  #rowHeight() {
    if (!this.#height) this.#height = parseFloat(getComputedStyle(this.element).getPropertyValue("--row-height")) || 64;
    return this.#height;
  }

  #range() {
    const height = this.#rowHeight();
    const first = Math.max(0, Math.floor(this.#scroll.scrollTop / height) - AROUND);
    const shown = Math.ceil(this.#scroll.clientHeight / height) + 2 * AROUND;
    return [first, Math.min(this.#total, first + shown)];
  }

  #draw(moved = false) {
    const height = this.#rowHeight();
    this.#space.style.height = `${this.#total * height}px`;
    const [first, last] = this.#range();
    for (const [number, element] of this.#drawn) {
      if (number < first || number >= last) { element.remove(); this.#drawn.delete(number); }
    }
    for (let number = first; number < last; number += 1) {
      const chunk = Math.floor(number / CHUNK);
      if (!this.#asked.has(chunk)) this.#fetch(chunk);
      this.#drawRow(number, this.#chunks.get(chunk)?.[number % CHUNK], height, moved);
    }
    tick(this.#space);
  }

  #drawRow(number, item, height, moved) {
    const signature = item ? `${item.client_id} ${item.sequence} ${item.blocked} ${item.as_of_day ?? ""}` : "";
    let element = this.#drawn.get(number);
    if (!element) {
      element = h("div", { class: "row", role: "row", "aria-rowindex": number + 2 });
      element.style.transform = `translateY(${number * height}px)`;
      this.#drawn.set(number, element);
      this.#space.append(element);
    } else if (moved) {
      element.style.transform = `translateY(${number * height}px)`;
    }
    if (element.dataset.shown === signature) return;
    element.dataset.shown = signature;
    const focused = element.contains(document.activeElement);
    element.replaceChildren(...this.#columns.map((column, at) => {
      const shown = item ? column.cell(item) : "…";
      const cell = { role: "cell", class: column.kind, "data-column": column.name, "data-title": column.title };
      return h("span", cell, at === 0 && item ? h("a", { href: clientAddress(item.client_id), tabindex: "-1" }, shown) : shown);
    }));
    if (focused) element.querySelector("a")?.focus({ preventScroll: true });
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (!step && event.key !== "Home" && event.key !== "End") return;
    event.preventDefault();
    const at = [...this.#drawn].find(([, element]) => element.contains(document.activeElement))?.[0];
    const aim = event.key === "Home" ? 0 : event.key === "End" ? this.#total - 1 : at === undefined ? this.#range()[0] && Math.ceil(this.#scroll.scrollTop / this.#rowHeight()) : at + step;
    this.#focus(Math.min(this.#total - 1, Math.max(0, aim)));
  }

  #focus(number) {
    const height = this.#rowHeight();
    const head = this.#scroll.firstElementChild.offsetHeight;
    const top = number * height;
    if (top < this.#scroll.scrollTop) this.#scroll.scrollTop = top;
    else if (top + height + head > this.#scroll.scrollTop + this.#scroll.clientHeight) this.#scroll.scrollTop = top + height + head - this.#scroll.clientHeight;
    this.#draw();
    this.#drawn.get(number)?.querySelector("a")?.focus({ preventScroll: true });
  }
}
