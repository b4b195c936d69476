//! GeoTIFF, reading: one band of numbers with its place on the globe, in bands of rows so that
//! memory does not grow with the raster. Overviews and further bands are left alone.

mod keys;
mod palette;

use std::borrow::Cow;
use std::io::Cursor;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use geo::Coord;
use rayon::prelude::*;
use tiff::ColorType;
use tiff::decoder::{ChunkType, Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

use super::crs::Crs;
use super::sheet::Unreadable;

/// Cells of a raster: the globe at 1 km has fewer, a large country at 100 m too.
const CELLS: u64 = 4_000_000_000;
/// Cells that are in memory at once at most.
const CELLS_AT_ONCE: u64 = 1 << 27;
/// Cells that are read at once where the file leaves a choice.
const CELLS_PER_STEP: u64 = 4 << 20;
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
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(broken(&"its reader does not survive it")))
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
        if chunk.0 == 0
            || chunk.1 == 0
            || u64::from(width.max(chunk.0)) * u64::from(chunk.1) > CELLS_AT_ONCE
        {
            return Err(Unreadable::new(
                "The raster is stored in one piece that is too large: save it in tiles (gdal_translate -co TILED=YES -co COMPRESS=DEFLATE).",
            ));
        }
        let colour = file.colortype().map_err(|error| broken(&error))?;
        let interleaved =
            file.find_tag_unsigned::<u16>(Tag::PlanarConfiguration).ok().flatten() != Some(2);
        let bands = usize::from(colour.num_samples()).max(1);
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
        Ok(Raster {
            bytes,
            width,
            height,
            crs,
            transform,
            nodata,
            samples: if interleaved { bands } else { 1 },
            chunk,
            sizes,
            note,
        })
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
        let cells = u64::from(self.width) * u64::from(height);
        let step = (CELLS_PER_STEP / cells).clamp(1, u64::from(down)) as u32;
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
        let mut values = vec![f64::NAN; rows.len() * width];
        let chunks: Vec<u32> = (down.start * across..down.end * across).collect();
        // Strips and tiles are decoded side by side; each row of them then goes where it belongs.
        let decoded: Vec<(u32, Vec<f64>)> = chunks
            .into_par_iter()
            .map_init(
                || decoder(&self.bytes),
                |file, at| {
                    let file = file.as_mut().map_err(|refusal| refusal.clone())?;
                    Ok((at, self.chunk_values(file, at)?))
                },
            )
            .collect::<Result<_, Unreadable>>()?;
        for (at, chunk) in decoded {
            let (row, column) = (at / across * high - rows.start, (at % across * wide) as usize);
            let wide = (wide as usize).min(width - column);
            for (down, line) in chunk.chunks_exact(wide).enumerate() {
                let start = (row as usize + down) * width + column;
                if let Some(target) = values.get_mut(start..start + wide) {
                    target.copy_from_slice(line);
                }
            }
        }
        Ok(Rows { rows, values })
    }

    /// The values of one strip or tile, without what hangs over the edge of the raster.
    fn chunk_values(
        &self,
        file: &mut Decoder<Cursor<&[u8]>>,
        at: u32,
    ) -> Result<Vec<f64>, Unreadable> {
        if self.sizes.get(at as usize).is_none_or(|size| *size == 0) {
            return Ok(Vec::new());
        }
        let read = file.read_chunk(at).map_err(|error| broken(&error))?;
        macro_rules! numbers {
            ($values:expr) => {
                $values.iter().step_by(self.samples).map(|value| *value as f64).collect()
            };
        }
        let mut values: Vec<f64> = match &read {
            DecodingResult::U8(values) => numbers!(values),
            DecodingResult::U16(values) => numbers!(values),
            DecodingResult::U32(values) => numbers!(values),
            DecodingResult::U64(values) => numbers!(values),
            DecodingResult::I8(values) => numbers!(values),
            DecodingResult::I16(values) => numbers!(values),
            DecodingResult::I32(values) => numbers!(values),
            DecodingResult::I64(values) => numbers!(values),
            DecodingResult::F32(values) => numbers!(values),
            DecodingResult::F64(values) => numbers!(values),
            DecodingResult::F16(values) => {
                values.iter().step_by(self.samples).map(|value| value.to_f64()).collect()
            }
        };
        if let Some(nodata) = self.nodata {
            // A value of 32 bits is written with more digits than it has.
            let near = nodata.abs() * 1e-6;
            for value in &mut values {
                if (*value - nodata).abs() <= near {
                    *value = f64::NAN;
                }
            }
        }
        Ok(values)
    }
}

#[cfg(test)]
#[path = "geotiff/tests.rs"]
mod tests;
