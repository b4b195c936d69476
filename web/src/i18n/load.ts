/** Each language is a file of its own, asked for when it is spoken. */

import type { Load } from ".";

export const load: Load = async (code) => {
  if (code === "fr") return (await import("./fr")).fr;
  if (code === "es") return (await import("./es")).es;
  if (code === "pt") return (await import("./pt")).pt;
  return (await import("./ar")).ar;
};
