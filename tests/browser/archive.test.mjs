// An exported archive of tiles, read by the public reader of the format.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { OPTIONS, URL_BASE, operation } from "./help.mjs";

const web = createRequire(new URL("../../web/package.json", import.meta.url));

/** Every tile of a zoom that bounds touch. */
function tilesIn({ minLon, minLat, maxLon, maxLat }, zoom) {
  const side = 2 ** zoom;
  const column = (longitude) => Math.min(side - 1, Math.floor(((longitude + 180) / 360) * side));
  const row = (latitude) => Math.floor(((1 - Math.asinh(Math.tan((latitude * Math.PI) / 180)) / Math.PI) / 2) * side);
  const found = [];
  for (let x = column(minLon); x <= column(maxLon); x += 1) for (let y = row(maxLat); y <= row(minLat); y += 1) found.push([x, y]);
  return found;
}

test("an_archive_holds_the_tiles_that_the_server_serves", OPTIONS, async () => {
  const { PMTiles } = web("pmtiles");
  const { id, levels, bbox } = await operation();
  const { level } = levels.at(-1);
  const home = `${URL_BASE}/api/${id}/collections/areas`;
  const answer = await fetch(`${home}/export.pmtiles?level=${level}&properties=pcode&maxzoom=9`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "application/vnd.pmtiles");
  const bytes = await answer.arrayBuffer();
  const archive = new PMTiles({ getKey: () => "memory", getBytes: async (offset, length) => ({ data: bytes.slice(offset, offset + length) }) });
  const header = await archive.getHeader();
  assert.deepEqual([header.specVersion, header.tileType, header.minZoom, header.maxZoom], [3, 1, 0, 9]);
  [header.minLon, header.minLat, header.maxLon, header.maxLat].forEach((one, at) => assert.ok(Math.abs(one - bbox[at]) < 1e-6));
  const metadata = await archive.getMetadata();
  assert.equal(metadata.vector_layers[0].id, "areas");
  assert.equal(metadata.lacuna.operation, id);
  assert.ok(metadata.lacuna.licence.length > 20);
  let held = 0;
  for (const zoom of [0, 5, 9]) {
    for (const [x, y] of tilesIn(header, zoom)) {
      const served = await fetch(`${home}/tiles/WebMercatorQuad/${zoom}/${y}/${x}?level=${level}&properties=pcode`);
      const own = new Uint8Array((await archive.getZxy(zoom, x, y))?.data ?? new ArrayBuffer(0));
      assert.deepEqual(own, new Uint8Array(await served.arrayBuffer()), `${zoom}/${x}/${y}`);
      held += own.length > 0 ? 1 : 0;
    }
  }
  assert.ok(held > 4, `${held} tiles`);
  const part = await fetch(`${home}/export.pmtiles?level=${level}&properties=pcode&maxzoom=9`, { headers: { range: "bytes=0-126" } });
  assert.equal(part.status, 206);
  assert.equal(new TextDecoder().decode((await part.arrayBuffer()).slice(0, 7)), "PMTiles");
});
