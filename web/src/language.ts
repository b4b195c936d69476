/**
 * Which language the page speaks: what a link says in the window that it was opened in, else what the
 * reader chose on this device, else the browser's list. The address says none by itself, so that a link that
 * is passed on speaks the language of who opens it; `lang=fr` added to it says so on purpose.
 */

import { type Code, fetched } from "./i18n";

const KEY = "lacuna-language";

/** Storage may be closed to pages: then nothing is remembered. */
function stored(open: () => Storage): string | null {
  try {
    return open().getItem(KEY);
  } catch {
    return null;
  }
}

/** Languages in the order they are wanted. */
export function wantedLanguages(): string[] {
  const address = new URL(location.href);
  const linked = address.searchParams.get("lang");
  if (linked !== null) {
    try {
      sessionStorage.setItem(KEY, linked);
    } catch {
      // It holds until the page is opened again.
    }
    address.searchParams.delete("lang");
    history.replaceState(null, "", address);
  }
  const said = [linked, stored(() => sessionStorage), stored(() => localStorage)];
  return [...said.filter((one) => one !== null), ...navigator.languages];
}

/** Remembers a choice and opens the page again in it: everything else is in the address. */
export async function speak(code: Code): Promise<void> {
  // Without network its words may not be at hand; then all stays as it is.
  await fetched(code);
  try {
    localStorage.setItem(KEY, code);
    sessionStorage.removeItem(KEY);
    location.reload();
  } catch {
    const address = new URL(location.href);
    address.searchParams.set("lang", code);
    location.replace(address);
  }
}
