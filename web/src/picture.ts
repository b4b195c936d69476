/** The map as a picture for a report: with its title, legend, scale, date, sources and the note on boundaries. */

import { label } from "./controls/legend";
import * as format from "./format";
import { beside, isRightToLeft, listed, t } from "./i18n";
import { MEASURE } from "./measures";
import { classCount, legendOf, type Model } from "./model";
import { type Palette, spread } from "./style/palette";
import { RATIO, tile } from "./style/patterns";
import type { Status } from "./types";
import { measureName, measureNote, questionWords, standing } from "./words";

export interface Drawn {
  /** Canvases that lie over one another, the lowest first; all show the same part of the world. */
  canvases: readonly HTMLCanvasElement[];
  /** Their size in CSS pixels. */
  width: number;
  height: number;
  scale: ScaleBar;
}

/** Its length in CSS pixels, and what it says. */
export interface ScaleBar {
  length: number;
  text: string;
}

const MARGIN = 28;
const HEAD = 68;
const LEGEND = 232;
const LINE = 17;
/** Of a class that is filtered out. */
const PALE = 0.3;
const FONT = 'system-ui, "Segoe UI", "Noto Sans", "Liberation Sans", sans-serif';

/** A PNG; `null` where the browser makes none. */
export function picture(model: Model, drawn: Drawn, palette: Palette, now: Date): Promise<Blob | null> {
  const { state, operation, gaps, rows, edges } = model;
  const density = Math.max(1, (drawn.canvases[0]?.width ?? drawn.width) / drawn.width);
  const width = drawn.width + LEGEND + 3 * MARGIN;
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  if (!pen) return Promise.resolve(null);
  const css = getComputedStyle(document.documentElement);
  const colour = (name: string): string => css.getPropertyValue(name).trim();
  const font = (size: number, weight = 400): string => `${weight} ${size}px ${FONT}`;

  const isPreview = state.draft !== null;
  pen.font = font(12);
  const made = t("print.made", { date: format.day(now.toISOString()), sources: listed((gaps?.sources ?? []).map((one) => one.file)) });
  const revision = operation ? beside([operation.title, standing(operation.revision, state), !isPreview && format.day(operation.revised_at)]) : "";
  const foot = [revision, made, t("note.boundaries")].flatMap((text) => wrapped(pen, text, width - 2 * MARGIN));
  const height = HEAD + drawn.height + foot.length * LINE + 2 * MARGIN + 8;
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  pen.scale(density, density);
  pen.fillStyle = colour("--surface");
  pen.fillRect(0, 0, width, height);
  pen.textBaseline = "top";
  // Everything stands as seen from where a line begins; only the map is never turned.
  const turned = isRightToLeft();
  pen.direction = turned ? "rtl" : "ltr";
  const from = (x: number, wide = 0): number => (turned ? width - x - wide : x);
  const write = (text: string, x: number, y: number, style: string, paint: string, most?: number): void => {
    pen.font = style;
    pen.fillStyle = paint;
    pen.fillText(text, from(x), y, most);
  };

  write(titleOf(model), MARGIN, 20, font(21, 700), colour("--text"), width - 2 * MARGIN);
  write(subtitleOf(model), MARGIN, 48, font(13), colour("--text-2"), width - 2 * MARGIN);

  const top = HEAD + 8;
  for (const one of drawn.canvases) pen.drawImage(one, from(MARGIN, drawn.width), top, drawn.width, drawn.height);
  pen.strokeStyle = colour("--line");
  pen.strokeRect(from(MARGIN, drawn.width) + 0.5, top + 0.5, drawn.width - 1, drawn.height - 1);
  drawScale(pen, drawn.scale, turned ? from(MARGIN + drawn.width) + 16 + drawn.scale.length : MARGIN + drawn.width - 16, top + drawn.height - 14, colour("--text"));

  const left = MARGIN * 2 + drawn.width;
  let y = top;
  const def = MEASURE[state.measure];
  const found = legendOf(rows, state.measure, edges);
  const colours = spread(palette.ramps[def.ramp].classes, classCount(edges, rows, state.measure));
  const entry = (key: string, text: string, count: number, paint: string | null, status: Status | null): void => {
    // What the map leaves pale is pale here too.
    pen.globalAlpha = state.only.length === 0 || state.only.includes(key) ? 1 : PALE;
    if (paint !== null) {
      pen.fillStyle = paint;
      pen.fillRect(from(left, 26), y, 26, 16);
      const pattern = status && patternOf(pen, status, palette);
      if (pattern) {
        pen.fillStyle = pattern;
        pen.fillRect(from(left, 26), y, 26, 16);
      }
      pen.strokeStyle = colour("--line-strong");
      pen.strokeRect(from(left, 26) + 0.5, y + 0.5, 25, 15);
    }
    write(text, left + 36, y + 2, font(12.5), colour("--text"), LEGEND - 80);
    pen.textAlign = "end";
    write(format.exact(count), left + LEGEND, y + 2, font(12.5), colour("--text-2"));
    pen.textAlign = "start";
    pen.globalAlpha = 1;
    y += 24;
  };
  write(measureName(state), left, y, font(13, 700), colour("--text"));
  y += 26;
  for (const one of found.classes) entry(one.key, label(one, def.unit), one.count, one.index === null ? palette.ramps[def.ramp].zero : (colours[one.index] ?? palette.neutral), null);
  if (found.silences.length > 0) {
    y += 8;
    write(t("legend.known"), left, y, font(13, 700), colour("--text"));
    y += 26;
    for (const one of found.silences) entry(one.key, t(`status.${one.key as Status}`), one.count, one.key === "no-need" ? palette["no-need"] : one.patterned ? palette.neutral : null, one.key as Status);
  }

  foot.forEach((text, at) => write(text, MARGIN, top + drawn.height + 14 + at * LINE, font(12), colour("--text-2")));
  return new Promise((ready) => canvas.toBlob(ready, "image/png"));
}

