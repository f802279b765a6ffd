// What happens while one looks: the last events, newest first, told to screen readers one at a time.

import { clientAddress } from "./addresses.js";
import { get } from "./api.js";
import { nowText } from "./clock.js";
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
  #list = h("ol", { class: "happenings", role: "log", "aria-live": "polite", "aria-labelledby": "title-happened" });
  #empty = h("p", { class: "empty" }, t("happened_none"));
  #end;

  constructor(live) {
    const made = panel("happened", t("happened"), "");
    made.body.append(this.#empty, this.#list);
    this.element = made.element;
    this.#end = live.listen((name, event) => this.#take(name, event));
  }

  close() {
    this.#end();
  }

  #rename() {
    for (const link of this.#list.querySelectorAll("a")) if (link.textContent !== link.say()) link.textContent = link.say();
  }

  #take(name, event) {
    if (!(name in TOLD) || (name === "category.changed" && event.dimension !== "risk_group")) return;
    const [picture, words, tone] = TOLD[name];
    const mark = name === "category.changed" && event.to < event.from ? "down" : picture;
    const say = () => t(words, { name: this.#names.of(event.client_id), shipment: event.shipment_id, from: event.from, to: event.to });
    const link = h("a", { href: clientAddress(event.client_id), title: said(event.explanation) }, say());
    this.#empty.remove();
    link.say = say;
    this.#list.prepend(h("li", { "data-tone": tone },
      icon(mark), h("span", {}, link,
        h("span", { class: "quiet" }, ` ${when(event.effective_at, nowText())}`))));
    while (this.#list.children.length > KEPT) this.#list.lastElementChild.remove();
  }
}
