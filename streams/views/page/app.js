// The page as a whole: who is logged in, what is shown, in which language and colours.

import { begin, get, onLoggedOut, post, remove } from "./api.js";
import { h } from "./dom.js";
import { Frame } from "./frame.js";
import { t } from "./language.js";
import { Live } from "./live.js";
import { login } from "./login.js";
import { route } from "./routes.js";

const THEME_KEPT = "stoplist.theme";

class App {
  live = new Live();
  session = null;
  #frame = null;
  #view = null;

  async start() {
    document.documentElement.dataset.theme = localStorage.getItem(THEME_KEPT) ?? "auto";
    onLoggedOut(() => { if (this.session) this.leave(); });
    addEventListener("hashchange", () => { if (this.session) this.navigate(); });
    const token = new URLSearchParams(location.hash.slice(1)).get("login");
    let why = "";
    if (token) {
      history.replaceState(null, "", `${location.pathname}#/desk`); // the token must not stay in the address or history
      try {
        return this.enter(await post("v1/session", { token }));
      } catch (problem) {
        why = problem.status === 401 ? t("login_link_over") : problem.message;
      }
    }
    try { this.enter(await get("v1/session")); } catch { this.leave(why); }
  }

  /** Somebody has logged in. */
  enter(session) {
    if (!session) return this.leave();
    this.session = session;
    begin(session);
    this.live.start();
    this.redraw();
  }

  /** Nobody is logged in. */
  leave(why = "") {
    this.session = null;
    this.live.stop();
    this.#close();
    document.body.replaceChildren(login((given) => this.enter(given), why));
  }

  /** Goes on with one of one's roles, or with all (null); a warehouse begins at the gate, who comes from there at the desk. */
  async actAs(role) {
    let session;
    try { session = await post("v1/session/role", { role }); } catch (problem) {
      if (!this.session) return; // logged out: the form is there already
      this.redraw(); // the choice goes back to what it was
      this.#frame.complain(problem.message);
      return;
    }
    this.session = session;
    begin(session);
    if ((role === "warehouse") !== location.hash.startsWith("#/warehouse")) {
      history.replaceState(null, "", role === "warehouse" ? "#/warehouse" : "#/desk");
    }
    this.redraw();
  }

  async logOut() {
    try { await remove("v1/session"); } finally { this.leave(); }
  }

  /** Whether the server lets this person do it; the server checks again. */
  may(what) {
    return this.session.may.includes(what);
  }

  /** The theme chosen: auto, light, dark. */
  paint(theme) {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem(THEME_KEPT, theme);
  }

  /** All anew, in another language. */
  redraw() {
    this.#close();
    this.#frame = new Frame(this);
    document.body.replaceChildren(this.#frame.element);
    this.navigate(false);
  }

  /** Shows what the address names. */
  navigate(focus = true) {
    this.#view?.close?.();
    const main = h("main", { id: "main", tabindex: "-1" });
    this.#frame.show(main);
    this.#view = route(location.hash, this, main);
    this.#frame.at(this.#view.place);
    document.title = `${this.#view.title} · Stoplist`;
    if (focus) {
      scrollTo(0, 0);
      if (!main.contains(document.activeElement)) main.focus({ preventScroll: true }); // the menu stays in sight
    }
  }

  #close() {
    this.#view?.close?.();
    this.#frame?.close();
    this.#view = this.#frame = null;
  }
}

new App().start();
