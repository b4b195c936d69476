/** The languages of the page, each by its own name. */

import { h, icon } from "../dom";
import { type Code, LANGUAGES, language, t } from "../i18n";
import { speak } from "../language";

export function languages(failed: (words: string) => void): HTMLElement {
  const now = LANGUAGES[language()].name;
  const words = `${t("language")}: ${now}`;
  const one = (code: Code): HTMLElement => {
    const { name, dir } = LANGUAGES[code];
    const choose = (): void => void speak(code).catch(() => failed(t("language.failed", { language: name })));
    return h("li", null, h("button", { type: "button", lang: code, dir, "aria-current": code === language() ? "true" : null, onclick: choose }, name));
  };
  const close = (): void => element.removeAttribute("open");
  const element = h(
    "details",
    {
      class: "languages",
      onkeydown: (event: KeyboardEvent) => {
        if (event.key !== "Escape" || !element.open) return;
        event.stopPropagation();
        close();
        element.querySelector("summary")?.focus();
      },
      onfocusout: (event: FocusEvent) => event.relatedTarget instanceof Node && !element.contains(event.relatedTarget) && close(),
    },
    h("summary", { class: "tool", "data-icon": "language", "aria-label": words, title: words }, icon("language")),
    h("ul", null, (Object.keys(LANGUAGES) as Code[]).map(one)),
  );
  document.addEventListener("pointerdown", (event) => {
    if (!element.contains(event.target as Node)) close();
  });
  return element;
}
