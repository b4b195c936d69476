/** The map itself: MapLibre wired to the page. Loaded apart from the panel, which is readable before it. */

import { addProtocol, type FillLayerSpecification, Map as Chart, type MapGeoJSONFeature, type VectorTileSource } from "maplibre-gl";
import type { View } from "../state";
import { asked, layers, type Look, SCHEME, type SourceId, style, template } from "../style";
import type { AreaMark } from "../style/areas";
import { PATTERNS, type PatternId, RATIO, tile } from "../style/patterns";
import type { AreaPlace } from "../types";
import { type Box, meets, near, type Tile, unfolded } from "./geo";
import { type Name, names } from "./labels";

export interface MapEvents {
  /** A tile of an address is needed. */
  tile(address: string, tile: Tile, signal: AbortSignal): Promise<ArrayBuffer>;
  /** Everything that is seen is drawn. */
  idle(): void;
  /** A tile of this source did not come. */
  failed(source: SourceId): void;
  /** The pointer is over an area (or none), at this place of the map. */
  hover(pcode: string | null, x: number, y: number): void;
  click(pcode: string | null): void;
  moved(view: View, byPerson: boolean): void;
}

export interface Space {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

export interface MapHandle {
  look(look: Look): void;
  /** Where the areas are and where their names go. */
  places(places: readonly AreaPlace[]): void;
  marks(marks: ReadonlyMap<string, AreaMark>): void;
  /** The areas whose names find room first. */
  first(pcodes: readonly string[]): void;
  /** Shows the tiles of an address; outside of the bounds nothing is there to be asked for. */
  tiles(source: SourceId, address: string | null, bounds: Box | null): void;
  light(pcode: string | null): void;
  choose(pcode: string | null): void;
  fit(bounds: Box, space: Space, animate: boolean): void;
  go(view: View): void;
  /** Moves to an area only where it is out of sight. */
  reveal(pcode: string, space: Space): void;
  zoom(by: number): void;
  /** Metres per pixel at the middle of the map. */
  scale(): number;
  view(): View;
  resize(): void;
  /** Draws what is seen at once, and not with the next frame. */
  drawNow(): void;
}

const calm = matchMedia("(prefers-reduced-motion: reduce)");
/** `deepest` is the last zoom that there are tiles of, where there is one. */
export function openMap(container: HTMLElement, canvas: HTMLCanvasElement, first: Look, view: View | null, deepest: number | undefined, events: MapEvents): Promise<MapHandle> {
  const addresses = new Map<SourceId, string | null>();
  let within: Box | null = null;
  /** Tiles that the map wanted before it was known where they are. */
  const waiting: (() => void)[] = [];
  let version = 0;
  const addressOf = async (id: SourceId): Promise<string | null> => {
    while (!addresses.has(id)) await new Promise<void>((known) => waiting.push(known));
    return addresses.get(id) ?? null;
  };
  addProtocol(SCHEME, async ({ url }, { signal }) => {
    const { id, ...tile } = asked(url);
    // The map does not ask again for a tile that is on its way: what comes must be what is wanted by then.
    for (;;) {
      const address = await addressOf(id);
      const nothing = address === null || (id === "areas" && within !== null && !meets(tile, within));
      const data = nothing ? new ArrayBuffer(0) : await events.tile(address, tile, signal);
      if (address === addresses.get(id)) return { data };
    }
  });
  const map = new Chart({
    container,
    style: style(first, deepest),
    center: view ? [view.lng, view.lat] : [20, 5],
    zoom: view?.zoom ?? 2,
    // Printing reads the picture after it was drawn.
    canvasContextAttributes: { preserveDrawingBuffer: true },
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxZoom: 15,
    fadeDuration: 0,
    refreshExpiredTiles: false,
    renderWorldCopies: true,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();

  const texts = names(map, canvas);
  let boxes = new Map<string, Box>();
  let shown = first;
  let lit: string | null = null;
  let chosen: string | null = null;
  let marked = new Map<string, AreaMark>();

  const paintTiles = (look: Look): void => {
    for (const status of Object.keys(PATTERNS) as PatternId[]) {
      const made = tile(status, look.palette);
      if (!made) continue;
      if (map.hasImage(status)) map.updateImage(status, made);
      else map.addImage(status, made, { pixelRatio: RATIO });
    }
    texts.colours(look.palette.label, look.palette.halo);
    texts.visible(look.overlays.includes("labels"));
  };

  const flag = (pcode: string | null, name: "lit" | "on", value: boolean): void => {
    if (pcode !== null) map.setFeatureState(area(pcode), { [name]: value });
  };
  const area = (pcode: string) => ({ source: "areas", sourceLayer: "areas", id: pcode });

  const keyAt = (feature: MapGeoJSONFeature | undefined): string | null => (feature ? String(feature.properties.pcode) : null);
  map.on("mousemove", (event) => {
    const key = keyAt(map.queryRenderedFeatures(event.point, { layers: ["areas"] })[0]);
    map.getCanvasContainer().classList.toggle("pointing", key !== null);
    events.hover(key, event.point.x, event.point.y);
  });
  map.on("mouseout", () => events.hover(null, 0, 0));
  map.on("click", (event) => events.click(keyAt(map.queryRenderedFeatures(event.point, { layers: ["areas"] })[0])));
  map.on("idle", () => events.idle());
  map.on("error", (event) => {
    const { sourceId } = event as { sourceId?: SourceId };
    if (sourceId) events.failed(sourceId);
    else console.error(event.error);
  });
  map.on("moveend", (event) => events.moved(where(), "originalEvent" in event && event.originalEvent !== undefined));

  const where = (): View => {
    const { lng, lat } = map.getCenter();
    return { lng, lat, zoom: map.getZoom() };
  };
  const fit = (bounds: Box, space: Space, animate: boolean): void => {
    // A window too small for its own margins still gets a map.
    const room = Math.min(container.clientHeight - space.top - space.bottom, container.clientWidth - space.left - space.right);
    const padding = room > 40 ? space : 8;
    map.fitBounds(unfolded(bounds), { padding, animate: animate && !calm.matches, duration: 500, maxZoom: 11 });
  };

  const handle: MapHandle = {
    look(look) {
      const before = new Map(layers(shown).map((layer) => [layer.id, layer]));
      for (const layer of layers(look)) {
        const old = (before.get(layer.id) ?? {}) as Partial<FillLayerSpecification>;
        for (const [name, value] of Object.entries(layer.paint ?? {})) {
          if (JSON.stringify(value) !== JSON.stringify(old.paint?.[name as "fill-color"])) map.setPaintProperty(layer.id, name as "fill-color", value as never);
        }
        const visibility = layer.layout?.visibility;
        if (visibility && visibility !== old.layout?.visibility) map.setLayoutProperty(layer.id, "visibility", visibility);
        if ("filter" in layer && look.level !== shown.level) map.setFilter(layer.id, layer.filter);
      }
      shown = look;
      paintTiles(look);
    },
    places(places) {
      boxes = new Map();
      const list: Name[] = [];
      for (const { pcode, name, longitude: x, latitude: y, name_width: width, west, south, east, north } of places) {
        if (west !== null && south !== null && east !== null && north !== null) boxes.set(pcode, [west, south, east, north]);
        if (x !== null && y !== null && width !== null) list.push({ pcode, text: name, x, y, width });
      }
      texts.show(list);
    },
    marks(marks) {
      for (const [pcode, mark] of marks) {
        const old = marked.get(pcode);
        if (old?.c !== mark.c || old.s !== mark.s || old.off !== mark.off) map.setFeatureState(area(pcode), { ...mark });
      }
      for (const pcode of marked.keys()) if (!marks.has(pcode)) map.removeFeatureState(area(pcode));
      marked = new Map(marks);
      flag(chosen, "on", true);
    },
    first: (pcodes) => texts.first(pcodes),
    tiles(id, address, bounds) {
      if (id === "areas") within = bounds;
      if (addresses.get(id) === address) return;
      addresses.set(id, address);
      for (const known of waiting.splice(0)) known();
      map.getSource<VectorTileSource>(id)?.setTiles([template(id, (version += 1))]);
    },
    light(pcode) {
      if (pcode === lit) return;
      flag(lit, "lit", false);
      flag(pcode, "lit", true);
      lit = pcode;
    },
    choose(pcode) {
      flag(chosen, "on", false);
      flag(pcode, "on", true);
      chosen = pcode;
    },
    fit,
    go: ({ lng, lat, zoom }) => void map.jumpTo({ center: [lng, lat], zoom }),
    reveal(pcode, space) {
      const bounds = boxes.get(pcode);
      if (!bounds) return;
      const [west, south, east, north] = unfolded(bounds);
      const turn = near(west, map.getCenter().lng) - west;
      const [from, to] = [map.project([west + turn, north]), map.project([east + turn, south])];
      const [width, height] = [container.clientWidth - space.right, container.clientHeight - space.bottom];
      const tiny = to.x - from.x < 24 && to.y - from.y < 24;
      if (tiny || from.x < space.left || from.y < space.top || to.x > width || to.y > height) fit(bounds, { ...space, top: space.top + 40, bottom: space.bottom + 40, left: space.left + 40, right: space.right + 40 }, true);
    },
    zoom: (by) => void map.easeTo({ zoom: map.getZoom() + by, animate: !calm.matches, duration: 200 }, { originalEvent: true }),
    scale: () => (40075016.7 * Math.cos((map.getCenter().lat * Math.PI) / 180)) / (512 * 2 ** map.getZoom()),
    view: where,
    resize: () => void map.resize(),
    drawNow: () => void map.redraw(),
  };

  return new Promise((ready) => {
    map.once("style.load", () => {
      paintTiles(first);
      ready(handle);
    });
  });
}
