//! GeoTIFF, reading: one band of numbers with its place on the globe, in bands of rows so that
//! memory does not grow with the raster. Overviews and further bands are left alone.

mod keys;
mod palette;

use std::borrow::Cow;
use std::io::Cursor;
use std::ops::Range;

use geo::Coord;
use rayon::prelude::*;
use tiff::ColorType;
use tiff::decoder::{ChunkType, Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

use super::crs::Crs;
use super::guard;
use super::sheet::Unreadable;

/// Cells of a raster: the globe at 1 km has fewer, a large country at 100 m too.
const CELLS: u64 = 4_000_000_000;
/// Values that are in memory at once at most, those of all bands that stand side by side.
const VALUES_AT_ONCE: u64 = 1 << 26;
/// Values that are read at once where the file leaves a choice.
const VALUES_PER_STEP: u64 = 4 << 20;
/// Bytes of one strip or tile, and of one list in the head.
const CHUNK_BYTES: usize = 1 << 30;
const LIST_BYTES: usize = 64 << 20;

/// A raster that is open; its cells are still in the file.
pub struct Raster<'a> {
    bytes: Cow<'a, [u8]>,
    pub width: u32,
    pub height: u32,
    pub crs: Crs,
    /// Column and row to position: `x = t[0] + t[1] col + t[2] row`, `y = t[3] + t[4] col + t[5] row`.
    pub transform: [f64; 6],
    pub nodata: Option<f64>,
    /// Values of one cell that stand side by side.
    samples: usize,
    chunk: (u32, u32),
    /// Bytes of each strip or tile in the file; none is a hole.
    sizes: Vec<u64>,
    /// How it was read, where there was a choice.
    pub note: String,
}

/// Some rows of a raster, cell after cell; NaN where there is no value.
pub struct Rows {
    pub rows: Range<u32>,
    pub values: Vec<f64>,
}

/// Whether bytes begin as TIFF or BigTIFF do.
pub fn is_tiff(bytes: &[u8]) -> bool {
    [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|magic| bytes.starts_with(*magic))
}

fn broken(error: &dyn std::fmt::Display) -> Unreadable {
    Unreadable(format!("The GeoTIFF cannot be read: {error}."))
}

fn guarded<T>(read: impl FnOnce() -> Result<T, Unreadable>) -> Result<T, Unreadable> {
    guard::guarded(read).unwrap_or_else(|| Err(broken(&"its reader does not survive it")))
}

fn decoder(bytes: &[u8]) -> Result<Decoder<Cursor<&[u8]>>, Unreadable> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = CHUNK_BYTES;
    limits.intermediate_buffer_size = CHUNK_BYTES;
    limits.ifd_value_size = LIST_BYTES;
    let decoder = Decoder::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    Ok(decoder.with_limits(limits))
}

