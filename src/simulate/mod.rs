//! A made-up operation of any size, for exercises and benchmarks. Same seed, same bytes.
//!
//! Invented country, invented storm, invented organisations, in the columns of our own templates:
//! what `lacuna simulate` writes, `lacuna import` reads.

mod activities;
mod border;
mod boundaries;
mod breakdown;
mod columns;
mod divide;
mod figures;
mod land;
mod mesh;
mod names;
mod partners;
mod plan;
mod raster;
mod rng;
mod rows;
mod sites;

use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use land::Land;
use partners::Partners;
use plan::Plan;

/// How big the operation is, and which of the many of that size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Params {
    /// What the scenario is called in its README.
    pub name: String,
    pub areas: AreaCounts,
    /// Rows of `activities.csv`, exact copies among them, the two header rows not.
    pub lines: u64,
    pub sites: u64,
    pub seed: u64,
    /// How finely borders are drawn: every edge of the ground's cells is split in two this many
    /// times, 0-4. `None`: 2, or 1 above 1,000 areas at the finest level.
    pub detail: Option<u8>,
}

/// Number of areas per level, the coarsest first: `3/20/120`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaCounts(Vec<u32>);

/// A text that is not a list of counts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is not a number of areas per level: write one to four numbers such as 3/20/120, each at least as large as the one before, at most {MOST_AREAS}"
)]
pub struct NotCounts(pub String);

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Areas per level.
    pub areas: Vec<u32>,
    /// Border vertices per level.
    pub vertices: Vec<u64>,
    pub partners: u64,
    pub lines: u64,
    pub sites: u64,
    pub needs: u64,
    pub populations: u64,
    /// People living in the country.
    pub people: u64,
    /// Columns and rows of the population raster.
    pub raster: (usize, usize),
    /// Name and size in bytes of each file, in the order in which they were written.
    pub files: Vec<(String, u64)>,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0} rows are more than the {MOST_LINES} that can be simulated")]
    TooManyLines(u64),
    #[error("{0} sites are more than the {MOST_SITES} that can be simulated")]
    TooManySites(u64),
    #[error("detail {0} is not between 0 and 4")]
    Detail(u8),
    #[error("cannot write {path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("cannot write: {0}")]
    Io(#[from] io::Error),
    #[error("cannot write a table: {0}")]
    Table(#[from] csv::Error),
    #[error("cannot write the raster: {0}")]
    Raster(#[from] tiff::TiffError),
}

/// Bounds that keep memory below about 2 GB.
const MOST_AREAS: u32 = 100_000;
const MOST_LINES: u64 = 20_000_000;
const MOST_SITES: u64 = 2_000_000;

/// Writes the operation into a directory, which is made where it is missing; files of the same
/// names are replaced. `progress` is told how much of how much is done.
pub fn write(
    params: &Params,
    out: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Summary, Error> {
    if params.lines > MOST_LINES {
        return Err(Error::TooManyLines(params.lines));
    }
    if params.sites > MOST_SITES {
        return Err(Error::TooManySites(params.sites));
    }
    if let Some(detail) = params.detail.filter(|detail| *detail > 4) {
        return Err(Error::Detail(detail));
    }
    std::fs::create_dir_all(out)
        .map_err(|source| Error::File { path: out.to_path_buf(), source })?;
    let counts = &params.areas.0;
    let areas: u64 = counts.iter().map(|count| u64::from(*count)).sum();
    let finest = u64::from(*counts.last().unwrap_or(&1));
    // Dividing the land takes about as long as writing it.
    let total = 2 * areas + finest + params.lines + params.sites;
    let mut done = 0;
    let mut step = |more: u64| {
        done += more;
        progress(done, total);
    };
    step(0);

    let land = Land::new(params.seed, counts, params.detail);
    step(areas);
    let plan = Plan::new(&land);
    let partners = Partners::new(&land, params.lines);
    let mut folder = Folder { path: out, files: Vec::new() };
    let mut vertices = Vec::new();
    for (level, count) in counts.iter().enumerate() {
        let name = format!("adm{}.geojson", level + 1);
        vertices.push(folder.file(&name, |file| Ok(boundaries::write(&land, level, file)?))?);
        step(u64::from(*count));
    }
    folder.file("activities.csv", |file| {
        activities::write(&land, &plan, &partners, params.lines, file, &mut step)
    })?;
    folder
        .file("sites.csv", |file| sites::write(&land, &partners, params.sites, file, &mut step))?;
    let needs = folder.file("needs.csv", |file| figures::write_needs(&land, &plan, file))?;
    let populations =
        folder.file("population.csv", |file| figures::write_population(&land, &plan, file))?;
    let grid = raster::Grid::new(&land, &mut step);
    folder.file("population.tif", |file| grid.write(file))?;
    folder.file("README.md", |file| Ok(file.write_all(readme(params).as_bytes())?))?;
    Ok(Summary {
        areas: counts.clone(),
        vertices,
        partners: partners.list.len() as u64,
        lines: params.lines,
        sites: params.sites,
        needs,
        populations,
        people: land.people[0].iter().sum(),
        raster: (grid.width, grid.height),
        files: folder.files,
    })
}

struct Folder<'a> {
    path: &'a Path,
    files: Vec<(String, u64)>,
}

impl Folder<'_> {
    fn file<T>(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut BufWriter<File>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let path = self.path.join(name);
        let failed = |source| Error::File { path: path.clone(), source };
        let mut file = BufWriter::new(File::create(&path).map_err(failed)?);
        let answer = write(&mut file)?;
        let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
        let size = file.metadata().map_err(failed)?.len();
        self.files.push((name.to_owned(), size));
        Ok(answer)
    }
}

/// P-codes of an area (positions of level and area) from level 1 to 4, blank below its own.
fn pcodes(land: &Land, level: usize, area: usize) -> [&str; 4] {
    std::array::from_fn(|above| {
        if above > level {
            return "";
        }
        land.codes[above][land.ancestor(level, area, above)].as_str()
    })
}

fn readme(params: &Params) -> String {
    let Params { name, areas, lines, sites, seed, detail } = params;
    let detail = detail.map(|detail| format!(" --detail {detail}")).unwrap_or_default();
    let (country, code) = (names::COUNTRY, names::COUNTRY_CODE);
    format!(
        "# {name}: an exercise scenario

**Everything here is made up**: the country ({country}, code {code}), its boundaries, names and
people, the storm, the organisations, their work, the needs. It is for exercises, training and
benchmarks. Any likeness to a real place or organisation is chance. Do not use it for decisions.

Made by (the same seed gives the same bytes):

    lacuna simulate --areas {areas} --lines {lines} --sites {sites} --seed {seed}{detail}

| file | what |
|---|---|
| adm1.geojson and finer | areas with P-codes and names, longitude and latitude; children fill their parent |
| activities.csv | who does what, where, when, for whom, 2026; about 1 % of the rows are exact copies, some work is reported twice, some rows know only their province |
| sites.csv | points that serve people |
| needs.csv | people in need by sector and group, cycle 2026 |
| population.csv | people by sex and age |
| population.tif | people per cell; the cells of an area add to its population |

The second row of each table has HXL tags.
"
    )
}

impl AreaCounts {
    /// Counts per level, the coarsest first.
    pub fn new(counts: Vec<u32>) -> Option<AreaCounts> {
        let sound = (1..=4).contains(&counts.len())
            && counts[0] >= 1
            && counts.is_sorted()
            && counts.iter().all(|count| *count <= MOST_AREAS);
        sound.then_some(AreaCounts(counts))
    }

    pub fn as_slice(&self) -> &[u32] {
        &self.0
    }
}

impl FromStr for AreaCounts {
    type Err = NotCounts;

    fn from_str(text: &str) -> Result<AreaCounts, NotCounts> {
        let counts: Result<Vec<u32>, _> =
            text.split('/').map(|count| count.trim().parse()).collect();
        let counts = counts.ok().and_then(AreaCounts::new);
        counts.ok_or_else(|| NotCounts(text.to_owned()))
    }
}

impl fmt::Display for AreaCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts: Vec<String> = self.0.iter().map(u32::to_string).collect();
        f.write_str(&counts.join("/"))
    }
}

#[cfg(test)]
mod tests;
