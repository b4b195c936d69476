#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use geo::{Area, Contains, Point, Polygon, Validation};
use geojson::GeoJson;

use super::*;
use crate::intake::{self, Kind};

fn params(areas: &str, lines: u64, sites: u64, seed: u64) -> Params {
    let areas = areas.parse().unwrap();
    Params { name: "Test".into(), areas, lines, sites, seed, detail: None }
}

fn made(params: &Params) -> (tempfile::TempDir, Summary) {
    let folder = tempfile::tempdir().unwrap();
    let summary = write(params, folder.path(), &mut |_, _| {}).unwrap();
    (folder, summary)
}

fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let named = |file: std::fs::DirEntry| file.file_name().into_string().unwrap();
    files
        .map(|file| (named(file), 0))
        .map(|(name, _)| {
            let bytes = std::fs::read(folder.join(&name)).unwrap();
            (name, bytes)
        })
        .collect()
}

/// P-code, parent's P-code and polygon of each area of a level.
fn areas(folder: &Path, level: usize) -> Vec<(String, String, Polygon<f64>)> {
    let text = std::fs::read_to_string(folder.join(format!("adm{level}.geojson"))).unwrap();
    let GeoJson::FeatureCollection(collection) = text.parse().unwrap() else { unreachable!() };
    let property = |feature: &geojson::Feature, level: usize| {
        let found = feature.property(format!("adm{level}_pcode")).unwrap();
        found.as_str().unwrap().to_owned()
    };
    let area = |feature: geojson::Feature| {
        let (code, parent) = (property(&feature, level), property(&feature, level - 1));
        (code, parent, feature.geometry.unwrap().try_into().unwrap())
    };
    collection.features.into_iter().map(area).collect()
}

/// The rows of a table below its HXL row, by column.
fn table(folder: &Path, name: &str) -> Vec<HashMap<String, String>> {
    let mut csv = csv::Reader::from_path(folder.join(name)).unwrap();
    csv.deserialize().skip(1).map(Result::unwrap).collect()
}