/** What a sheet is headed with. */
export const titleOf = ({ state, operation }: Model): string => [state.draft !== null && t("preview.title"), measureName(state), operation?.title].filter(Boolean).join(" – ");
export const subtitleOf = (model: Model): string => beside([questionWords(model.operation, model.state, "long"), onlyWords(model), measureNote(model.state)]);

/** A scale bar whose right end is at `end`, on the line `low`. */
export function drawScale(pen: CanvasRenderingContext2D, { length, text }: ScaleBar, end: number, low: number, paint: string): void {
  pen.strokeStyle = pen.fillStyle = paint;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(end - length, low - 5);
  pen.lineTo(end - length, low);
  pen.lineTo(end, low);
  pen.lineTo(end, low - 5);
  pen.stroke();
  pen.font = `400 11px ${FONT}`;
  pen.textAlign = "center";
  pen.textBaseline = "top";
  pen.fillText(text, end - length / 2, low - 18);
  pen.textAlign = "start";
}

/** Which areas are shown where not all are: what stands in a report is read without its legend at hand. */
export function onlyWords({ state, rows, shown, edges, partner }: Pick<Model, "state" | "rows" | "shown" | "edges" | "partner">): string | null {
  if (state.only.length === 0 && partner === null) return null;
  const { classes, silences } = legendOf(rows, state.measure, edges);
  const names = [...classes.map((one) => ({ key: one.key, name: label(one, MEASURE[state.measure].unit) })), ...silences.map(({ key }) => ({ key, name: t(`status.${key as Status}`) }))];
  const chosen = names.filter(({ key }) => state.only.includes(key)).map(({ name }) => name);
  return t("picture.only", { shown: format.exact(shown.length), count: format.exact(rows.length), classes: listed([...(partner ? [t("picture.partner", { partner: partner.name })] : []), ...chosen]) });
}

function patternOf(pen: CanvasRenderingContext2D, status: Status, palette: Palette): CanvasPattern | null {
  const made = tile(status, palette);
  if (!made) return null;
  const small = document.createElement("canvas");
  [small.width, small.height] = [made.width, made.height];
  small.getContext("2d")?.putImageData(new ImageData(made.data, made.width, made.height), 0, 0);
  const pattern = pen.createPattern(small, "repeat");
  pattern?.setTransform(new DOMMatrix().scale(1 / RATIO));
  return pattern;
}

/** Lines of a text that fit a width. */
export function wrapped(pen: Pick<CanvasRenderingContext2D, "measureText">, text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ").filter(Boolean)) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && pen.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
