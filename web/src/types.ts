/** What the server sends, by the page's own names. The shapes are made from the API's description (`node types.mjs`). */

import type * as api from "./api-types";

export type { Line, LineRow, Lines, Operation, OperationRef, Operations, Problem } from "./api-types";

/** One area of the main query (METHODS 13-24). */
export type GapFigure = api.GapsProperties;

/** One area of `uncovered` and `shared`. */
export type SpaceFigure = api.UncoveredProperties;

/** Where an area is, in degrees; all unknown for one without a shape. */
export type AreaPlace = Pick<api.AreasProperties, "pcode" | "name" | "longitude" | "latitude" | "name_width" | "west" | "south" | "east" | "north">;

export type SiteProperties = api.SitesProperties;

export type PartnerProperties = api.PartnersProperties;

export type Status = GapFigure["status"];

/** From what is known least to what is done best. */
export const STATUSES = ["no-data", "no-need", "no-report", "planned-only", "present", "unreached", "partial", "exceeded", "met"] as const satisfies readonly Status[];

export type Feature<P> = Omit<api.Feature, "properties"> & { properties: P };

export type Items<P> = Omit<api.FeatureCollection, "features"> & { features: Feature<P>[] };
