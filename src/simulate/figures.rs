//! `needs.csv` and `population.csv`: parts always add to their total.

use std::io::Write;

use super::columns;
use super::land::Land;
use super::plan::{Plan, SECTORS, SUB_SECTORS};
use super::rng::{Rng, fraction, mix2};
use super::{Error, pcodes};
use crate::intake::Kind;

/// People of one group: population, affected, in need, targeted.
type Figures = [u64; 4];

/// Writes the need rows; answers how many.
pub fn write_needs(land: &Land, plan: &Plan, out: impl Write) -> Result<u64, Error> {
    let mut rng = Rng::new(land.mesh.seed, "needs");
    let mut csv = columns::start(out, Kind::Needs)?;
    let mut rows = 0;
    for area in (0..land.levels[plan.level].len()).filter(|area| plan.is_known(*area)) {
        let harm = land.harm[plan.level][area];
        let (population, affected) = (land.people[plan.level][area], plan.affected[area]);
        let (idp, returnee) = (rng.between(0.03, 0.1) + 0.25 * harm, rng.between(0.02, 0.09));
        let mut of_sector = |sector: &str, in_need: u64, targeted: u64, severity: f64| {
            let total = [population, affected.max(in_need), in_need, targeted];
            let groups = [
                ("all", total),
                ("idp", total.map(|people| part(people, idp))),
                ("returnee", total.map(|people| part(people, returnee))),
                ("host", total.map(|all| all - part(all, idp) - part(all, returnee))),
            ];
            for (group, figures) in groups {
                write_need(
                    &mut csv,
                    pcodes(land, plan.level, area),
                    sector,
                    group,
                    figures,
                    severity,
                )?;
                rows += 1;
            }
            Ok::<(), Error>(())
        };
        let mut most = (0, 0);
        for (cells, sector) in plan.cells.iter().zip(SECTORS) {
            let cell = cells[area];
            let chance = fraction(mix2(land.mesh.seed, area as u64, cell.in_need));
            let severity = (1.2 + 3.6 * harm + 0.8 * (chance - 0.5)).clamp(1.0, 5.0);
            of_sector(sector.code, cell.in_need, cell.targeted, severity)?;
            for (_, code, share, _) in SUB_SECTORS.iter().filter(|(main, ..)| *main == sector.code)
            {
                let of_part = |people| part(people, *share);
                of_sector(code, of_part(cell.in_need), of_part(cell.targeted), severity)?;
            }
            most = most.max((cell.in_need, cell.targeted));
        }
        let in_need = part(most.0, 1.06).clamp(most.0, population);
        of_sector("ALL", in_need, most.1, (1.2 + 3.6 * harm).clamp(1.0, 5.0))?;
    }
    csv.flush()?;
    Ok(rows)
}

fn write_need(
    csv: &mut csv::Writer<impl Write>,
    [adm1, adm2, adm3, adm4]: [&str; 4],
    sector: &str,
    group: &str,
    figures: Figures,
    severity: f64,
) -> Result<(), Error> {
    let [population, affected, in_need, targeted] = figures.map(|people| people.to_string());
    let severity = ((severity + 0.5) as u8).to_string();
    csv.write_record([
        adm1,
        adm2,
        adm3,
        adm4,
        sector,
        group,
        "all",
        "all",
        "all",
        &population,
        &affected,
        &in_need,
        &targeted,
        &severity,
        "2026-01-01",
        "2026-12-31",
    ])?;
    Ok(())
}

fn part(people: u64, share: f64) -> u64 {
    (people as f64 * share) as u64
}

const AGES: [&str; 3] = ["0-17", "18-59", "60+"];

/// Writes the population of every level: totals, sexes, ages and their crossings down to the level
/// of the needs, totals and sexes below. Answers how many rows.
pub fn write_population(land: &Land, plan: &Plan, out: impl Write) -> Result<u64, Error> {
    let mut csv = columns::start(out, Kind::Population)?;
    let mut rows = 0;
    // Parts are made at the finest level and added upward, so that they agree everywhere.
    let mut parts: Vec<[[u64; 3]; 2]> = land.people[land.finest()]
        .iter()
        .enumerate()
        .map(|(area, people)| {
            let chance = |what| fraction(mix2(land.mesh.seed ^ 0xa6e, area as u64, what));
            let female = part(*people, 0.495 + 0.03 * chance(1));
            let (young, old) = (0.44 + 0.08 * chance(2), 0.04 + 0.04 * chance(3));
            [female, people - female].map(|of_sex| {
                let (young, old) = (part(of_sex, young), part(of_sex, old));
                [young, of_sex - young - old, old]
            })
        })
        .collect();
    let mut by_level = Vec::new();
    for level in (0..=land.finest()).rev() {
        let above = (level > 0).then(|| {
            let add = |(from, to): &(u32, u32)| {
                let mut sum = [[0; 3]; 2];
                for of_child in &parts[*from as usize..*to as usize] {
                    for (sum, people) in sum.iter_mut().flatten().zip(of_child.iter().flatten()) {
                        *sum += people;
                    }
                }
                sum
            };
            land.children[level - 1].iter().map(add).collect()
        });
        by_level.push(std::mem::replace(&mut parts, above.unwrap_or_default()));
    }
    by_level.reverse();
    for (level, of_level) in by_level.iter().enumerate() {
        for (area, [female, male]) in of_level.iter().enumerate() {
            let [adm1, adm2, adm3, adm4] = pcodes(land, level, area);
            let mut row = |sex: &str, age: &str, people: u64| {
                rows += 1;
                let people = people.to_string();
                csv.write_record([adm1, adm2, adm3, adm4, "all", sex, age, "all", &people])
            };
            let sexes = [("female", female), ("male", male)];
            row("all", "all", female.iter().chain(male).sum())?;
            for (sex, ages) in sexes {
                row(sex, "all", ages.iter().sum())?;
            }
            if level > plan.level {
                continue;
            }
            for (at, age) in AGES.iter().enumerate() {
                row("all", age, female[at] + male[at])?;
                for (sex, ages) in sexes {
                    row(sex, age, ages[at])?;
                }
            }
        }
    }
    csv.flush()?;
    Ok(rows)
}
