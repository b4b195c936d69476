//! How many people live in each area, from a raster of people per cell: the sum over cells of value
//! times the share of the cell that lies in the area, exactly (METHODS 27).

use std::ops::Range;

use geo::{BoundingRect, Coord, MapCoords, MultiPolygon};
use rayon::prelude::*;

use super::needs::cycle::year_in;
use super::report::{Problem, Recorder, Report};
use super::{Options, Unreadable};
use crate::domain::cells::{Crossing, Footprint};
use crate::domain::{AreaIx, AreaTree, Group, Population, Snapshot, Source};
use crate::formats::geotiff::{Raster, Rows};

const OUTSIDE: Problem = Problem {
    code: "outside-raster",
    message: "The area lies outside the raster: its population is unknown.",
    remedy: "Send a raster that covers the area.",
};
const PARTLY_OUTSIDE: Problem = Problem {
    code: "partly-outside-raster",
    message: "A part of the area lies outside the raster: people there are not counted.",
    remedy: "Send a raster that covers the whole area.",
};

/// No cell has more people.
const MOST_IN_A_CELL: f64 = 1e8;
/// A smaller part of an area outside the raster is the coast drawn differently.
const OUTSIDE_SHARE: f64 = 0.01;
/// Two figures for one place that differ more are not about the same thing.
const DIFFERENT: f64 = 2.0;
/// Kilometres of a degree along a meridian.
const KM_PER_DEGREE: f64 = 111.2;

/// One area that is to have a figure.
struct Zone {
    area: AreaIx,
    /// One for each turn of the globe that meets the raster.
    prints: Vec<Footprint>,
    people: f64,
    /// Cells of the raster inside the area.
    cells: f64,
}

/// What the raster holds as a whole.
#[derive(Clone, Copy, Default)]
struct Tally {
    people: f64,
    cells: u64,
    negative: u64,
    impossible: u64,
    /// Of the cells with a value.
    km2: f64,
}

/// Sums a raster over the areas of an operation. `name` is the raster's own name where it came in an
/// archive.
pub(super) fn population(
    file_name: &str,
    name: &str,
    bytes: &[u8],
    known: &Snapshot,
    options: &Options,
) -> Result<(Vec<Population>, Report), Unreadable> {
    let raster = Raster::open(bytes)?;
    let areas = &known.areas;
    let wanted = wanted(areas, options.level);
    if wanted.is_empty() {
        return Err(Unreadable::new(
            "A raster is summed over areas, and there is none with a polygon yet: import boundaries first.",
        ));
    }
    let mut zones: Vec<Zone> = wanted.into_par_iter().map(|ix| zone(ix, areas, &raster)).collect();
    if zones.iter().all(|zone| zone.prints.is_empty()) {
        return Err(Unreadable(format!(
            "No area lies within the raster, which is in {}: it is of another place.",
            raster.crs.words()
        )));
    }
    options.progress.begin(u64::from(raster.height));
    let mut tally = Tally::default();
    raster.read(|mut rows| {
        tally.add(accumulate(&mut rows, &raster));
        sum(&mut zones, &rows, raster.width);
        rows.rows.for_each(|_| options.progress.step());
        Ok(())
    })?;

    let year = year_in(if name.is_empty() { file_name } else { name }).or(year_in(file_name));
    let mut recorder = Recorder::new(describe(file_name, name, &raster), 5);
    let mut figures = vec![None; areas.len()];
    let mut populations = Vec::with_capacity(zones.len());
    for (position, zone) in zones.iter().enumerate() {
        let row = position as u32 + 1;
        let area = areas.get(zone.area);
        let size: f64 = zone.prints.iter().map(Footprint::area).sum();
        let outside = 1.0 - zone.cells / size;
        let words = format!("{} ({}).", area.name, area.pcode);
        if zone.cells > 0.0 {
            figures[zone.area.at()] = Some(zone.people);
            recorder.placed(area.level);
            if outside > OUTSIDE_SHARE {
                let detail = format!("{words} {:.0} % of it.", 100.0 * outside);
                recorder.warn(row, None, &area.pcode, &detail, PARTLY_OUTSIDE);
            }
            populations.push(Population {
                source: Source { submission: 0, row },
                area: Some(area.pcode.clone()),
                group: Group::ALL,
                people: zone.people,
                year,
            });
        } else {
            recorder.reject(row, None, &area.pcode, &words, OUTSIDE);
        }
        recorder.close(row);
    }
    let figures = upward(areas, figures);
    let remarks = &mut recorder.report.remarks;
    remarks.extend(tally.remarks(figures[0].unwrap_or_else(|| top(areas, &figures)), &raster));
    remarks.push(match year {
        Some(year) => format!("The figures are for {year}, from the name of the file."),
        None => "The name of the file has no year: the figures are for no year.".to_owned(),
    });
    let compared = compare(known, &figures);
    if compared.is_empty() {
        remarks.extend(tally.looks_like_density(&raster));
    }
    remarks.extend(compared);
    Ok((populations, recorder.finish()))
}

