// What stands around every view: menu, search, whether it is live, language and colours.

import { h, icon, show } from "./dom.js";
import { span, when } from "./format.js";
import { choose, language, LANGUAGES, named, t } from "./language.js";
import { nowText } from "./clock.js";
import { search } from "./search.js";

const THEMES = ["auto", "light", "dark"];
const TICK_MS = 1000;
const PLACES = [["desk", "#/desk"], ["lists", "#/list?list=blocked"], ["warehouse", "#/warehouse"]];

export class Frame {
  #app;
  #links;
  #place = h("div", { class: "view" });
  #state = h("p", { class: "live" });
  #warning = h("p", { class: "warning", role: "status" });
  #complaint = h("p", { class: "warning", role: "alert" });
  #ends = [];

  constructor(app) {
    this.#app = app;
    this.#links = PLACES.map(([name, href]) => h("a", { href, "data-place": name }, t(name)));
    const header = h("header", { class: "frame" },
      h("a", { class: "brand", href: "#/desk" }, icon("stop"), h("span", {}, "Stoplist")),
      h("nav", { "aria-label": t("menu") }, this.#links),
      search(),
      this.#state,
      this.#settings());
    this.element = h("div", { class: "page" },
      h("a", { class: "skip", href: "#main", onclick: (event) => this.#skip(event) }, t("skip")),
      header, this.#warning, this.#complaint, this.#place);
    this.#ends.push(app.live.watch((state) => this.#say(state)));
    this.#ends.push(app.live.listen((name) => { if (name === "summary") this.#say(app.live.state); }));
    const ticking = setInterval(() => this.#say(app.live.state), TICK_MS); // it ages also when nothing comes
    this.#ends.push(() => clearInterval(ticking));
  }

  show(main) {
    this.#place.replaceChildren(main);
  }

  /** Marks where in the menu one is. */
  at(place) {
    for (const link of this.#links) {
      if (link.dataset.place === place) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  /** Something that was asked of the frame did not work. */
  complain(text) {
    this.#complaint.textContent = text;
  }

  close() {
    this.#ends.forEach((end) => end());
  }

  #skip(event) {
    event.preventDefault();
    document.getElementById("main")?.focus();
  }

  #say(state) {
    const at = nowText();
    const { age } = this.#app.live;
    this.#state.dataset.state = state;
    show(this.#state, [state, at.slice(0, 16), age === null ? null : Math.floor(age / 1000)], () => [
      h("span", { class: "dot", "aria-hidden": "true" }), h("b", {}, t(state)),
      at ? h("span", { class: "quiet clock" }, ` ${when(at, at)}`) : null,
      age === null ? null : h("span", { class: "quiet age" }, ` · ${t("data_age", { span: span(age) })}`)]);
    const said = state === "stale" ? t("stale_long") : state === "lost" ? t("lost_long") : "";
    if (this.#warning.textContent !== said) this.#warning.textContent = said;
  }

  /** Whoever has several roles chooses as which of them to go on: with what it may, and what the server lets it. */
  #roles() {
    const { roles, roles_held: held } = this.#app.session;
    if (held.length < 2) return null;
    return h("select", { "aria-label": t("role"), onchange: (event) => this.#app.actAs(event.target.value || null) },
      h("option", { value: "", selected: roles.length > 1 }, t("role_all")),
      held.map((name) => h("option", { value: name, selected: roles.join() === name }, named(name))));
  }

  #settings() {
    const speak = (event) => { choose(event.target.value); this.#app.redraw(); };
    const theme = document.documentElement.dataset.theme;
    return h("div", { class: "settings" },
      h("select", { "aria-label": t("language"), onchange: speak },
        LANGUAGES.map((name) => h("option", { value: name, selected: name === language() }, name.toUpperCase()))),
      h("select", { "aria-label": t("theme"), onchange: (event) => this.#app.paint(event.target.value) },
        THEMES.map((name) => h("option", { value: name, selected: name === theme }, t(`theme_${name}`)))),
      this.#roles(),
      h("button", { class: "plain", type: "button", onclick: () => this.#app.logOut(), title: this.#app.session.name }, t("log_out")));
  }
}
