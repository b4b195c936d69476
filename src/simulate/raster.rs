//! `population.tif`: people per cell; the cells of an area add to its population.

use std::io::{Seek, Write};

use tiff::encoder::{Compression, DeflateLevel, TiffEncoder, colortype::Gray32Float};
use tiff::tags::Tag;

use super::Error;
use super::border::Outliner;
use super::land::Land;
use super::mesh::{PER_DEGREE, Spot};

/// Cells without people data, as in WorldPop's files.
const NODATA: f32 = -99_999.0;

/// A grid of people; coordinates in units.
#[derive(Debug)]
pub struct Grid {
    pub width: usize,
    pub height: usize,
    west: i64,
    north: i64,
    cell: i64,
    people: Vec<f32>,
}

impl Grid {
    /// Spreads the people of each finest area over its cells by density.
    pub fn new(land: &Land, step: &mut dyn FnMut(u64)) -> Grid {
        let level = &land.levels[land.finest()];
        let spots =
            || (0..land.mesh.len()).filter(|at| land.mesh.land[*at]).map(|at| land.mesh.spot(at));
        let (mut west, mut east, mut south, mut north) = (i64::MAX, i64::MIN, i64::MAX, i64::MIN);
        for (x, y) in spots().map(|spot| (i64::from(spot.0), i64::from(spot.1))) {
            (west, east) = (west.min(x), east.max(x));
            (south, north) = (south.min(y), north.max(y));
        }
        // About 250 cells to an area, fewer where there are very many areas.
        let wanted =
            (250.0 * level.len() as f64).clamp(8_000.0, 45_000.0).max(30.0 * level.len() as f64);
        let cell = ((land.mesh.land_units() / wanted).sqrt() as i64).max(1);
        // Borders swing out a little beyond the outermost atoms.
        let margin = land.mesh.spacing() * 2;
        let (west, north) = (
            (west - margin).div_euclid(cell) * cell,
            (north + margin).div_euclid(cell) * cell + cell,
        );
        let width = ((east + margin - west) / cell + 1) as usize;
        let height = ((north - south + margin) / cell + 1) as usize;
        let mut grid =
            Grid { width, height, west, north, cell, people: vec![NODATA; width * height] };
        let mut outliner = Outliner::new(&land.mesh, level, land.detail);
        for area in 0..level.len() {
            let mut cells = grid.cells_within(&outliner.rings(area));
            if cells.is_empty() {
                cells.push(grid.cell_at(land.mesh.spot(level.atoms(area)[0] as usize)));
            }
            grid.spread(&cells, land.people[land.finest()][area], land);
            step(1);
        }
        grid
    }

    /// Cells whose middle lies inside the rings. Of two areas that share a border each cell goes to
    /// exactly one.
    fn cells_within(&self, rings: &[Vec<Spot>]) -> Vec<usize> {
        let mut crossings: Vec<(usize, f64)> = Vec::new();
        let middle = |row: i64| (self.north - row * self.cell) as f64 - self.cell as f64 / 2.0;
        for step in rings.iter().flat_map(|ring| ring.windows(2)) {
            let (a, b) =
                if step[0].1 <= step[1].1 { (step[0], step[1]) } else { (step[1], step[0]) };
            let top = (self.north - i64::from(b.1)) / self.cell - 1;
            let bottom = (self.north - i64::from(a.1)) / self.cell + 1;
            for row in top.max(0)..=bottom.min(self.height as i64 - 1) {
                let y = middle(row);
                if f64::from(a.1) <= y && y < f64::from(b.1) {
                    let part = (y - f64::from(a.1)) / f64::from(b.1 - a.1);
                    crossings.push((row as usize, f64::from(a.0) + part * f64::from(b.0 - a.0)));
                }
            }
        }
        crossings.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let column = |x: f64| {
            let column = (x - self.west as f64) / self.cell as f64 - 0.5;
            (column.ceil().max(0.0) as usize).min(self.width)
        };
        let mut cells = Vec::new();
        for pair in crossings.chunks_exact(2) {
            let row = pair[0].0 * self.width;
            cells.extend((column(pair[0].1)..column(pair[1].1)).map(|column| row + column));
        }
        cells
    }

    fn cell_at(&self, spot: Spot) -> usize {
        let row = (self.north - i64::from(spot.1)) / self.cell;
        let column = (i64::from(spot.0) - self.west) / self.cell;
        row as usize * self.width + column as usize
    }

    fn spread(&mut self, cells: &[usize], people: u64, land: &Land) {
        let density = |cell: &usize| {
            let x = self.west + (cell % self.width) as i64 * self.cell + self.cell / 2;
            let y = self.north - (cell / self.width) as i64 * self.cell - self.cell / 2;
            let (x, y) = land.mesh.relative((x as i32, y as i32));
            land.density.at(x, y)
        };
        let weights: Vec<f64> = cells.iter().map(density).collect();
        let sum: f64 = weights.iter().sum();
        for (cell, weight) in cells.iter().zip(weights) {
            // Steps of 1/32 person: exact in a float and good to compress.
            let here = (people as f64 * weight / sum * 32.0 + 0.5).floor() / 32.0;
            let cell = &mut self.people[*cell];
            *cell = cell.max(0.0) + here as f32;
        }
    }

    /// Writes a deflated GeoTIFF in WGS 84.
    pub fn write(&self, out: impl Write + Seek) -> Result<(), Error> {
        let degrees = |units: i64| units as f64 / PER_DEGREE;
        let mut encoder =
            TiffEncoder::new(out)?.with_compression(Compression::Deflate(DeflateLevel::Balanced));
        let mut image = encoder.new_image::<Gray32Float>(self.width as u32, self.height as u32)?;
        let tags = image.encoder();
        let size = degrees(self.cell);
        tags.write_tag(Tag::Unknown(33550), &[size, size, 0.0][..])?;
        let corner = [0.0, 0.0, 0.0, degrees(self.west), degrees(self.north), 0.0];
        tags.write_tag(Tag::Unknown(33922), &corner[..])?;
        // Version 1.1.0; model geographic, a cell is an area, EPSG:4326.
        let keys: [u16; 16] = [1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326];
        tags.write_tag(Tag::Unknown(34735), &keys[..])?;
        tags.write_tag(Tag::Unknown(42113), "-99999")?;
        image.write_data(&self.people)?;
        Ok(())
    }
}