fn number(row: &HashMap<String, String>, column: &str) -> Option<u64> {
    row[column].parse().ok()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_another_country() {
    let (first, _) = made(&params("2/6/20", 300, 30, 7));
    let (again, _) = made(&params("2/6/20", 300, 30, 7));
    let (other, _) = made(&params("2/6/20", 300, 30, 8));
    assert_eq!(bytes(first.path()), bytes(again.path()));
    for (name, bytes) in bytes(other.path()) {
        assert_ne!(bytes, std::fs::read(first.path().join(&name)).unwrap(), "{name}");
    }
}

#[test]
fn all_areas_are_valid_and_children_fill_their_parents() {
    // Checking is quadratic in geo, so the borders are drawn coarsely.
    let coarse = Params { detail: Some(1), ..params("3/12/40", 10, 1, 5) };
    let (folder, summary) = made(&coarse);
    let mut codes = BTreeSet::new();
    let mut above: HashMap<String, Polygon<f64>> = HashMap::new();
    for (at, count) in summary.areas.iter().enumerate() {
        let level = areas(folder.path(), at + 1);
        assert_eq!(level.len(), *count as usize);
        let mut sums: HashMap<&str, f64> = HashMap::new();
        let mut borders: HashMap<&str, Vec<[[u64; 2]; 2]>> = HashMap::new();
        for (code, parent, polygon) in &level {
            assert!(codes.insert(code.clone()), "{code} twice");
            polygon.check_validation().unwrap();
            *sums.entry(parent).or_default() += polygon.unsigned_area();
            borders.entry(parent).or_default().extend(steps(polygon));
        }
        for (parent, polygon) in &above {
            let whole = polygon.unsigned_area();
            assert!((sums[parent.as_str()] / whole - 1.0).abs() < 1e-9, "{parent}");
            // What two children share cancels out; what is left is the border of the parent.
            let children: BTreeSet<_> = borders[parent.as_str()].iter().copied().collect();
            let outside = children.iter().filter(|[a, b]| !children.contains(&[*b, *a]));
            assert_eq!(outside.copied().collect::<BTreeSet<_>>(), steps(polygon).collect());
        }
        above = level.into_iter().map(|(code, _, polygon)| (code, polygon)).collect();
    }
}

fn steps(polygon: &Polygon<f64>) -> impl Iterator<Item = [[u64; 2]; 2]> {
    let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
    let bits = |at: geo::Coord<f64>| [at.x.to_bits(), at.y.to_bits()];
    rings.flat_map(move |ring| ring.lines().map(move |line| [bits(line.start), bits(line.end)]))
}

#[test]
fn a_very_small_and_a_lopsided_country_are_sound_too() {
    for (counts, detail) in [("1", 0), ("1/1/1/1", 0), ("7/7", 1), ("2/40", 3), ("1/2/3/90", 0)] {
        let detail = Some(detail);
        let (folder, summary) = made(&Params { detail, ..params(counts, 5, 2, 1) });
        for at in 1..=summary.areas.len() {
            let level = areas(folder.path(), at);
            assert_eq!(level.len(), summary.areas[at - 1] as usize, "{counts}");
            // Checking is quadratic in geo: large polygons are left to the other test.
            let small = level.iter().filter(|(_, _, polygon)| polygon.exterior().0.len() < 1500);
            small.for_each(|(_, _, polygon)| polygon.check_validation().unwrap());
        }
        assert_eq!(table(folder.path(), "activities.csv").len(), 5);
    }
}

#[test]
fn every_table_has_the_columns_of_its_template_and_the_rows_that_were_asked_for() {
    let (folder, summary) = made(&params("2/8/30", 2500, 120, 7));
    for (name, kind, rows) in [
        ("activities.csv", Kind::Activities, 2500),
        ("sites.csv", Kind::Sites, 120),
        ("needs.csv", Kind::Needs, summary.needs),
        ("population.csv", Kind::Population, summary.populations),
    ] {
        let text = std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(text.starts_with(&intake::template(kind)), "{name}");
        assert_eq!(table(folder.path(), name).len() as u64, rows, "{name}");
    }
}

#[test]
fn one_row_in_a_hundred_is_an_exact_copy_and_every_place_is_known() {
    let (folder, _) = made(&params("2/8/30", 2500, 5, 7));
    let rows = table(folder.path(), "activities.csv");
    let distinct: BTreeSet<Vec<_>> = rows
        .iter()
        .map(|row| row.iter().collect::<BTreeMap<_, _>>().into_iter().collect())
        .collect();
    assert_eq!(distinct.len(), 2475);
    let codes: BTreeSet<String> =
        (1..=3).flat_map(|at| areas(folder.path(), at)).map(|(code, ..)| code).collect();
    for row in &rows {
        for level in 1..=3 {
            let code = &row[&format!("adm{level}_pcode")];
            assert!(codes.contains(code) || level > 1 && code.is_empty(), "{code}");
        }
    }
    for wanted in ["planned", "ongoing", "completed", "suspended", "cancelled", ""] {
        assert!(rows.iter().any(|row| row["status"] == wanted), "{wanted}");
    }
    for wanted in ["UN", "INGO", "NNGO", "LNGO", "RCRC", "GOV", "CBO"] {
        assert!(rows.iter().any(|row| row["partner_type"] == wanted), "{wanted}");
    }
}

#[test]
fn sites_lie_inside_the_area_they_name() {
    let (folder, _) = made(&params("2/8/30", 5, 300, 7));
    let polygons: HashMap<_, _> =
        areas(folder.path(), 3).into_iter().map(|(code, _, polygon)| (code, polygon)).collect();
    for site in table(folder.path(), "sites.csv") {
        let degrees = |column: &str| site[column].parse::<f64>().unwrap();
        let point = Point::new(degrees("longitude"), degrees("latitude"));
        assert!(polygons[&site["adm3_pcode"]].contains(&point), "{}", site["site_id"]);
    }
}

#[test]
fn needs_stay_below_the_population_and_groups_add_to_their_total() {
    let (folder, _) = made(&params("2/20/60", 5, 1, 7));
    let mut sums: BTreeMap<(String, String), [u64; 2]> = BTreeMap::new();
    for row in table(folder.path(), "needs.csv") {
        let [population, affected, in_need, targeted] =
            ["population", "affected", "in_need", "targeted"].map(|it| number(&row, it).unwrap());
        assert!(targeted <= in_need && in_need <= affected && affected <= population, "{row:?}");
        let sum = sums.entry((row["adm2_pcode"].clone(), row["sector"].clone())).or_default();
        sum[usize::from(row["population_group"] != "all")] += in_need;
    }
    assert!(sums.values().all(|[all, parts]| all == parts));
    // One district of twenty has no need figures; eleven codes are counted.
    assert_eq!(sums.len(), 19 * 11);
}

#[test]
fn population_parts_add_to_totals_and_the_raster_adds_to_both() {
    let (folder, summary) = made(&params("2/8/30", 5, 1, 7));
    let rows = table(folder.path(), "population.csv");
    let sum = |level: usize, sex: &str, age: &str| -> u64 {
        let of_level = rows.iter().filter(|row| {
            let finer = ["adm2_pcode", "adm3_pcode", "adm4_pcode"];
            finer.iter().filter(|code| !row[**code].is_empty()).count() + 1 == level
        });
        let wanted = of_level.filter(|row| row["sex"] == sex && row["age"] == age);
        wanted.filter_map(|row| number(row, "population")).sum()
    };
    for level in 1..=3 {
        assert_eq!(sum(level, "all", "all"), summary.people);
        assert_eq!(sum(level, "female", "all") + sum(level, "male", "all"), summary.people);
    }
    let ages = ["0-17", "18-59", "60+"].map(|age| sum(2, "all", age));
    assert_eq!(ages.iter().sum::<u64>(), summary.people);

    let file = std::fs::File::open(folder.path().join("population.tif")).unwrap();
    let mut raster = tiff::decoder::Decoder::new(file).unwrap();
    let (width, height) = raster.dimensions().unwrap();
    assert_eq!((width as usize, height as usize), summary.raster);
    let tiff::decoder::DecodingResult::F32(cells) = raster.read_image().unwrap() else {
        unreachable!()
    };
    let people: f64 = cells.iter().filter(|cell| **cell >= 0.0).map(|cell| f64::from(*cell)).sum();
    assert!((people / summary.people as f64 - 1.0).abs() < 1e-3, "{people} {}", summary.people);
}

#[test]
fn counts_of_areas_are_read_or_refused_with_what_would_be_right() {
    assert_eq!("3/20/120".parse::<AreaCounts>().unwrap().to_string(), "3/20/120");
    for text in ["", "0", "3/2", "3/x", "1/2/3/4/5", "9999999"] {
        let error = text.parse::<AreaCounts>().unwrap_err().to_string();
        assert!(error.contains("3/20/120"), "{error}");
    }
    let folder = tempfile::tempdir().unwrap();
    let many = params("1", u64::MAX, 1, 1);
    assert!(matches!(write(&many, folder.path(), &mut |_, _| {}), Err(Error::TooManyLines(_))));
}

#[test]
fn progress_ends_where_it_said_it_would() {
    let folder = tempfile::tempdir().unwrap();
    let mut last = (0, 0);
    let mut progress = |done, total| {
        assert!(done >= last.0 && done <= total);
        last = (done, total);
    };
    write(&params("2/8/30", 500, 20, 3), folder.path(), &mut progress).unwrap();
    assert_eq!(last.0, last.1);
}

/// The parameters of `data/demo`.
fn demo() -> Params {
    Params { name: "Storm in Velanoa".into(), ..params("5/42/170", 3000, 260, 26) }
}

const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/demo");

#[test]
fn the_demo_is_what_these_parameters_make_and_below_three_megabytes() {
    let (folder, summary) = made(&demo());
    for (name, bytes) in bytes(folder.path()) {
        assert!(std::fs::read(Path::new(DEMO).join(&name)).unwrap() == bytes, "{name} differs");
    }
    assert!(summary.files.iter().map(|(_, size)| size).sum::<u64>() < 3_000_000);
}

#[test]
fn the_districts_of_the_demo_show_every_status_in_water_and_sanitation() {
    let folder = Path::new(DEMO);
    let mut in_need: HashMap<String, u64> = HashMap::new();
    for row in table(folder, "needs.csv") {
        if row["sector"] == "WSH" && row["population_group"] == "all" {
            in_need.insert(row["adm2_pcode"].clone(), number(&row, "in_need").unwrap());
        }
    }
    let mut rows: HashMap<String, Vec<_>> = HashMap::new();
    for row in table(folder, "activities.csv") {
        if row["sector"] == "WSH" && row["status"] != "cancelled" {
            rows.entry(row["adm2_pcode"].clone()).or_default().push(row);
        }
    }
    let status = |code: &String| {
        let rows = rows.get(code).map_or(&[][..], Vec::as_slice);
        let active = || rows.iter().filter(|row| row["status"] != "planned");
        let silent = active().all(|row| row["reached"].is_empty());
        match (in_need.get(code), rows.is_empty(), active().count(), silent) {
            (None, ..) => "no-data",
            (Some(0), ..) => "no-need",
            (_, true, ..) => "no-report",
            (_, _, 0, _) => "planned-only",
            (_, _, _, true) => "present",
            (Some(in_need), ..) => match reached(active()) {
                0 => "unreached",
                reached if reached < *in_need => "partial",
                reached if reached > *in_need => "exceeded",
                _ => "met",
            },
        }
    };
    let codes: Vec<String> = areas(folder, 2).into_iter().map(|(code, ..)| code).collect();
    let shown: BTreeSet<_> = codes.iter().map(status).collect();
    let wanted = "exceeded met no-data no-need no-report partial planned-only present unreached";
    assert_eq!(shown.into_iter().collect::<Vec<_>>().join(" "), wanted);
}

/// METHODS 4, 10, 12 and 13 for rows of one district and sector: the best month of each line, per
/// partner the total or its parts, the best type of each place, all places.
fn reached<'a>(rows: impl Iterator<Item = &'a HashMap<String, String>>) -> u64 {
    let mut months: BTreeMap<(Vec<&str>, &str), u64> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for row in rows {
        let key = |columns: &[&str]| columns.iter().map(|it| row[*it].as_str()).collect::<Vec<_>>();
        if !seen.insert(row.iter().collect::<BTreeMap<_, _>>()) {
            continue;
        }
        let line = key(&[
            "adm3_pcode",
            "activity_type",
            "partner",
            "location",
            "latitude",
            "longitude",
            "population_group",
            "sex",
            "age",
            "disability",
        ]);
        *months.entry((line, &row["start_date"][..7])).or_default() +=
            number(row, "reached").unwrap_or(0);
    }
    let mut lines: BTreeMap<Vec<&str>, u64> = BTreeMap::new();
    for ((line, _), people) in months {
        let best = lines.entry(line).or_default();
        *best = (*best).max(people);
    }
    let mut partners: BTreeMap<Vec<&str>, [u64; 2]> = BTreeMap::new();
    for (line, people) in lines {
        let part = line[6..].iter().any(|group| *group != "all");
        partners.entry(line[..6].to_vec()).or_default()[usize::from(part)] += people;
    }
    let mut types: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for (partner, [total, parts]) in partners {
        *types.entry((partner[0], partner[1])).or_default() += total.max(parts);
    }
    let mut places: BTreeMap<&str, u64> = BTreeMap::new();
    for ((place, _), people) in types {
        let best = places.entry(place).or_default();
        *best = (*best).max(people);
    }
    places.values().sum()
}
