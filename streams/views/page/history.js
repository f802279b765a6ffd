// What was published about a client, newest first, page by page.

import { get } from "./api.js";
import { nowText } from "./clock.js";
import { h, show } from "./dom.js";
import { said, when } from "./format.js";
import { named, t } from "./language.js";
import { panel } from "./parts.js";

const PAGE = 20;

export class History {
  #id;
  #items = [];
  #next = null;
  #body;
  #more = h("button", { type: "button", class: "plain", onclick: () => this.#older() }, t("older"));
  #list = h("div");

  constructor(id) {
    this.#id = id;
    const made = panel("history", t("history"), "");
    this.element = made.element;
    this.#body = made.body;
    this.#body.append(this.#list, this.#more);
    this.#more.hidden = true;
  }

  /** Puts what is new in front; what was unfolded stays. */
  async refresh() {
    const answer = await this.#ask();
    if (!answer) return;
    const known = new Set(answer.items.map((item) => item.event.id));
    const older = this.#items.filter((item) => !known.has(item.event.id));
    if (!older.length) this.#next = answer.next;
    this.#items = [...answer.items, ...older];
    this.#draw();
  }

  async #older() {
    const answer = await this.#ask(this.#next);
    if (!answer) return;
    this.#items.push(...answer.items);
    this.#next = answer.next;
    this.#draw();
  }

  async #ask(before) {
    const query = new URLSearchParams({ limit: PAGE, ...(before ? { before } : {}) });
    try { return await get(`v1/clients/${encodeURIComponent(this.#id)}/history?${query}`); } catch { return null; }
  }

  #draw() {
    this.#more.hidden = this.#next === null;
    show(this.#list, this.#items.map((item) => item.event.id), () => (this.#items.length
      ? h("ol", { class: "history-list" }, this.#items.map((item) => line(item.event)))
      : h("p", { class: "empty" }, t("history_none"))));
  }
}

function line(event) {
  const kind = event.type === "category.changed" ? named(event.dimension) : named(event.type);
  return h("li", { "data-type": event.type },
    h("p", {}, h("b", {}, kind), event.shipment_id ? ` ${event.shipment_id}` : "", h("span", { class: "quiet" }, ` ${when(event.effective_at, nowText())}`),
      event.correction ? h("span", { class: "reason" }, t("correction")) : null),
    h("p", { class: "sentence" }, said(event.explanation)));
}
