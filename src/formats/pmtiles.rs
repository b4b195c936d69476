//! PMTiles 3: all tiles of a layer in one file, so that a map needs no server but one that hands out
//! parts of files. Written after the public specification (github.com/protomaps/PMTiles, version 3).

use std::collections::HashMap;
use std::io::{self, Write};

use foldhash::fast::RandomState;

use super::mvt::varint;

pub const MEDIA: &str = "application/vnd.pmtiles";

/// Bytes of the header.
const HEADER: usize = 127;
/// Bytes that header and root directory may have: what a reader asks for first.
const FIRST: usize = 16_384;
/// Entries of the smallest leaf directory.
const LEAF: usize = 4096;
/// The number of gzip among the compressions, and of vector tiles among the kinds of tile.
const GZIP: u8 = 2;
const MVT: u8 = 1;

/// A tile as the archive holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    pub zoom: u8,
    /// Its place on the curve through all tiles.
    number: u64,
    packed: Vec<u8>,
}

impl Tile {
    /// A tile that is not empty, compressed. Row 0 is in the north.
    pub fn new(zoom: u8, column: u32, row: u32, plain: &[u8]) -> Tile {
        Tile { zoom, number: number(zoom, column, row), packed: gzip(plain) }
    }
}

/// Part of a directory: a run of tiles that have the same content, or, without a run, a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    id: u64,
    run: u32,
    offset: u64,
    length: u32,
}

/// An archive of vector tiles. `metadata` is a JSON object; bounds are west, south, east and north in
/// degrees, west above east across the antimeridian. The same tiles make the same bytes, in whatever order they come.
pub fn write(
    out: &mut impl Write,
    mut tiles: Vec<Tile>,
    metadata: &[u8],
    bounds: [f64; 4],
) -> io::Result<()> {
    let zooms = tiles.iter().map(|tile| tile.zoom);
    let (lowest, highest) = (zooms.clone().min().unwrap_or(0), zooms.max().unwrap_or(0));
    tiles.sort_unstable_by_key(|tile| tile.number);

    // Ground that is all one area looks the same from tile to tile: it is written once.
    let mut contents: Vec<&[u8]> = Vec::new();
    let mut size = 0;
    let mut known: HashMap<&[u8], u64, RandomState> = HashMap::default();
    let mut entries: Vec<Entry> = Vec::new();
    for tile in &tiles {
        let (id, packed) = (tile.number, &tile.packed[..]);
        let length = packed.len() as u32;
        let offset = *known.entry(packed).or_insert_with(|| {
            contents.push(packed);
            size += u64::from(length);
            size - u64::from(length)
        });
        match entries.last_mut() {
            Some(last) if last.offset == offset && last.id + u64::from(last.run) == id => {
                last.run += 1;
            }
            _ => entries.push(Entry { id, run: 1, offset, length }),
        }
    }

    let (root, leaves) = directories(&entries);
    let metadata = gzip(metadata);
    let mut head = Vec::with_capacity(HEADER);
    head.extend_from_slice(b"PMTiles\x03");
    let mut offset = HEADER as u64;
    for length in [root.len() as u64, metadata.len() as u64, leaves.len() as u64, size] {
        head.extend_from_slice(&offset.to_le_bytes());
        head.extend_from_slice(&length.to_le_bytes());
        offset += length;
    }
    for count in [tiles.len(), entries.len(), contents.len()] {
        head.extend_from_slice(&(count as u64).to_le_bytes());
    }
    // Clustered: contents stand in the order of the tiles that first need them.
    head.extend_from_slice(&[1, GZIP, GZIP, MVT, lowest, highest]);
    let [west, south, east, north] = bounds;
    // An archive has no box across the antimeridian, but a middle there.
    let (first, last) = if west <= east { (west, east) } else { (-180.0, 180.0) };
    let turn = if west <= east { 0.0 } else { 360.0 };
    let middle = (west + east + turn) / 2.0;
    let middle = if middle > 180.0 { middle - 360.0 } else { middle };
    let degrees = |head: &mut Vec<u8>, one: f64| {
        head.extend_from_slice(&((one * 1e7).round() as i32).to_le_bytes());
    };
    [first, south, last, north].into_iter().for_each(|one| degrees(&mut head, one));
    head.push(lowest);
    [middle, (south + north) / 2.0].into_iter().for_each(|one| degrees(&mut head, one));
    for part in [&head, &root, &metadata, &leaves] {
        out.write_all(part)?;
    }
    contents.into_iter().try_for_each(|packed| out.write_all(packed))
}

