//! Needs and population figures: what people need, and how many there are.

use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use super::batch::{self, Columns, Plain, Table, Texts, Values};
use super::checksums::Sums;
use super::{Change, Stamp, StoreError, Tx, Versions, Written};
use crate::domain::{Day, Group, Need, Period, Population, Sector, Text};

pub const NEEDS: Table = Table {
    name: "needs",
    key: &[
        ("area", false),
        ("sector", false),
        ("population_group", false),
        ("sex", false),
        ("age", false),
        ("disability", false),
        ("cycle_start", true),
        ("cycle_end", true),
    ],
    columns: &[
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
    ],
};

pub const POPULATIONS: Table = Table {
    name: "populations",
    key: &[
        ("area", false),
        ("population_group", false),
        ("sex", false),
        ("age", false),
        ("disability", false),
        ("year", true),
    ],
    columns: &[
        "submission",
        "row",
        "area",
        "population_group",
        "sex",
        "age",
        "disability",
        "year",
        "people",
    ],
};

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
) -> Result<Sums, StoreError> {
    let keys: Vec<Value> = change.ended.iter().map(need_key).collect();
    let ended = batch::end_rows(tx, stamp, &NEEDS, &keys).await?;
    let added = batch::insert(tx, stamp, &NEEDS, &change.added, written, &Plain).await?;
    Ok(Sums { added, ended })
}

fn need_key(need: &Need) -> Value {
    let (start, end) = need.cycle.bounds();
    let Group { population, sex, age, disability } = need.group;
    json!([
        need.area.as_deref().unwrap_or_default(),
        need.sector.code(),
        population.code(),
        sex.code(),
        age.to_string(),
        disability.code(),
        start,
        end,
    ])
}

impl Columns<Need> for Plain {
    fn fill(&self, values: &mut impl Values, need: &Need) {
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
) -> Result<Sums, StoreError> {
    let keys: Vec<Value> = change.ended.iter().map(population_key).collect();
    let ended = batch::end_rows(tx, stamp, &POPULATIONS, &keys).await?;
    let added = batch::insert(tx, stamp, &POPULATIONS, &change.added, written, &Plain).await?;
    Ok(Sums { added, ended })
}

fn population_key(one: &Population) -> Value {
    let Group { population, sex, age, disability } = one.group;
    json!([
        one.area.as_deref().unwrap_or_default(),
        population.code(),
        sex.code(),
        age.to_string(),
        disability.code(),
        one.year.unwrap_or(NO_YEAR),
    ])
}

impl Columns<Population> for Plain {
    fn fill(&self, values: &mut impl Values, population: &Population) {
        values.source(population.source);
        values.text(&population.area.clone().unwrap_or_default());
        values.group(&population.group);
        values.integer(i64::from(population.year.unwrap_or(NO_YEAR)));
        values.real(population.people);
    }
}
