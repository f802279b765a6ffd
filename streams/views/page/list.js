// A whole list of clients, however long: only the rows in sight exist, the rest is asked for when one scrolls there.

import { listAddress } from "./addresses.js";
import { get } from "./api.js";
import { calmed, h, icon } from "./dom.js";
import { count } from "./format.js";
import { counted, named, t } from "./language.js";
import { columnsOf } from "./list_columns.js";
import { printedList } from "./printed_list.js";
import { VirtualRows } from "./virtual_rows.js";

const LISTS = ["blocked", "next", "calls", "largest_overdue", "all"];
const WORDS = { blocked: "stop_list", next: "next_list", calls: "calls", largest_overdue: "largest_overdue", all: "all" };
const FILTERS = { risk_group: ["0", "1", "2", "3"], volume: ["A", "B", "C"], importance: ["key", "medium", "small"] };
const ASK_EVERY_MS = 500;

export class List {
  place = "lists";
  #list;
  #filters;
  #rows;
  #total = h("p", { class: "quiet", role: "status" });
  #ends;

  constructor(app, main, query) {
    this.#list = LISTS.includes(query.get("list")) ? query.get("list") : "all";
    this.#filters = Object.fromEntries([...query].filter(([name, value]) => FILTERS[name]?.includes(value) || name === "search"));
    this.title = t(WORDS[this.#list]);
    const columns = columnsOf(this.#list);
    this.#rows = new VirtualRows(columns, (offset, limit) => this.#ask(offset, limit));
    const printed = printedList(columns, (offset, limit) => this.#path(offset, limit));
    main.classList.add("whole");
    main.append(h("h1", {}, this.title), this.#tabs(), this.#tools(), this.#total, this.#rows.element, printed.element);
    const refresh = calmed(ASK_EVERY_MS, () => this.#rows.refresh());
    this.#ends = [app.live.listen((name) => { if (name !== "freshness") refresh(); }), printed.close];
  }

  close() {
    this.#ends.forEach((end) => end());
    this.#rows.close();
  }

  #path(offset, limit) {
    return `v1/desk/clients?${new URLSearchParams({ list: this.#list, ...this.#filters, offset, limit })}`;
  }

  async #ask(offset, limit) {
    const answer = await get(this.#path(offset, limit));
    const said = counted(answer.total, "clients_counted", count(answer.total));
    if (this.#total.textContent !== said) this.#total.textContent = said;
    return answer;
  }

  #tabs() {
    return h("nav", { class: "tabs", "aria-label": t("lists") }, LISTS.map((name) =>
      h("a", { href: listAddress(name, this.#filters), "aria-current": name === this.#list ? "page" : null }, t(WORDS[name]))));
  }

  #tools() {
    const filters = Object.entries(FILTERS).map(([name, values]) => h("label", {}, t(name), " ",
      h("select", { name, onchange: (event) => this.#filter(name, event.target.value) },
        h("option", { value: "" }, t("any")),
        values.map((value) => h("option", { value, selected: this.#filters[name] === value }, name === "importance" ? named(value) : value)))));
    return h("div", { class: "tools" }, filters,
      h("button", { type: "button", onclick: () => print() }, icon("print"), t("print_list")),
      this.#list === "blocked" ? h("a", { class: "button", href: "v1/blocked.csv", download: "blocked.csv" }, t("csv")) : null);
  }

  #filter(name, value) {
    const filters = { ...this.#filters };
    if (value) filters[name] = value;
    else delete filters[name];
    location.hash = listAddress(this.#list, filters);
  }
}