/// The root directory, and its leaves one after the other where it would be too long.
fn directories(entries: &[Entry]) -> (Vec<u8>, Vec<u8>) {
    let root = directory(entries);
    if root.len() <= FIRST - HEADER {
        return (root, Vec::new());
    }
    let mut size = LEAF;
    loop {
        let mut leaves = Vec::new();
        let mut above = Vec::new();
        for part in entries.chunks(size) {
            let leaf = directory(part);
            let (offset, length) = (leaves.len() as u64, leaf.len() as u32);
            let id = part.first().map_or(0, |entry| entry.id);
            above.push(Entry { id, run: 0, offset, length });
            leaves.extend_from_slice(&leaf);
        }
        let root = directory(&above);
        if root.len() <= FIRST - HEADER {
            return (root, leaves);
        }
        size *= 2;
    }
}

/// A directory as it is written: column by column, compressed.
fn directory(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::new();
    varint(&mut out, entries.len() as u64);
    let mut before = 0;
    for entry in entries {
        varint(&mut out, entry.id - before);
        before = entry.id;
    }
    entries.iter().for_each(|entry| varint(&mut out, entry.run.into()));
    entries.iter().for_each(|entry| varint(&mut out, entry.length.into()));
    let mut behind = None;
    for entry in entries {
        // What follows the last one needs no offset; else they count from 1.
        let offset = if behind == Some(entry.offset) { 0 } else { entry.offset + 1 };
        varint(&mut out, offset);
        behind = Some(entry.offset + u64::from(entry.length));
    }
    gzip(&out)
}

