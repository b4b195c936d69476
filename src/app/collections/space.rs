//! What follows from sites, needs and people alone, whoever works there: an edit of an activity leaves
//! it as it is, and so do the revisions that share it.

use std::sync::Arc;

use moka::sync::Cache;

use crate::analysis::coverage::AreaCoverage;
use crate::analysis::service_areas::{ServiceAreas, SpaceQuery};
use crate::app::tiles::Mosaic;
use crate::domain::{Period, Sector};

/// Answers by question, made when first asked for.
pub(super) struct Space {
    pub service_areas: Cache<SpaceQuery, Arc<ServiceAreas>>,
    pub coverage: Cache<SpaceQuery, Arc<Vec<AreaCoverage>>>,
    /// Sites that serve, by area.
    pub sites_below: Cache<(Sector, Period), Arc<Vec<u32>>>,
    /// The polygons of collections that have their own.
    pub mosaics: Cache<String, Arc<Mosaic>>,
}

impl Space {
    /// Bytes of all of them, estimated.
    pub fn bytes(&self) -> u64 {
        self.service_areas.weighted_size()
            + self.coverage.weighted_size()
            + self.sites_below.weighted_size()
            + self.mosaics.weighted_size()
    }
}

impl Default for Space {
    fn default() -> Space {
        Space {
            // A circle has up to a few hundred points of 16 bytes.
            service_areas: answers(64, |_, found: &Arc<ServiceAreas>| found.areas.len() * 4096),
            coverage: answers(64, |_, areas: &Arc<Vec<AreaCoverage>>| {
                areas.iter().map(coverage_bytes).sum()
            }),
            sites_below: answers(16, |_, counts: &Arc<Vec<u32>>| counts.len() * size_of::<u32>()),
            mosaics: answers(256, |_, mosaic: &Arc<Mosaic>| mosaic.bytes()),
        }
    }
}

/// A cache of answers, bounded by the memory they take.
pub(super) fn answers<K, V>(
    megabytes: u64,
    bytes: impl Fn(&K, &V) -> usize + Send + Sync + 'static,
) -> Cache<K, V>
where
    K: std::hash::Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    let room = megabytes << 20;
    // An answer that is larger than the room is kept too: it would be made for every tile otherwise.
    let most = usize::try_from(room / 2).unwrap_or(usize::MAX);
    let weight =
        move |key: &K, value: &V| u32::try_from(bytes(key, value).min(most)).unwrap_or(u32::MAX);
    Cache::builder().max_capacity(room).weigher(weight).build()
}

fn coverage_bytes(area: &AreaCoverage) -> usize {
    use geo::CoordsIter;
    let shapes = [&area.covered, &area.uncovered, &area.shared];
    let points: usize = shapes.into_iter().flatten().map(|shape| shape.coords_count()).sum();
    size_of::<AreaCoverage>() + points * size_of::<geo::Coord<f64>>()
}
