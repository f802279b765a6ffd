// Which language is shown, and its words: one module a language, the same names in each.

import { words as en } from "./words/en.js";
import { words as ru } from "./words/ru.js";

const WORDS = { en, ru };
const KEPT = "stoplist.language";
let chosen = localStorage.getItem(KEPT) ?? (navigator.language.startsWith("ru") ? "ru" : "en");
if (!(chosen in WORDS)) chosen = "en";
document.documentElement.lang = chosen;

export const LANGUAGES = Object.keys(WORDS);

/** "en" or "ru". */
export function language() {
  return chosen;
}

/** Shows another language from now on; who draws anew is the caller's matter. */
export function choose(name) {
  chosen = name;
  localStorage.setItem(KEPT, name);
  document.documentElement.lang = name;
}

/** A word or sentence; `fields` fill `{name}`. A word that is not there is shown as its name. */
export function t(name, fields) {
  const found = WORDS[chosen][name];
  if (found === undefined) return name;
  if (!fields || typeof found !== "string") return found;
  return found.replace(/\{(\w+)\}/g, (whole, field) => fields[field] ?? whole);
}

/** "1 client", "5 clients": the form that the number asks for. */
export function counted(number, name, text = String(number)) {
  const forms = WORDS[chosen][name];
  return `${text} ${forms[new Intl.PluralRules(chosen).select(number)] ?? forms.other}`;
}

/** The name of a value of the contract (`risk_group`, `manager`); what a later version may say is shown as it is. */
export function named(value) {
  return WORDS[chosen].names[value] ?? String(value).replaceAll("_", " ");
}