impl<'a> Raster<'a> {
    /// Reads the head of a GeoTIFF.
    pub fn open(bytes: &'a [u8]) -> Result<Raster<'a>, Unreadable> {
        guarded(|| Raster::head(bytes))
    }

    fn head(bytes: &'a [u8]) -> Result<Raster<'a>, Unreadable> {
        let bytes = palette::left_out(bytes);
        let mut file = decoder(&bytes)?;
        let (width, height) = file.dimensions().map_err(|error| broken(&error))?;
        let cells = u64::from(width) * u64::from(height);
        if cells == 0 || cells > CELLS {
            return Err(Unreadable(format!(
                "The raster has {width} by {height} cells: at most {CELLS} can be read; cut it to the operation's extent."
            )));
        }
        let chunk = file.chunk_dimensions();
        let at_once = u64::from(width.max(chunk.0)) * u64::from(chunk.1);
        if chunk.0 == 0 || chunk.1 == 0 || at_once > VALUES_AT_ONCE {
            return Err(Unreadable::new(
                "The raster is stored in one piece that is too large: save it in tiles (gdal_translate -co TILED=YES -co COMPRESS=DEFLATE).",
            ));
        }
        let colour = file.colortype().map_err(|error| broken(&error))?;
        let interleaved =
            file.find_tag_unsigned::<u16>(Tag::PlanarConfiguration).ok().flatten() != Some(2);
        let bands = usize::from(colour.num_samples()).max(1);
        let samples = if interleaved { bands } else { 1 };
        if at_once * samples as u64 > VALUES_AT_ONCE {
            return Err(Unreadable(format!(
                "The raster has {bands} bands side by side, together too large a piece: save the one that counts people in tiles of its own (gdal_translate -b 1 -co TILED=YES -co COMPRESS=DEFLATE).",
            )));
        }
        let sizes = match file.get_chunk_type() {
            ChunkType::Strip => file.get_tag_u64_vec(Tag::StripByteCounts),
            ChunkType::Tile => file.get_tag_u64_vec(Tag::TileByteCounts),
        };
        let sizes = sizes.map_err(|error| broken(&error))?;
        let transform = keys::transform(&mut file)?;
        let crs = keys::crs(&mut file)?;
        let nodata = file.get_tag_ascii_string(Tag::GdalNodata).ok();
        let nodata = nodata.and_then(|text| text.trim_matches(['\0', ' ']).parse().ok());
        let note = match (bands, colour) {
            (1, _) => String::new(),
            (
                _,
                ColorType::RGB(_) | ColorType::RGBA(_) | ColorType::YCbCr(_) | ColorType::CMYK(_),
            ) => {
                return Err(Unreadable::new(
                    "The raster is a picture in colours, not a raster of numbers: send the GeoTIFF that the picture was drawn from.",
                ));
            }
            (bands, _) => format!("the first of {bands} bands"),
        };
        Ok(Raster { bytes, width, height, crs, transform, nodata, samples, chunk, sizes, note })
    }

    /// Column and row of a position, from 0 at the first cell's outer corner.
    pub fn cell_of(&self, at: Coord<f64>) -> Coord<f64> {
        let [x0, a, b, y0, c, d] = self.transform;
        let (x, y) = (at.x - x0, at.y - y0);
        let area = a * d - b * c;
        Coord { x: (x * d - y * b) / area, y: (y * a - x * c) / area }
    }

    /// Position of a column and row.
    pub fn position_of(&self, column: f64, row: f64) -> Coord<f64> {
        let [x0, a, b, y0, c, d] = self.transform;
        Coord { x: x0 + a * column + b * row, y: y0 + c * column + d * row }
    }

    /// Reads all cells from the top, some rows at a time.
    pub fn read(
        &self,
        mut each: impl FnMut(Rows) -> Result<(), Unreadable>,
    ) -> Result<(), Unreadable> {
        let (_, height) = self.chunk;
        let down = self.height.div_ceil(height);
        let values = u64::from(self.width) * u64::from(height) * self.samples as u64;
        let step = (VALUES_PER_STEP / values).clamp(1, u64::from(down)) as u32;
        for first in (0..down).step_by(step as usize) {
            each(guarded(|| self.band(first..(first + step).min(down)))?)?;
        }
        Ok(())
    }

    /// The rows of these rows of strips or tiles.
    fn band(&self, down: Range<u32>) -> Result<Rows, Unreadable> {
        let (wide, high) = self.chunk;
        let across = self.width.div_ceil(wide);
        let rows = down.start * high..(down.end * high).min(self.height);
        let width = self.width as usize;
        let first = down.start * across;
        // Strips and tiles are decoded side by side; then each row takes its part of them.
        let chunks: Vec<Option<DecodingResult>> = (first..down.end * across)
            .into_par_iter()
            .map_init(
                || decoder(&self.bytes),
                |file, at| {
                    let file = file.as_mut().map_err(|refusal| refusal.clone())?;
                    if self.sizes.get(at as usize).is_none_or(|size| *size == 0) {
                        return Ok(None);
                    }
                    guarded(|| file.read_chunk(at).map(Some).map_err(|error| broken(&error)))
                },
            )
            .collect::<Result<_, Unreadable>>()?;
        let mut values = vec![f64::NAN; rows.len() * width];
        values.par_chunks_mut(width).enumerate().for_each(|(row, line)| {
            let chunks = &chunks[row / high as usize * across as usize..];
            for (chunk, part) in chunks.iter().zip(line.chunks_mut(wide as usize)) {
                if let Some(chunk) = chunk {
                    let start = row % high as usize * part.len();
                    copy(chunk, start, self.samples, part);
                }
            }
            if let Some(nodata) = self.nodata {
                // A value of 32 bits is written with more digits than it has.
                let near = nodata.abs() * 1e-6;
                for value in line {
                    if (*value - nodata).abs() <= near {
                        *value = f64::NAN;
                    }
                }
            }
        });
        Ok(Rows { rows, values })
    }
}

/// Copies values from one on, each the first of its samples; what is not there stays as it is.
fn copy(chunk: &DecodingResult, start: usize, samples: usize, target: &mut [f64]) {
    macro_rules! numbers {
        ($values:expr, $number:expr) => {{
            let values = $values.get(start * samples..).unwrap_or_default();
            if samples == 1 {
                target.iter_mut().zip(values).for_each(|(to, from)| *to = $number(from));
            } else {
                let values = values.iter().step_by(samples);
                target.iter_mut().zip(values).for_each(|(to, from)| *to = $number(from));
            }
        }};
    }
    match chunk {
        DecodingResult::U8(values) => numbers!(values, |number: &u8| f64::from(*number)),
        DecodingResult::U16(values) => numbers!(values, |number: &u16| f64::from(*number)),
        DecodingResult::U32(values) => numbers!(values, |number: &u32| f64::from(*number)),
        DecodingResult::U64(values) => numbers!(values, |number: &u64| *number as f64),
        DecodingResult::I8(values) => numbers!(values, |number: &i8| f64::from(*number)),
        DecodingResult::I16(values) => numbers!(values, |number: &i16| f64::from(*number)),
        DecodingResult::I32(values) => numbers!(values, |number: &i32| f64::from(*number)),
        DecodingResult::I64(values) => numbers!(values, |number: &i64| *number as f64),
        DecodingResult::F32(values) => numbers!(values, |number: &f32| f64::from(*number)),
        DecodingResult::F64(values) => numbers!(values, |number: &f64| *number),
        DecodingResult::F16(values) => {
            let values = values.iter().skip(start * samples).step_by(samples);
            target.iter_mut().zip(values).for_each(|(to, from)| *to = from.to_f64());
        }
    }
}

#[cfg(test)]
mod tests;
