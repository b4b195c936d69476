//! Needs and population figures: what people need, and how many there are.

use sqlx::{AssertSqlSafe, Row};

use super::batch::{self, Texts};
use super::{Change, Stamp, StoreError, Tx, Versions, Written};
use crate::domain::{Day, Need, Period, Population, Sector, Text};

/// The year of a population figure whose file states none.
const NO_YEAR: i32 = 0;

pub async fn read_needs(
    tx: &mut Tx,
    operation: &Text,
    versions: Versions,
) -> Result<Vec<Need>, StoreError> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "select submission, row, area, sector, population_group, sex, age, disability,
           cycle_start, cycle_end, population, affected, in_need, targeted, severity
         from needs
         where operation = $1 and {versions}
         order by area, sector, population_group, sex, age, disability, cycle_start, cycle_end"
    )))
    .bind(operation.clone())
    .fetch_all(&mut **tx)
    .await?;
    let mut texts = Texts::default();
    let read = |row| {
        Ok(Need {
            source: batch::source(row, 0)?,
            area: texts.opt(row, 2)?.filter(|area| !area.is_empty()),
            sector: batch::code("needs", Row::try_get(row, 3)?, Sector::from_code)?,
            group: batch::group("needs", row, 4)?,
            cycle: Period::new(
                Some(Day(Row::try_get(row, 8)?)).filter(|day| day.0 != i32::MIN),
                Some(Day(Row::try_get(row, 9)?)).filter(|day| day.0 != i32::MAX),
            ),
            population: Row::try_get(row, 10)?,
            affected: Row::try_get(row, 11)?,
            in_need: Row::try_get(row, 12)?,
            targeted: Row::try_get(row, 13)?,
            severity: Row::try_get(row, 14)?,
        })
    };
    rows.iter().map(read).collect()
}

pub async fn write_needs(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    change: &Change<Need, Need>,
    written: Written<'_>,
) -> Result<(), StoreError> {
    for need in &change.ended {
        let (start, end) = need.cycle.bounds();
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
        .bind(start)
        .bind(end)
        .execute(&mut **tx)
        .await?;
    }
    let columns = [
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
    batch::insert(tx, stamp, "needs", &columns, &change.added, written, |values, need| {
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
    })
    .await
}

pub async fn read_populations(
    tx: &mut Tx,
    operation: &Text,
    versions: Versions,
) -> Result<Vec<Population>, StoreError> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "select submission, row, area, population_group, sex, age, disability, year, people
         from populations
         where operation = $1 and {versions}
         order by area, population_group, sex, age, disability, year"
    )))
    .bind(operation.clone())
    .fetch_all(&mut **tx)
    .await?;
    let mut texts = Texts::default();
    let read = |row| {
        let year = Row::try_get::<i32, _>(row, 7)?;
        Ok(Population {
            source: batch::source(row, 0)?,
            area: texts.opt(row, 2)?.filter(|area| !area.is_empty()),
            group: batch::group("populations", row, 3)?,
            year: (year != NO_YEAR).then_some(year as i16),
            people: Row::try_get(row, 8)?,
        })
    };
    rows.iter().map(read).collect()
}

pub async fn write_populations(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    change: &Change<Population, Population>,
    written: Written<'_>,
) -> Result<(), StoreError> {
    for population in &change.ended {
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
        .bind(population.year.map_or(NO_YEAR, i32::from))
        .execute(&mut **tx)
        .await?;
    }
    let columns = [
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
    batch::insert(
        tx,
        stamp,
        "populations",
        &columns,
        &change.added,
        written,
        |values, population| {
            values.source(population.source);
            values.text(&population.area.clone().unwrap_or_default());
            values.group(&population.group);
            values.integer(i64::from(population.year.map_or(NO_YEAR, i32::from)));
            values.real(population.people);
        },
    )
    .await
}
