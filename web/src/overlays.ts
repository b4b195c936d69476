/** What the switched-on layers show: their tiles, and what they leave out. */

import * as api from "./api";
import type { State } from "./state";
import type { SourceId } from "./style";

interface Sink {
  /** A layer shows other tiles; they are asked for only where they are seen. */
  tiles(source: Exclude<SourceId, "areas">, address: string | null): void;
  /** Sites that serve no area on the map. */
  note(withoutRadius: number): void;
}

export interface Overlays {
  /** `version` changes with what the tiles are made from. */
  update(state: State, level: number, version: string): void;
  clear(): void;
}

export function overlaysFor(sink: Sink): Overlays {
  let noted = "";

  return {
    update(state, level, version) {
      sink.tiles("uncovered", `${api.tilesOf.uncovered(state.op, level, state)}#${version}`);
      sink.tiles("sites", `${api.tilesOf.sites(state.op, state)}#${version}`);
      const serving = `${api.tilesOf["service-areas"](state.op, state)}#${version}`;
      sink.tiles("service-areas", serving);
      if (!state.overlays.includes("service-areas") || noted === serving) return;
      noted = serving;
      void api.withoutRadius(state.op, state).then((count) => noted === serving && sink.note(count), () => (noted = ""));
    },
    clear() {
      noted = "";
      for (const name of ["uncovered", "service-areas", "sites"] as const) sink.tiles(name, null);
      sink.note(0);
    },
  };
}
