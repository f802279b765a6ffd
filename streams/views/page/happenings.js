// What happened last and what happens while one looks, newest first; news are told to screen readers one at a time.

import { clientAddress } from "./addresses.js";
import { get } from "./api.js";
import { heard, nowText } from "./clock.js";
import { calmed, h, icon } from "./dom.js";
import { said, when } from "./format.js";
import { t } from "./language.js";
import { panel } from "./parts.js";

const KEPT = 12;
const TOLD = {
  "shipment.blocked": ["stop", "blocked_says", "stop"],
  "shipment.released": ["ship", "released_says", "ship"],
  "shipment.refused": ["stop", "refused_says", "quiet"],
  "shipment.approved": ["ship", "approved_says", "quiet"],
  "shipment.shipped_while_blocked": ["stop", "alert_says", "stop"],
  "shipment.shipped_without_approval": ["unknown", "alert_says", "quiet"],
  "category.changed": ["up", "group_says", "quiet"],
};

/** Names of clients that the events name by id only, asked for a few at a time. */
class Names {
  #known = new Map();
  #wanted = new Set();
  #ask = calmed(300, async () => {
    const ids = [...this.#wanted].slice(-KEPT);
    this.#wanted.clear();
    try {
      const found = await get(`v1/desk/names?${new URLSearchParams(ids.map((id) => ["id", id]))}`);
      for (const [id, name] of Object.entries(found)) this.#known.set(id, name);
      this.#told();
    } catch { /* ids stay */ }
  });
  #told;

  constructor(told) {
    this.#told = told;
  }

  of(id) {
    if (!this.#known.has(id)) { this.#wanted.add(id); this.#ask(); }
    return this.#known.get(id) ?? id;
  }
}

export class Happenings {
  #names = new Names(() => this.#rename());
  #list = h("ol", { class: "happenings" });
  // around the list: with a role of its own it would be no list any more
  #log = h("div", { role: "log", "aria-live": "off", "aria-labelledby": "title-happened" }, this.#list);
  #empty = h("p", { class: "empty" }, t("happened_none"));
  #end;

  constructor(live) {
    const made = panel("happened", t("happened"), "");
    made.body.append(this.#empty, this.#log);
    this.element = made.element;
    this.#end = live.listen((name, event) => this.#take(name, event, true));
    this.#look();
  }

  close() {
    this.#end();
  }

  #rename() {
    for (const link of this.#list.querySelectorAll("a")) if (link.textContent !== link.say()) link.textContent = link.say();
  }

  /** What happened before one looked goes below what has come meanwhile. */
  async #look() {
    try {
      const { items, as_of } = await get(`v1/desk/happened?limit=${KEPT}`);
      heard(as_of);
      for (const event of items) this.#take(event.type, event, false);
    } catch { /* what happens from now on is shown all the same */ }
    this.#log.setAttribute("aria-live", "polite");
  }

  #take(name, event, isNews) {
    const shown = [...this.#list.children];
    if (shown.some((row) => row.dataset.id === event.id) || (!isNews && shown.length >= KEPT)) return;
    if (!(name in TOLD) || (name === "category.changed" && event.dimension !== "risk_group")) return;
    const [picture, words, tone] = TOLD[name];
    const mark = name === "category.changed" && event.to < event.from ? "down" : picture;
    const say = () => t(words, { name: this.#names.of(event.client_id), shipment: event.shipment_id, from: event.from, to: event.to });
    const link = h("a", { href: clientAddress(event.client_id), title: said(event.explanation) }, say());
    this.#empty.remove();
    link.say = say;
    const row = h("li", { "data-tone": tone, "data-id": event.id },
      icon(mark), h("span", {}, link,
        h("span", { class: "quiet" }, ` ${when(event.effective_at, nowText())}`)));
    if (isNews) this.#list.prepend(row); else this.#list.append(row);
    while (this.#list.children.length > KEPT) this.#list.lastElementChild.remove();
  }
}