/// The number of a tile: zooms one after the other, each along a Hilbert curve, so that neighbours
/// are near one another in the file.
fn number(zoom: u8, column: u32, row: u32) -> u64 {
    let before = ((1u64 << (2 * zoom)) - 1) / 3;
    let (mut x, mut y) = (u64::from(column), u64::from(row));
    let mut along = 0;
    for bit in (0..zoom).rev() {
        let side = 1u64 << bit;
        let (right, down) = (x & side != 0, y & side != 0);
        let quarter = match (right, down) {
            (false, false) => 0,
            (false, true) => 1,
            (true, true) => 2,
            (true, false) => 3,
        };
        along += quarter * side * side;
        (x, y) = (x & (side - 1), y & (side - 1));
        // The curve enters and leaves the upper quarters turned over.
        if !down {
            if right {
                (x, y) = (side - 1 - x, side - 1 - y);
            }
            (x, y) = (y, x);
        }
    }
    before + along
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(9));
    // Writing to memory does not fail.
    let _ = encoder.write_all(plain);
    encoder.finish().unwrap_or_default()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn tiles_are_numbered_along_the_curve_of_the_specification() {
        let first = [(0, 0, 0), (1, 0, 0), (1, 0, 1), (1, 1, 1), (1, 1, 0), (2, 0, 0), (2, 1, 0)];
        assert_eq!(first.map(|(z, x, y)| number(z, x, y)), [0, 1, 2, 3, 4, 5, 6]);
        // The example of the specification, and the last tile of a deep zoom.
        assert_eq!(number(12, 3423, 1763), 19_078_479);
        assert_eq!(number(20, (1 << 20) - 1, 0), ((1u64 << 42) - 1) / 3 - 1);
    }

    #[test]
    fn neighbours_on_the_curve_are_neighbours_on_the_map() {
        let mut order: Vec<(u64, i64, i64)> = (0..64)
            .map(|at| (number(3, at % 8, at / 8), i64::from(at % 8), i64::from(at / 8)))
            .collect();
        order.sort_unstable();
        for pair in order.windows(2) {
            let ((id, x, y), (next, x2, y2)) = (pair[0], pair[1]);
            assert_eq!((next - id, (x - x2).abs() + (y - y2).abs()), (1, 1));
        }
    }

    fn written(tiles: Vec<Tile>, bounds: [f64; 4]) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out, tiles, b"{}", bounds).unwrap();
        out
    }

    fn word(bytes: &[u8], at: usize) -> u64 {
        u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
    }

    fn plain(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        flate2::read::GzDecoder::new(bytes).read_to_end(&mut out).unwrap();
        out
    }

    #[test]
    fn the_same_content_is_written_once_and_found_by_every_tile() {
        let tiles = [(1, 0, 1, "sea"), (0, 0, 0, "all"), (1, 0, 0, "sea")];
        let tiles = tiles.map(|(z, x, y, plain)| Tile::new(z, x, y, plain.as_bytes())).to_vec();
        let bounds = [30.0, -5.0, 32.0, -3.0];
        let bytes = written(tiles.clone(), bounds);
        assert_eq!(bytes, written(tiles.into_iter().rev().collect(), bounds));
        assert_eq!(&bytes[..8], b"PMTiles\x03");
        // Addressed, entries, contents.
        assert_eq!([72, 80, 88].map(|at| word(&bytes, at)), [3, 2, 2]);
        assert_eq!(&bytes[96..102], &[1, 2, 2, 1, 0, 1]);
        let part = |at: usize| {
            let (offset, length) = (word(&bytes, at) as usize, word(&bytes, at + 8) as usize);
            &bytes[offset..offset + length]
        };
        let root = plain(part(8));
        let length = gzip(b"all").len() as u8;
        assert_eq!(root, [2, 0, 1, 1, 2, length, gzip(b"sea").len() as u8, 1, 0]);
        assert_eq!(plain(part(24)), b"{}");
        assert_eq!(plain(&part(56)[..usize::from(length)]), b"all");
        assert_eq!(part(40), b"");
    }

    #[test]
    fn the_middle_of_a_box_across_the_antimeridian_is_in_it() {
        let degrees = |bytes: &[u8]| {
            let ends = bytes[102..118].chunks(4).chain(bytes[119..127].chunks(4));
            let of = |end: &[u8]| f64::from(i32::from_le_bytes(end.try_into().unwrap())) / 1e7;
            ends.map(of).collect::<Vec<_>>()
        };
        let of = |bounds| degrees(&written(vec![Tile::new(0, 0, 0, b"all")], bounds));
        assert_eq!(of([30.0, -5.0, 32.0, -3.0]), [30.0, -5.0, 32.0, -3.0, 31.0, -4.0]);
        assert_eq!(of([178.0, -20.0, -170.0, -10.0]), [-180.0, -20.0, 180.0, -10.0, -176.0, -15.0]);
        assert_eq!(of([170.0, -20.0, -178.0, -10.0]), [-180.0, -20.0, 180.0, -10.0, 176.0, -15.0]);
    }

    #[test]
    fn a_directory_that_is_too_long_has_leaves() {
        // Far apart and without any order, so that they do not compress.
        let mixed = |at: u32| {
            let mut mixed = at.wrapping_mul(2_654_435_761);
            mixed = (mixed ^ mixed >> 15).wrapping_mul(0x2c1b_3c6d);
            mixed ^ mixed >> 12
        };
        let many = (0..40_000).map(mixed).map(|place| {
            let (column, row) = (place & 0x3fff, place >> 14 & 0x3fff);
            Tile::new(14, column, row, &place.to_le_bytes())
        });
        let bytes = written(many.collect(), [0.0, 0.0, 1.0, 1.0]);
        let (root, leaves) = (word(&bytes, 16) as usize, word(&bytes, 48) as usize);
        assert!(root <= FIRST - HEADER && leaves > FIRST, "{root} {leaves}");
    }
}