/// The areas that get a figure of their own: those with a polygon whose figure would not follow from
/// adding up the areas below. With a level, all areas of that level.
fn wanted(areas: &AreaTree, level: Option<u8>) -> Vec<AreaIx> {
    let drawn = |ix: &AreaIx| areas.get(*ix).geometry.is_some();
    if let Some(level) = level {
        return areas.level(level).iter().copied().filter(drawn).collect();
    }
    let mut is_known = vec![false; areas.len()];
    let mut wanted = Vec::new();
    // Children come behind their parents.
    for at in (1..areas.len()).rev() {
        let ix = AreaIx(at as u32);
        let mut below = areas.children(ix).peekable();
        let follows = below.peek().is_some() && below.all(|child| is_known[child.at()]);
        is_known[at] = follows || drawn(&ix);
        if !follows && drawn(&ix) {
            wanted.push(ix);
        }
    }
    wanted.reverse();
    wanted
}

fn zone(area: AreaIx, areas: &AreaTree, raster: &Raster<'_>) -> Zone {
    let mut zone = Zone { area, prints: Vec::new(), people: 0.0, cells: 0.0 };
    let Some(shape) = areas.get(area).geometry.as_deref() else { return zone };
    let place = |at: Coord<f64>| Some(raster.cell_of(raster.crs.from_wgs84(at)?));
    // Longitudes may count from 0 to 360, or on beyond 180.
    let turns: &[f64] = if raster.crs.is_in_degrees() { &[0.0, 360.0, -360.0] } else { &[0.0] };
    for turn in turns {
        let turned;
        let shape: &MultiPolygon<f64> = if *turn == 0.0 {
            shape
        } else {
            if !meets(shape, *turn, raster) {
                continue;
            }
            turned = shape.map_coords(|Coord { x, y }| Coord { x: x + turn, y });
            &turned
        };
        if let Some(print) = Footprint::new(shape, &place)
            && print.meets(&(0..raster.height))
            && (turns.len() == 1 || meets(shape, 0.0, raster))
        {
            zone.prints.push(print);
        }
    }
    zone
}

/// Whether the box of a shape, moved by degrees of longitude, meets a raster in degrees.
fn meets(shape: &MultiPolygon<f64>, turn: f64, raster: &Raster<'_>) -> bool {
    let corners = [(0, 0), (raster.width, 0), (0, raster.height), (raster.width, raster.height)];
    let xs = corners.map(|(column, row)| raster.position_of(column.into(), row.into()).x);
    let (west, east) = xs.iter().fold((f64::MAX, f64::MIN), |(a, b), x| (a.min(*x), b.max(*x)));
    let rect = shape.bounding_rect();
    rect.is_some_and(|rect| rect.min().x + turn < east && rect.max().x + turn > west)
}

