// The credit manager's desk: who is blocked, who will be, whom to call, and how the whole stands and moves.

import { listAddress } from "./addresses.js";
import { get } from "./api.js";
import { nowText, tick, heard } from "./clock.js";
import { calmed, h, show } from "./dom.js";
import { count, money, share } from "./format.js";
import { counted, t } from "./language.js";
import { Happenings } from "./happenings.js";
import { panel } from "./parts.js";
import { blockedRow, callRow, nextRow, rowList } from "./short_lists.js";
import { agingTable, groupTable, importanceTable, volumeTable } from "./totals.js";

const SHORT = 6;
const DRAW_EVERY_MS = 500;

export class Desk {
  title = t("desk");
  place = "desk";
  #tiles = h("dl", { class: "tiles" });
  #lists;
  #totals;
  #happenings;
  #ends;
  #error = h("p", { class: "warning", role: "alert" });
  #asking = false;
  #again = false;

  constructor(app, main) {
    this.#lists = {
      blocked: [panel("stop-list", t("stop_list"), t("stop_list_hint"), all("blocked")), blockedRow, "nobody_blocked"],
      next: [panel("next-list", t("next_list"), t("next_list_hint"), all("next")), nextRow, "nobody_listed"],
      calls: [panel("calls", t("calls"), t("calls_hint"), all("calls")), callRow, "nobody_listed"],
    };
    this.#totals = {
      groups: panel("risk-groups", t("risk_groups"), ""),
      aging: panel("aging", t("aging"), t("aging_hint")),
      volumes: panel("volumes", t("volumes"), t("volumes_hint")),
      importances: panel("importances", t("importances"), t("importances_hint")),
    };
    this.#happenings = new Happenings(app.live);
    const { blocked: [blocked], next: [next], calls: [calls] } = this.#lists;
    const { groups, aging, volumes, importances } = this.#totals;
    const stack = (...made) => h("div", { class: "stack" }, made.map((one) => one.element));
    main.append(
      h("h1", { class: "unseen" }, t("desk")), this.#error, this.#tiles,
      h("div", { class: "desk" },
        stack(blocked, groups, aging, volumes), stack(next, calls, this.#happenings, importances)));
    const ask = calmed(DRAW_EVERY_MS, () => this.#ask());
    this.#ends = [app.live.listen((name) => { if (name !== "freshness") ask(); })];
    this.#ask();
  }

  close() {
    this.#ends.forEach((end) => end());
    this.#happenings.close();
  }

  async #ask() {
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    try {
      const names = Object.keys(this.#lists);
      const [desk, ...lists] = await Promise.all([
        get("v1/desk"), ...names.map((list) => get(`v1/desk/clients?list=${list}&limit=${SHORT}`))]);
      heard(desk.as_of);
      names.forEach((name, at) => this.#drawList(name, lists[at]));
      this.#drawTotals(desk, lists[names.indexOf("next")]);
      this.#error.textContent = "";
    } catch (problem) {
      if (problem.status) this.#error.textContent = problem.message; // else the frame says that there is no connection
    } finally {
      this.#asking = false;
      tick();
      if (this.#again) { this.#again = false; this.#ask(); }
    }
  }

  #drawList(name, answer) {
    const [made, row, nobody] = this.#lists[name];
    made.element.querySelector(".all").textContent = t("whole_list", { count: count(answer.total) });
    show(made.body, [answer.items, nowText().slice(0, 10)], () => rowList(answer.items, row, t(nobody)));
  }

  #drawTotals(desk, next) {
    show(this.#tiles, [desk.blocked, desk.blocked_next, desk.overdue, desk.outstanding, desk.clients], () => tiles(desk, next));
    this.#totals.groups.element.querySelector(".hint")?.remove();
    this.#totals.groups.element.querySelector("header").append(
      h("p", { class: "hint" }, t("risk_groups_hint", { days: desk.moved_days })));
    show(this.#totals.groups.body, [desk.risk_groups, desk.trend_to], () => groupTable(desk));
    show(this.#totals.aging.body, desk.aging, () => agingTable(desk));
    show(this.#totals.volumes.body, desk.volumes, () => volumeTable(desk));
    show(this.#totals.importances.body, desk.importances, () => importanceTable(desk));
  }
}

function all(list) {
  return h("a", { class: "all", href: listAddress(list) }, t("whole_list", { count: "" }));
}

function tiles(desk, next) {
  const first = next.items[0];
  const clients = counted(desk.clients, "clients_counted", count(desk.clients));
  return [
    tile("blocked", t("blocked_now"), count(desk.blocked), t("of_clients", { clients })),
    tile("next", t("blocks_next"), count(desk.blocked_next),
      first ? t("of_which_blocked", { name: first.name ?? first.client_id }) : t("nobody_next")),
    tile("overdue", t("overdue"), money(desk.overdue, desk.currency), t("of_outstanding", { share: share(part(desk.overdue, desk.outstanding)) })),
    tile("outstanding", t("outstanding"), money(desk.outstanding, desk.currency), clients),
  ];
}

/** A share for a picture or a percentage; sums themselves stay text. */
export function part(some, whole) {
  return Number(whole) ? Number(some) / Number(whole) : 0;
}

function tile(name, title, figure, below) {
  return h("div", { class: "tile", "data-tile": name }, h("dt", {}, title), h("dd", { class: "figure" }, figure), h("dd", { class: "quiet" }, below));
}
