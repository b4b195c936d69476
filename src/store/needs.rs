//! Needs and population figures: what people need, and how many there are.

use sqlx::AssertSqlSafe;

use super::batch::{self, Texts, Values};
use super::engine::on;
use super::{Change, Stamp, StoreError, Tx, Versions, Written};
use crate::domain::{Day, Need, Period, Population, Sector, Text};

/// The year of a population figure whose file states none.
const NO_YEAR: i16 = 0;

pub async fn read_needs(
    tx: &mut Tx,
    operation: &Text,
    versions: Versions,
) -> Result<Vec<Need>, StoreError> {
    let sql = format!(
        "select submission, row, area, sector, population_group, sex, age, disability,
           cycle_start, cycle_end, population, affected, in_need, targeted, severity
         from needs
         where operation = $1 and {versions}
         order by area, sector, population_group, sex, age, disability, cycle_start, cycle_end"
    );
    let mut texts = Texts::default();
    batch::rows(tx, operation, AssertSqlSafe(sql), |row| {
        Ok(Need {
            source: batch::source(row, 0)?,
            area: texts.opt(row, 2)?.filter(|area| !area.is_empty()),
            sector: batch::code("needs", batch::text(row, 3)?, Sector::from_code)?,
            group: batch::group("needs", row, 4)?,
            cycle: Period::new(
                Some(Day(batch::integer(row, 8)?)).filter(|day| day.0 != i32::MIN),
                Some(Day(batch::integer(row, 9)?)).filter(|day| day.0 != i32::MAX),
            ),
            population: row.real(10)?,
            affected: row.real(11)?,
            in_need: row.real(12)?,
            targeted: row.real(13)?,
            severity: row.real(14)?,
        })
    })
    .await
}

pub async fn write_needs(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    change: &Change<Need, Need>,
    written: Written<'_>,
) -> Result<(), StoreError> {
    for need in &change.ended {
        let (start, end) = need.cycle.bounds();
        on!(tx, |tx| {
            sqlx::query(
                "update needs
             set to_revision = $1
             where operation = $2 and area = $3 and sector = $4 and population_group = $5
               and sex = $6 and age = $7 and disability = $8 and cycle_start = $9
               and cycle_end = $10 and to_revision is null",
            )
            .bind(stamp.revision as i64)
            .bind(stamp.operation.clone())
            .bind(need.area.clone().unwrap_or_default())
            .bind(need.sector.code())
            .bind(need.group.population.code())
            .bind(need.group.sex.code())
            .bind(need.group.age.to_string())
            .bind(need.group.disability.code())
            .bind(i64::from(start))
            .bind(i64::from(end))
            .execute(&mut **tx)
            .await?;
        });
    }
    on!(tx, |tx| {
        bulk::insert(tx, stamp, "needs", NEEDS, &change.added, written, need_values).await
    })
}

const NEEDS: &[&str] = &[
    "submission",
    "row",
    "area",
    "sector",
    "population_group",
    "sex",
    "age",
    "disability",
    "cycle_start",
    "cycle_end",
    "population",
    "affected",
    "in_need",
    "targeted",
    "severity",
];

fn need_values(values: &mut impl Values, need: &Need) {
    let (start, end) = need.cycle.bounds();
    values.source(need.source);
    values.text(&need.area.clone().unwrap_or_default());
    values.code(need.sector.code());
    values.group(&need.group);
    values.integer(i64::from(start));
    values.integer(i64::from(end));
    values.real(need.population);
    values.real(need.affected);
    values.real(need.in_need);
    values.real(need.targeted);
    values.real(need.severity);
}

pub async fn read_populations(
    tx: &mut Tx,
    operation: &Text,
    versions: Versions,
) -> Result<Vec<Population>, StoreError> {
    let sql = format!(
        "select submission, row, area, population_group, sex, age, disability, year, people
         from populations
         where operation = $1 and {versions}
         order by area, population_group, sex, age, disability, year"
    );
    let mut texts = Texts::default();
    batch::rows(tx, operation, AssertSqlSafe(sql), |row| {
        let year: i16 = batch::integer(row, 7)?;
        Ok(Population {
            source: batch::source(row, 0)?,
            area: texts.opt(row, 2)?.filter(|area| !area.is_empty()),
            group: batch::group("populations", row, 3)?,
            year: (year != NO_YEAR).then_some(year),
            people: batch::real(row, 8)?,
        })
    })
    .await
}

pub async fn write_populations(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    change: &Change<Population, Population>,
    written: Written<'_>,
) -> Result<(), StoreError> {
    for population in &change.ended {
        on!(tx, |tx| {
            sqlx::query(
                "update populations
             set to_revision = $1
             where operation = $2 and area = $3 and population_group = $4 and sex = $5
               and age = $6 and disability = $7 and year = $8 and to_revision is null",
            )
            .bind(stamp.revision as i64)
            .bind(stamp.operation.clone())
            .bind(population.area.clone().unwrap_or_default())
            .bind(population.group.population.code())
            .bind(population.group.sex.code())
            .bind(population.group.age.to_string())
            .bind(population.group.disability.code())
            .bind(i64::from(population.year.unwrap_or(NO_YEAR)))
            .execute(&mut **tx)
            .await?;
        });
    }
    on!(tx, |tx| {
        bulk::insert(
            tx,
            stamp,
            "populations",
            POPULATIONS,
            &change.added,
            written,
            population_values,
        )
        .await
    })
}

const POPULATIONS: &[&str] = &[
    "submission",
    "row",
    "area",
    "population_group",
    "sex",
    "age",
    "disability",
    "year",
    "people",
];

fn population_values(values: &mut impl Values, population: &Population) {
    values.source(population.source);
    values.text(&population.area.clone().unwrap_or_default());
    values.group(&population.group);
    values.integer(i64::from(population.year.unwrap_or(NO_YEAR)));
    values.real(population.people);
}