/// Adds each row up from its left, so that any stretch of it is a difference, and tallies it.
fn accumulate(rows: &mut Rows, raster: &Raster<'_>) -> Tally {
    let first = rows.rows.start;
    let width = raster.width as usize;
    let lines = rows.values.par_chunks_mut(width).enumerate();
    lines
        .map(|(line, values)| {
            let mut tally = Tally::default();
            for value in values {
                if value.is_finite() {
                    if *value < 0.0 {
                        tally.negative += 1;
                    } else if *value > MOST_IN_A_CELL {
                        tally.impossible += 1;
                    } else {
                        tally.cells += 1;
                        tally.people += *value;
                    }
                }
                *value = tally.people;
            }
            tally.km2 = tally.cells as f64 * cell_km2(raster, f64::from(first) + line as f64 + 0.5);
            tally
        })
        .reduce(Tally::default, |mut sum, tally| {
            sum.add(tally);
            sum
        })
}

/// Square kilometres of a cell in a row, well enough to tell a density from a count.
fn cell_km2(raster: &Raster<'_>, row: f64) -> f64 {
    let [_, a, b, _, c, d] = raster.transform;
    let area = (a * d - b * c).abs();
    if !raster.crs.is_in_degrees() {
        return area / 1e6;
    }
    let lat = raster.position_of(f64::from(raster.width) / 2.0, row).y;
    area * KM_PER_DEGREE * KM_PER_DEGREE * lat.to_radians().cos().max(0.0)
}

/// Adds the rows to every area that reaches into them.
fn sum(zones: &mut [Zone], Rows { rows, values }: &Rows, width: u32) {
    let wide = width as usize;
    zones.par_iter_mut().for_each_init(Vec::<Crossing>::new, |crossings, zone| {
        for print in zone.prints.iter().filter(|print| print.meets(rows)) {
            let each = |row: u32, columns: Range<u32>, share: f64| {
                let line = &values[(row - rows.start) as usize * wide..][..wide];
                let upto = |column: u32| match column {
                    0 => 0.0,
                    column => line[column as usize - 1],
                };
                zone.people += share * (upto(columns.end) - upto(columns.start));
                zone.cells += share * f64::from(columns.end - columns.start);
            };
            print.visit(rows.clone(), width, crossings, each);
        }
        zone.people = zone.people.max(0.0);
    });
}

/// The figure of every area: its own, else the sum of those below where all are known.
fn upward(areas: &AreaTree, mut figures: Vec<Option<f64>>) -> Vec<Option<f64>> {
    for at in (0..areas.len()).rev() {
        let mut below = areas.children(AreaIx(at as u32)).peekable();
        if figures[at].is_none() && below.peek().is_some() {
            figures[at] = below.map(|child| figures[child.at()]).sum();
        }
    }
    figures
}

/// The sum of the uppermost figures that are known.
fn top(areas: &AreaTree, figures: &[Option<f64>]) -> f64 {
    let mut open = vec![AreaIx::OPERATION];
    let mut sum = 0.0;
    while let Some(ix) = open.pop() {
        match figures[ix.at()] {
            Some(figure) => sum += figure,
            None => open.extend(areas.children(ix)),
        }
    }
    sum
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.people += other.people;
        self.cells += other.cells;
        self.negative += other.negative;
        self.impossible += other.impossible;
        self.km2 += other.km2;
    }

    fn remarks(&self, inside: f64, raster: &Raster<'_>) -> Vec<String> {
        let [_, across, _, _, _, down] = raster.transform;
        let unit = if raster.crs.is_in_degrees() { "degrees" } else { "metres" };
        let outside = (self.people - inside).max(0.0);
        let share = if self.people > 0.0 { 100.0 * outside / self.people } else { 0.0 };
        let mut remarks = vec![
            format!(
                "{} by {} cells of {:.6} by {:.6} {unit}, read as people in each cell; cells without a value count as nobody.",
                raster.width,
                raster.height,
                across.abs(),
                down.abs()
            ),
            format!(
                "The raster has {:.0} people in {} cells: {inside:.0} of them in the areas, {outside:.0} ({share:.1} %) outside all areas.",
                self.people, self.cells
            ),
        ];
        if self.negative > 0 {
            remarks.push(format!("{} cells are below zero and count as nobody.", self.negative));
        }
        if self.impossible > 0 {
            remarks.push(format!(
                "{} cells hold more people than a cell can, and count as nobody.",
                self.impossible
            ));
        }
        remarks
    }

    /// A warning where the sum makes no sense as a count of people, and would as people per km².
    fn looks_like_density(&self, raster: &Raster<'_>) -> Option<String> {
        if self.cells == 0 || self.km2 <= 0.0 {
            return None;
        }
        let cell = self.km2 / self.cells as f64;
        let (mean, per_km2) = (self.people / self.cells as f64, self.people / self.km2);
        let empty = cell > 4.0 && per_km2 < 1.0 && mean > 1.0;
        let crowded = self.km2 > 1_000.0 && per_km2 > 3_000.0;
        (empty || crowded).then(|| {
            format!(
                "Check the unit: as people in each cell this is {per_km2:.2} people per km² on average, over cells of {cell:.3} km²; the values (mean {mean:.1}) look like people per km², which must not be summed, in {}.",
                raster.crs.words()
            )
        })
    }
}

