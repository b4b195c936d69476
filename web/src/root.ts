/**
 * The path that everything of this server is below, without a slash at its end: "/gaps" where people
 * know it as https://example.org/gaps, mostly nothing. The server writes it into the page.
 */
export const root: string = globalThis.document?.documentElement.dataset.root ?? "";
