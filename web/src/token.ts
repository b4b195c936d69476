/**
 * The right to import. The server prints an address with its token behind `#`; the page keeps it for
 * this window and takes it out of the address bar, so that a copied link never carries it.
 */

const KEY = "lacuna.token";

export function takeToken(): void {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!given) return;
  keepToken(given);
  history.replaceState(null, "", location.pathname + location.search);
}

export function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token.trim());
}

export function dropToken(): void {
  sessionStorage.removeItem(KEY);
}

export function token(): string | null {
  return sessionStorage.getItem(KEY);
}

/** The header that shows it; nothing where there is none. */
export function bearer(): Record<string, string> {
  const known = token();
  return known ? { authorization: `Bearer ${known}` } : {};
}