/// Warnings where the population that is known differs more than twofold.
fn compare(known: &Snapshot, figures: &[Option<f64>]) -> Vec<String> {
    let areas = &known.areas;
    let mut table = vec![None; areas.len()];
    let counts = known.need_table.headcounts(&Group::ALL);
    let by_rank = |rank: usize| {
        let at = counts.binary_search_by_key(&(rank as u32), |count| count.rank).ok()?;
        Some(counts[at].people)
    };
    for (ix, _) in areas.iter() {
        table[ix.at()] = by_rank(known.order.rank(ix));
    }
    let differ = |a: f64, b: f64| a.max(b) > DIFFERENT * a.min(b) && a.max(b) > 100.0;
    let both = |ix: &AreaIx| Some((*ix, figures[ix.at()]?, table[ix.at()]?));
    let Some(pairs) = (0..=areas.deepest())
        .map(|level| areas.level(level).iter().filter_map(both).collect::<Vec<_>>())
        .find(|pairs| !pairs.is_empty())
    else {
        return Vec::new();
    };
    let sum = pairs.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.1, sum.1 + pair.2));
    let mut remarks = Vec::new();
    if differ(sum.0, sum.1) {
        remarks.push(format!(
            "Check the unit and the year: the raster gives {:.0} people where the population that is known gives {:.0}; a raster of people per km² must not be summed.",
            sum.0, sum.1
        ));
    }
    let apart: Vec<String> = pairs
        .iter()
        .filter(|(_, raster, table)| differ(*raster, *table))
        .map(|(ix, raster, table)| {
            let area = areas.get(*ix);
            format!("{} ({}): {raster:.0}, not {table:.0}", area.name, area.pcode)
        })
        .collect();
    if !apart.is_empty() {
        let more = apart.len().saturating_sub(5);
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        remarks.push(format!(
            "{} of {} areas have more than twice or less than half of the population that is known: {}{more}.",
            apart.len(),
            pairs.len(),
            apart.iter().take(5).cloned().collect::<Vec<_>>().join("; ")
        ));
    }
    if remarks.is_empty() {
        // Nothing to warn about, and no need to guess at the unit.
        remarks.push(format!(
            "The population that is known for the same areas is {:.0}, the raster gives {:.0}.",
            sum.1, sum.0
        ));
    }
    remarks
}

fn describe(file_name: &str, name: &str, raster: &Raster<'_>) -> Report {
    let mut format = format!("GeoTIFF, {}", raster.crs.words());
    if !raster.note.is_empty() {
        format = format!("{format}, {}", raster.note);
    }
    Report {
        file: file_name.to_owned(),
        kind: "population".to_owned(),
        format,
        sheet: name.to_owned(),
        first_row: 1,
        choice: "each row is an area, by exact shares of cells".to_owned(),
        ..Report::default()
    }
}

#[cfg(test)]
mod tests;
