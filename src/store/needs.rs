//! Needs and population figures: what people need, and how many there are.

use serde_json::{Value, json};

use super::StoreError;
use super::batch::{self, Columns, Key, Plain, Table, Texts, Values, Versioned};
use super::engine::Record;
use super::places::Words;
use crate::domain::{Day, Group, Need, Period, Population, Sector};

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

impl Versioned for Need {
    const TABLE: &'static Table = &NEEDS;

    fn reader(_words: &Words) -> impl FnMut(&dyn Record) -> Result<Need, StoreError> {
        let mut texts = Texts::default();
        move |row: &dyn Record| {
            Ok(Need {
                source: batch::source(row, 0)?,
                area: texts.opt(row, 2)?.filter(|area| !area.is_empty()),
                sector: batch::code(NEEDS.name, batch::text(row, 3)?, Sector::from_code)?,
                group: batch::group(NEEDS.name, row, 4)?,
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
        }
    }
}

impl Key for Need {
    fn values(&self) -> Value {
        let (start, end) = self.cycle.bounds();
        let Group { population, sex, age, disability } = self.group;
        json!([
            self.area.as_deref().unwrap_or_default(),
            self.sector.code(),
            population.code(),
            sex.code(),
            age.to_string(),
            disability.code(),
            start,
            end,
        ])
    }
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

impl Versioned for Population {
    const TABLE: &'static Table = &POPULATIONS;

    fn reader(_words: &Words) -> impl FnMut(&dyn Record) -> Result<Population, StoreError> {
        let mut texts = Texts::default();
        move |row: &dyn Record| {
            let year: i16 = batch::integer(row, 7)?;
            Ok(Population {
                source: batch::source(row, 0)?,
                area: texts.opt(row, 2)?.filter(|area| !area.is_empty()),
                group: batch::group(POPULATIONS.name, row, 3)?,
                year: (year != NO_YEAR).then_some(year),
                people: batch::real(row, 8)?,
            })
        }
    }
}

impl Key for Population {
    fn values(&self) -> Value {
        let Group { population, sex, age, disability } = self.group;
        json!([
            self.area.as_deref().unwrap_or_default(),
            population.code(),
            sex.code(),
            age.to_string(),
            disability.code(),
            self.year.unwrap_or(NO_YEAR),
        ])
    }
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
