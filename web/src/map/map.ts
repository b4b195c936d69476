/** The map itself: MapLibre wired to the page. Loaded apart from the panel, which is readable before it. */

import { type FillLayerSpecification, type GeoJSONSource, Map as Chart, type MapGeoJSONFeature } from "maplibre-gl";
import type { View } from "../state";
import { layers, type Look, SOURCES, type SourceId, style } from "../style";
import type { AreaMark } from "../style/areas";
import { PATTERNS, RATIO, tile } from "../style/patterns";
import type { AreaProperties, Feature, Status } from "../types";
import { type Box, box, interior, polygons } from "./geo";
import { type Name, names } from "./labels";

export interface MapEvents {
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
  areas(features: readonly Feature<AreaProperties>[]): void;
  marks(marks: ReadonlyMap<string, AreaMark>): void;
  put(source: Exclude<SourceId, "areas">, features: readonly Feature<object>[]): void;
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
  /** Names of areas above the level, when their borders are shown. */
  resize(): void;
}

const calm = matchMedia("(prefers-reduced-motion: reduce)");

export function openMap(container: HTMLElement, canvas: HTMLCanvasElement, first: Look, view: View | null, events: MapEvents): Promise<MapHandle> {
  const map = new Chart({
    container,
    style: style(first),
    center: view ? [view.lng, view.lat] : [20, 5],
    zoom: view?.zoom ?? 2,
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
    for (const status of Object.keys(PATTERNS) as Status[]) {
      const made = tile(status, look.palette);
      if (!made) continue;
      if (map.hasImage(status)) map.updateImage(status, made);
      else map.addImage(status, made, { pixelRatio: RATIO });
    }
    texts.colours(look.palette.label, look.palette.halo);
    texts.visible(look.overlays.includes("labels"));
  };

  const flag = (pcode: string | null, name: "lit" | "on", value: boolean): void => {
    if (pcode !== null) map.setFeatureState({ source: "areas", id: pcode }, { [name]: value });
  };

  const keyAt = (feature: MapGeoJSONFeature | undefined): string | null => (feature ? String(feature.properties.key) : null);
  map.on("mousemove", (event) => {
    const key = keyAt(map.queryRenderedFeatures(event.point, { layers: ["areas"] })[0]);
    map.getCanvasContainer().classList.toggle("pointing", key !== null);
    events.hover(key, event.point.x, event.point.y);
  });
  map.on("mouseout", () => events.hover(null, 0, 0));
  map.on("click", (event) => events.click(keyAt(map.queryRenderedFeatures(event.point, { layers: ["areas"] })[0])));
  map.on("moveend", (event) => events.moved(where(), "originalEvent" in event && event.originalEvent !== undefined));

  const where = (): View => {
    const { lng, lat } = map.getCenter();
    return { lng, lat, zoom: map.getZoom() };
  };
  const fit = (bounds: Box, space: Space, animate: boolean): void => {
    // A window too small for its own margins still gets a map.
    const room = Math.min(container.clientHeight - space.top - space.bottom, container.clientWidth - space.left - space.right);
    const padding = room > 40 ? space : 8;
    map.fitBounds(bounds, { padding, animate: animate && !calm.matches, duration: 500, maxZoom: 11 });
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
      }
      shown = look;
      paintTiles(look);
    },
    areas(features) {
      boxes = new Map();
      const list: Name[] = [];
      for (const { geometry, properties } of features) {
        const shape = polygons(geometry);
        const bounds = box(shape);
        if (bounds) boxes.set(properties.pcode, bounds);
        const at = interior(shape);
        if (at) list.push({ text: properties.name, at, strong: false });
      }
      source(map, "areas").setData(collection(features));
      texts.show(list);
    },
    marks(marks) {
      for (const [pcode, mark] of marks) {
        const old = marked.get(pcode);
        if (old?.c !== mark.c || old.s !== mark.s || old.off !== mark.off) map.setFeatureState({ source: "areas", id: pcode }, { ...mark });
      }
      for (const pcode of marked.keys()) if (!marks.has(pcode)) map.removeFeatureState({ source: "areas", id: pcode });
      marked = new Map(marks);
      flag(chosen, "on", true);
    },
    put: (id, features) => source(map, id).setData(collection(features)),
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
      const [from, to] = [map.project([bounds[0], bounds[3]]), map.project([bounds[2], bounds[1]])];
      const [width, height] = [container.clientWidth - space.right, container.clientHeight - space.bottom];
      const tiny = to.x - from.x < 24 && to.y - from.y < 24;
      if (tiny || from.x < space.left || from.y < space.top || to.x > width || to.y > height) fit(bounds, { ...space, top: space.top + 40, bottom: space.bottom + 40, left: space.left + 40, right: space.right + 40 }, true);
    },
    zoom: (by) => void map.easeTo({ zoom: map.getZoom() + by, animate: !calm.matches, duration: 200 }, { originalEvent: true }),
    scale: () => (40075016.7 * Math.cos((map.getCenter().lat * Math.PI) / 180)) / (512 * 2 ** map.getZoom()),
    view: where,
    resize: () => void map.resize(),
  };

  return new Promise((ready) => {
    map.once("style.load", () => {
      paintTiles(first);
      ready(handle);
    });
  });
}

function source(map: Chart, id: SourceId): GeoJSONSource {
  const found = map.getSource<GeoJSONSource>(id);
  if (!found || !SOURCES.includes(id)) throw new Error(`no source ${id}`);
  return found;
}

/** Only what the style reads travels to the worker. */
function collection(features: readonly Feature<object>[]): GeoJSON.FeatureCollection {
  return {
    type: "FeatureCollection",
    features: features
      .filter((one) => one.geometry !== null)
      .map(({ id, geometry, properties }) => {
        const { pcode, status } = properties as { pcode?: string; status?: string | null };
        return { type: "Feature", geometry: geometry as GeoJSON.Geometry, properties: { key: pcode ?? id, status: status ?? null } };
      }),
  };
}
