// Which view an address shows.

import { ClientView } from "./client.js";
import { Desk } from "./desk.js";
import { h } from "./dom.js";
import { t } from "./language.js";
import { List } from "./list.js";
import { Warehouse } from "./warehouse.js";

/** Makes the view of an address inside `main`; it has `title`, `place` (in the menu) and perhaps `close()`. */
export function route(hash, app, main) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [place, ...rest] = path.split("/");
  if (place === "" || place === "desk") return app.session.roles.join() === "warehouse" && !place
    ? new Warehouse(app, main) : new Desk(app, main);
  if (place === "list") return new List(app, main, new URLSearchParams(query));
  if (place === "client" && rest[0]) return new ClientView(app, main, decodeURIComponent(rest.join("/")));
  if (place === "warehouse") return new Warehouse(app, main, new URLSearchParams(query).get("code") ?? "");
  main.append(h("h1", {}, t("not_found")), h("p", {}, h("a", { href: "#/desk" }, t("desk"))));
  return { title: t("not_found"), place: "" };
}
