// The form of somebody who is not logged in.

import { post } from "./api.js";
import { h, icon } from "./dom.js";
import { t } from "./language.js";

/** `entered` gets the session; `why` says why a link did not lead further. */
export function login(entered, why = "") {
  const error = h("p", { class: "form-error", role: "alert" }, why);
  const token = h("input", { id: "token", type: "password", autocomplete: "current-password", required: true, maxlength: 4096 });
  const submit = async (event) => {
    event.preventDefault();
    error.textContent = "";
    try {
      entered(await post("v1/session", { token: token.value.trim() }));
    } catch (problem) {
      error.textContent = problem.status === 401 ? t("login_wrong") : problem.message;
      token.select();
    }
  };
  queueMicrotask(() => token.focus());
  document.title = `${t("login_title")} · Stoplist`;
  return h("main", { class: "login" },
    h("div", { class: "panel" },
      h("p", { class: "brand" }, icon("stop"), "Stoplist"),
      h("h1", {}, t("login_title")),
      h("p", {}, t("login_text")),
      h("form", { onsubmit: submit },
        h("label", { for: "token" }, t("login_token")), token, error,
        h("button", { class: "primary", type: "submit" }, t("login")))));
}
