/** Fetches what the switched-on layers need, once per question. */

import * as api from "./api";
import type { Overlay, State } from "./state";
import type { SourceId } from "./style";
import type { Feature } from "./types";

type Fetched = Extract<Overlay, "service-areas" | "uncovered" | "sites">;
const FETCHED: readonly Fetched[] = ["service-areas", "uncovered", "sites"];

interface Sink {
  put(source: Exclude<SourceId, "areas">, features: readonly Feature<object>[]): void;
  /** Sites that serve no area on the map. */
  note(withoutRadius: number): void;
  failed(overlay: Fetched): void;
}

export interface Overlays {
  update(state: State, level: number, revision: number): void;
  clear(): void;
}

export function overlaysFor(sink: Sink): Overlays {
  const asked = new Map<Fetched, string>();
  const count = (value: number | unknown[] | undefined): number => (Array.isArray(value) ? value.length : (value ?? 0));

  async function load(name: Fetched, state: State, level: number): Promise<void> {
    if (name === "uncovered") return sink.put(name, (await api.space(state.op, "uncovered", level, state, true)).features);
    if (name === "sites") return sink.put(name, (await api.sites(state.op, state)).features);
    const found = await api.serviceAreas(state.op, state);
    sink.put(name, found.features);
    sink.note(count(found.sites_without_radius));
  }

  return {
    update(state, level, revision) {
      for (const name of FETCHED) {
        if (!state.overlays.includes(name)) continue;
        const key = JSON.stringify([state.op, revision, state.sector, state.from, state.to, name === "uncovered" ? level : null]);
        if (asked.get(name) === key) continue;
        asked.set(name, key);
        load(name, state, level).catch(() => {
          if (asked.get(name) === key) asked.delete(name);
          sink.failed(name);
        });
      }
    },
    clear() {
      asked.clear();
      for (const name of FETCHED) sink.put(name, []);
      sink.note(0);
    },
  };
}
