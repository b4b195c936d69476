/** Turns a state into figures: asks only what changed, drops answers that come too late. */

import * as api from "./api";
import { folder } from "./folder";
import { ladder, type Presence, presence } from "./ladder";
import { MEASURE } from "./measures";
import { arrange, edgesOf, levelOf, type Model, rowsOf } from "./model";
import { INITIAL, type State, type Store } from "./state";
import type { Operation } from "./types";

export interface Loader {
  model: Model;
  refresh(state: State): Promise<void>;
  /** Asks again after a failure, or for a new revision. */
  again(): Promise<void>;
  /** Everything that was answered is old. */
  forget(): void;
  /** Only the list of operations, while the map is not seen. */
  list(): Promise<void>;
}

type Question = Pick<State, "op" | "draft" | "level" | "sector" | "from" | "to" | "group" | "basis" | "measure" | "partner">;

function questionOf({ op, draft, level, sector, from, to, group, basis, measure, partner }: State): Question {
  return { op, draft, level, sector, from, to, group, basis, measure, partner };
}

/** Which operation is open, and whether as a draft would leave it. */
const key = (op: string, draft: string | null): string => `${op}/${draft ?? ""}`;

const EVERYTHING = { from: null, to: null } as const;

/** `asking` is told when a question goes out: figures stay as they are until the answer is here, so that nothing jumps. */
export function loader(store: Store, draw: (model: Model) => void, asking: (model: Model) => void): Loader {
  const model: Model = {
    state: store.get(),
    operations: null,
    operation: null,
    level: null,
    gaps: null,
    partner: null,
    whole: null,
    rows: [],
    shown: [],
    edges: [],
    loading: true,
    error: null,
    stale: false,
    away: false,
    unknownSector: null,
    lit: null,
  };
  let operationOf = "";
  let figuresOf = "";
  /** What was answered is old: it stays in sight until it is answered anew. */
  let expired = { operation: false, list: false };
  /** The question that got no answer: to try again is to ask it. */
  let wish: State | null = null;
  let running: AbortController | null = null;
  /** The question that the figures at hand answer. */
  let answered: Question | null = null;

  const arranged = (): void => {
    model.shown = arrange(model.rows, model.state, model.edges, model.partner?.areas);
  };

  async function openOperation(state: State, signal: AbortSignal): Promise<Operation | null> {
    const isOld = expired.list || model.operations === null;
    const listed = isOld ? api.operations().then(({ operations }) => void ((model.operations = operations), (expired.list = false))) : null;
    // An address that names its operation does not wait for the list of all.
    if (!state.op) await listed;
    const op = state.op || (model.operations?.[0]?.id ?? "");
    if (!op) return null;
    const wanted = key(op, state.draft);
    if (wanted !== operationOf || !model.operation || expired.operation) {
      api.preview(state.draft);
      const [found] = await Promise.all([api.operation(op), listed]);
      // Somebody asked for something newer meanwhile.
      if (signal.aborted) return null;
      model.operation = found;
      operationOf = wanted;
      expired.operation = false;
    }
    await listed;
    return model.operation;
  }

  let latest: Promise<void> = Promise.resolve();
  const refresh = (state: State): Promise<void> => (latest = ask(state));

  async function ask(state: State): Promise<void> {
    model.state = state;
    const { level } = model;
    const wanted = JSON.stringify(questionOf({ ...state, level: state.level ?? level }));
    if (wanted === figuresOf && (model.error === null || wish !== null)) {
      arranged();
      return draw(model);
    }
    running?.abort();
    const mine = (running = new AbortController());
    model.loading = true;
    model.error = null;
    if (key(state.op, state.draft) !== operationOf) {
      Object.assign(model, { rows: [], shown: [], gaps: null, whole: null, partner: null });
      draw(model);
    } else asking(model);
    try {
      const operation = await openOperation(state, mine.signal);
      if (mine.signal.aborted) return;
      if (!operation) {
        Object.assign(model, { loading: false });
        return draw(model);
      }
      const complete = completed(state, operation);
      await figures(complete, mine.signal);
      if (mine.signal.aborted) return;
      figuresOf = JSON.stringify(questionOf(complete));
      answered = questionOf(complete);
      wish = null;
      Object.assign(model, { state: complete, loading: false, stale: api.stale, away: false });
      arranged();
      // What the data decided is written into the address too, without a new step in the history.
      if (complete !== state && store.get().importing === null) store.set({ op: complete.op, level: complete.level, sector: complete.sector }, true);
      else draw(model);
    } catch (error) {
      if (mine.signal.aborted) return;
      const refused = error instanceof api.Refused ? error : null;
      if (!refused) console.error(error);
      Object.assign(model, { loading: false, error: { status: refused?.status ?? 0, detail: refused?.message ?? String(error) } });
      // Old figures under a new question would lie: the page and its address go on saying what they answer.
      if (answered && model.gaps !== null && key(answered.op, answered.draft) === key(state.op, state.draft)) {
        wish = state;
        figuresOf = JSON.stringify(answered);
        if (store.get().importing === null) return store.set(answered, true);
        model.state = { ...state, ...answered };
      }
      arranged();
      draw(model);
    }
  }

  function completed(state: State, operation: Operation): State {
    const level = levelOf(operation, state.level);
    const known = operation.sectors.some((one) => one.code === state.sector) || operation.sectors.length === 0;
    model.unknownSector = known ? null : state.sector;
    const sector = known ? state.sector : (operation.sectors[0]?.code ?? INITIAL.sector);
    const op = state.op || (model.operations?.[0]?.id ?? "");
    const same = state.op === op && state.level === level && state.sector === sector;
    return same ? state : { ...state, op, level, sector };
  }

  async function present(state: State, level: number, id: string, signal: AbortSignal): Promise<Presence> {
    const [held, areas, partners] = await Promise.all([api.workOf(state.op, id, state, signal), api.everyArea(state.op), api.partners(state.op)]);
    const name = partners.features.find(({ properties }) => properties.id === id)?.properties.name ?? id;
    return presence(id, name, held, ladder(areas), level);
  }

  async function figures(state: State, signal: AbortSignal): Promise<void> {
    if (state.level === null) return void Object.assign(model, { level: null, rows: [], gaps: null, whole: null, partner: null, edges: [] });
    const { op, level, measure } = state;
    const { space, fixed } = MEASURE[measure];
    // The classes come from the whole operation, so that months compare (and one answer is kept for all months).
    const always = { ...state, ...EVERYTHING };
    const compare = !fixed && (state.from !== null || state.to !== null);
    const [gaps, whole, spaces, baseGaps, baseSpaces, partner] = await Promise.all([
      api.gaps(op, level, state, signal),
      api.gaps(op, 0, state, signal),
      space ? api.space(op, space, level, state, signal) : null,
      compare ? api.gaps(op, level, always, signal) : null,
      compare && space ? api.space(op, space, level, always, signal) : null,
      state.partner === null || folder ? null : present(state, level, state.partner, signal),
    ]);
    if (signal.aborted) return;
    model.level = level;
    model.gaps = gaps;
    model.partner = partner;
    model.whole = whole.features[0]?.properties ?? null;
    model.rows = rowsOf(gaps, spaces, state.basis);
    model.edges = edgesOf(measure, baseGaps ? rowsOf(baseGaps, baseSpaces, state.basis) : model.rows);
  }

  function forget(): void {
    api.forget();
    figuresOf = "";
    expired = { operation: true, list: true };
  }

  return {
    model,
    refresh,
    forget,
    again() {
      forget();
      if (!wish) return refresh(store.get());
      // Who listens to the store asks.
      store.set(questionOf(wish), true);
      return latest;
    },
    async list() {
      try {
        model.operations = (await api.operations()).operations;
        expired.list = false;
      } catch {
        // Said when the map is seen.
      }
      draw(model);
    },
  };
}
