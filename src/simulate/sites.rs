//! `sites.csv`: where people are served, each point inside its area.

use std::io::Write;

use super::boundaries::push_degrees;
use super::columns;
use super::land::Land;
use super::partners::Partners;
use super::plan::SECTORS;
use super::rng::Rng;
use super::{Error, pcodes};
use crate::intake::Kind;

/// Type, what it is called, sector, its share of all sites in percent, people it can serve, usual
/// radius in metres where one is stated.
const KINDS: &[(&str, &str, &str, f64, f64, u32)] = &[
    ("water_point", "water point", "WSH", 30.0, 500.0, 500),
    ("distribution_point", "distribution point", "FSC", 18.0, 3000.0, 5000),
    ("health_facility", "health centre", "HEA", 18.0, 8000.0, 5000),
    ("school", "school", "EDU", 14.0, 600.0, 3000),
    ("nutrition_site", "nutrition site", "NUT", 8.0, 1200.0, 5000),
    ("camp", "camp", "CCM", 7.0, 2500.0, 0),
    ("safe_space", "safe space", "PRO-GBV", 5.0, 250.0, 3000),
];

/// Writes `count` sites, more of them where many people live and much was destroyed.
pub fn write(
    land: &Land,
    partners: &Partners,
    count: u64,
    out: impl Write,
    step: &mut dyn FnMut(u64),
) -> Result<(), Error> {
    let mut rng = Rng::new(land.mesh.seed, "sites");
    let level = land.finest();
    let mut sum = 0.0;
    let weigh = |(people, harm): (&u64, &f64)| {
        sum += (*people as f64) * (0.15 + harm);
        sum
    };
    let sums: Vec<f64> = land.people[level].iter().zip(&land.harm[level]).map(weigh).collect();
    let mut csv = columns::start(out, Kind::Sites)?;
    for number in 1..=count {
        let drawn = rng.between(0.0, sum);
        let area = sums.partition_point(|sum| *sum <= drawn).min(sums.len() - 1);
        let province = land.ancestor(level, area, 0);
        let mut share = rng.between(0.0, 100.0);
        let kind = KINDS.iter().find(|kind| {
            share -= kind.3;
            share < 0.0
        });
        let (kind, label, sector, _, capacity, radius) = *kind.unwrap_or(&KINDS[0]);
        let main = SECTORS.iter().position(|known| sector.starts_with(known.code)).unwrap_or(0);
        let partner = (!rng.chance(6.0)).then(|| partners.draw(main, province, &mut rng));
        let partner = partner.map(|at| &partners.list[at]);
        let spot = land.mesh.spot_within(peopled_atom(land, area, &mut rng), &mut rng);
        let status = match rng.unit() {
            ..0.78 => "functional",
            ..0.91 => "partial",
            _ => "closed",
        };
        let opened = rng.chance(65.0).then(|| 1 + rng.below(9));
        let closed = status == "closed" && rng.chance(75.0);
        let radius =
            (radius > 0 && rng.chance(45.0)).then(|| radius * (8 + rng.below(7) as u32) / 10);
        let (mut latitude, mut longitude) = (String::new(), String::new());
        push_degrees(spot.1, &mut latitude);
        push_degrees(spot.0, &mut longitude);
        let [adm1, adm2, adm3, adm4] = pcodes(land, level, area);
        let site_id = format!("S{number:06}");
        let name = format!("{} {label} {}", land.names[level][area], 1 + rng.below(40));
        let capacity = ((capacity * rng.between(0.4, 2.2)) as u64 / 10 * 10).to_string();
        let radius = radius.map(|radius| radius.to_string()).unwrap_or_default();
        let start = opened.map(|month| format!("2026-{month:02}-01")).unwrap_or_default();
        let closed_in = 9 + rng.below(4);
        let end = if closed { format!("2026-{closed_in:02}-28") } else { String::new() };
        csv.write_record([
            site_id.as_str(),
            &name,
            kind,
            sector,
            partner.map_or("", |partner| &partner.name),
            partner.map_or("", |partner| partner.kind),
            adm1,
            adm2,
            adm3,
            adm4,
            &latitude,
            &longitude,
            status,
            &capacity,
            &radius,
            &start,
            &end,
            if kind == "safe_space" { "partners" } else { "public" },
        ])?;
        step(1);
    }
    csv.flush()?;
    Ok(())
}

/// An atom of the area where many people live: the densest of a few drawn.
pub fn peopled_atom(land: &Land, area: usize, rng: &mut Rng) -> usize {
    let atoms = land.levels[land.finest()].atoms(area);
    let density = |atom: usize| {
        let (x, y) = land.mesh.relative(land.mesh.spot(atom));
        land.density.at(x, y)
    };
    let drawn = (0..3).map(|_| rng.pick(atoms) as usize);
    drawn.max_by(|a, b| density(*a).total_cmp(&density(*b))).unwrap_or(0)
}
