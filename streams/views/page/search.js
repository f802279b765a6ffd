// Finding a client from every view: a box with suggestions, by keyboard or pointer.

import { clientAddress } from "./addresses.js";
import { get } from "./api.js";
import { calmed, h } from "./dom.js";
import { t } from "./language.js";

const SHOWN = 8;

export function search() {
  const list = h("ul", { id: "found", role: "listbox", "aria-label": t("search"), hidden: true });
  const input = h("input", {
    type: "search", role: "combobox", placeholder: t("search"), "aria-label": t("search"), "aria-expanded": "false",
    "aria-controls": "found", "aria-autocomplete": "list", autocomplete: "off", maxlength: 80,
  });
  let chosen = -1;
  let asked = 0;

  const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); chosen = -1; };
  const open = (id) => { close(); input.value = ""; location.hash = clientAddress(id); };
  const choose = (number) => {
    const options = [...list.querySelectorAll("[data-id]")];
    if (!options.length) return;
    chosen = (number + options.length) % options.length;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
    input.setAttribute("aria-activedescendant", options[chosen].id);
  };
  const find = calmed(150, async () => {
    const text = input.value.trim();
    const mine = ++asked;
    if (!text) return close();
    let found;
    try { found = await get(`v1/desk/clients?${new URLSearchParams({ search: text, limit: SHOWN })}`); } catch { return close(); }
    if (mine !== asked || document.activeElement !== input) return undefined;
    list.replaceChildren(...(found.items.length
      ? found.items.map((item, number) => option(item, number, open))
      : [h("li", { class: "quiet", role: "option", "aria-disabled": "true" }, t("search_none"))]));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    return choose(0);
  });
  input.addEventListener("input", find);
  input.addEventListener("blur", () => setTimeout(close, 150));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Enter" && chosen >= 0) open(list.querySelectorAll("[data-id]")[chosen].dataset.id);
    else return;
    if (event.key !== "Escape") event.preventDefault();
  });
  return h("search", { class: "search" }, input, list);
}

function option(item, number, open) {
  const pick = (event) => { event.preventDefault(); open(item.client_id); };
  return h("li", { id: `found-${number}`, role: "option", "aria-selected": "false", "data-id": item.client_id, onmousedown: pick },
    h("b", {}, item.name ?? item.client_id), " ", h("span", { class: "quiet" }, item.client_id));
}
