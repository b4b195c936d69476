/** The words of a language, from a script of the folder: a browser that opened it from a disk loads no modules. */

import type { Dictionary, Load } from "../i18n";

declare global {
  interface Window {
    /** Set by the script of a language: its exports. */
    lacunaWords?: Record<string, Dictionary>;
  }
}

export const load: Load = (code) =>
  new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `page/${code}.js`;
    script.onload = () => {
      const found = window.lacunaWords?.[code];
      if (found) resolve(found);
      else reject(new Error(`${script.src} holds nothing`));
    };
    script.onerror = () => reject(new Error(`${script.src} is not there`));
    document.head.append(script);
  });
