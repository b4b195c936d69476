//! Many rows into SQLite and out of it: what is too slow statement by statement and row by row.

use std::borrow::Cow;
use std::sync::Arc;

use geo::Point;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe, Encode, Row, Sqlite, Transaction, Type};

use super::batch::{self, Columns, Table, Texts};
use super::places::{self, Words};
pub use super::sqlite_append::append;
use super::{Stamp, StoreError, Versions, Written, activities};
use crate::domain::{
    Activity, Age, Day, Disability, Group, PopulationGroup, Sector, Sex, Source, Status, Text,
};

const TABLE: &str = activities::TABLE.name;

type Tx = Transaction<'static, Sqlite>;

/// Bound values of one statement; SQLite refuses above 32,766 and gains nothing above some hundred
/// rows.
const BINDS: usize = 8_000;

/// The values of the rows of one statement, a call for each column.
#[derive(Default)]
pub struct Values {
    arguments: SqliteArguments,
    refused: Option<sqlx::error::BoxDynError>,
}

impl batch::Values for Values {
    fn integer(&mut self, value: impl Into<Option<i64>>) {
        self.push(value.into());
    }

    fn real(&mut self, value: impl Into<Option<f64>>) {
        self.push(value.into());
    }

    fn text<'t>(&mut self, value: impl Into<Option<&'t Text>>) {
        self.push(value.into().map(|text| text.to_string()));
    }

    fn bytes(&mut self, value: Option<Vec<u8>>) {
        self.push(value);
    }

    fn code(&mut self, code: impl Into<Option<&'static str>>) {
        self.push(code.into());
    }
}

impl Values {
    fn push<'q, T: Encode<'q, Sqlite> + Type<Sqlite> + 'q>(&mut self, value: T) {
        if let Err(error) = self.arguments.add(value) {
            self.refused = Some(error);
        }
    }

    fn take(&mut self) -> Result<SqliteArguments, sqlx::Error> {
        match self.refused.take() {
            Some(error) => Err(sqlx::Error::Encode(error)),
            None => Ok(std::mem::take(&mut self.arguments)),
        }
    }
}

/// Writes rows of a table of versioned rows, in as few statements as is sensible. The operation
/// and the revision the rows are from come first and are the same for all.
pub async fn insert<T>(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    table: &Table,
    rows: &[T],
    written: Written<'_>,
    values: &impl Columns<T>,
) -> Result<(), StoreError> {
    let Table { name, columns, .. } = table;
    let full = (BINDS / columns.len()).min(rows.len()).max(1);
    let statement = |count: usize| {
        let row = format!("({})", vec!["?"; columns.len()].join(", "));
        let (columns, rows) = (columns.join(", "), vec![row; count].join(", "));
        let sql = format!(
            "insert into {name} (operation, from_revision, {columns})
             select ?, ?, added.* from (values {rows}) added"
        );
        sqlx::SqlSafeStr::into_sql_str(AssertSqlSafe(sql))
    };
    let whole = statement(full);
    let mut to = Values::default();
    let mut chunks = rows.chunks(full);
    let mut next = |to: &mut Values| {
        let chunk = chunks.next()?;
        batch::Values::text(to, stamp.operation);
        batch::Values::integer(to, stamp.revision as i64);
        chunk.iter().for_each(|row| values.fill(to, row));
        Some(to.take().map(|arguments| (chunk.len(), arguments)))
    };
    let mut ready = next(&mut to);
    while let Some(chunk) = ready {
        let (count, arguments) = chunk?;
        let sql = if count == full { whole.clone() } else { statement(count) };
        let execute = sqlx::query_with(sql, arguments).execute(&mut **tx);
        // The database works on one statement while the values of the next are put together.
        let (done, prepared) = tokio::join!(execute, async { next(&mut to) });
        done?;
        written(count);
        ready = prepared;
    }
    Ok(())
}

/// A column as a JSON value that reads back to the last bit: SQLite writes numbers in JSON with 15
/// digits, so what needs more goes as text.
macro_rules! exact {
    ($column:literal) => {
        concat!(
            "case when ",
            $column,
            " is null or (",
            $column,
            " = round(",
            $column,
            ", 6) and abs(",
            $column,
            ") < 1e8) then ",
            $column,
            " else format('%!.17g', ",
            $column,
            ") end"
        )
    };
}

/// Rows of one chunk of numbers; large enough that the cost per statement does not show.
const CHUNK: i64 = 20_000;

/// A row as one JSON array, in the order of [`Stored`].
const SELECT: &str = concat!(
    "select json_group_array(json_array(activity, submission, row, activity_id, partner,
       implementing_partner, donor, sector, activity_type, description, area, location, ",
    exact!("longitude"),
    ", ",
    exact!("latitude"),
    ", start_day, end_day, status, modality, population_group, sex, age, disability, ",
    exact!("targeted"),
    ", ",
    exact!("reached"),
    ", ",
    exact!("households_targeted"),
    ", ",
    exact!("households_reached"),
    ", ",
    exact!("budget_usd"),
    ", reported_as, said, place_method, place_confidence))
     from activities
     where operation = $1 and activity >= $2 and activity < $3"
);

/// Rows by number. The database writes each chunk of rows as one JSON text while the chunk before
/// is being read, which takes a tenth of the time of fetching row by row.
pub async fn read_activities(
    tx: &mut Tx,
    operation: &Text,
    versions: Versions,
    words: &Arc<Words>,
) -> Result<Vec<Activity>, StoreError> {
    let words = words.clone();
    let sql = format!("{SELECT} and {versions}");
    let end: Option<i64> = sqlx::query("select max(activity) from activities where operation = $1")
        .bind(operation.to_string())
        .fetch_one(&mut **tx)
        .await?
        .try_get(0)?;
    let (chunks, mut received) = tokio::sync::mpsc::channel::<String>(2);
    let reading = tokio::task::spawn_blocking(move || {
        let (mut texts, mut activities) = (Texts::default(), Vec::new());
        while let Some(chunk) = received.blocking_recv() {
            let rows: Vec<Stored> = serde_json::from_str(&chunk)
                .map_err(|error| StoreError::Corrupt { table: TABLE, value: error.to_string() })?;
            for row in rows {
                activities.push(row.into_activity(&mut texts, &words)?);
            }
        }
        Ok(activities)
    });
    for first in (1..=end.unwrap_or(0)).step_by(CHUNK as usize) {
        let chunk = sqlx::query(AssertSqlSafe(sql.as_str()))
            .bind(operation.to_string())
            .bind(first)
            .bind(first + CHUNK)
            .fetch_one(&mut **tx)
            .await?;
        if chunks.send(chunk.try_get(0)?).await.is_err() {
            break;
        }
    }
    drop(chunks);
    let ended = |_| StoreError::Corrupt { table: TABLE, value: "reading stopped".into() };
    reading.await.map_err(ended)?
}

/// A row as the database writes it, in the order of the query above.
#[derive(serde::Deserialize)]
struct Stored<'a> {
    activity: u64,
    submission: u32,
    row: u32,
    #[serde(borrow)]
    activity_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    partner: Cow<'a, str>,
    #[serde(borrow)]
    implementing_partner: Option<Cow<'a, str>>,
    #[serde(borrow)]
    donor: Option<Cow<'a, str>>,
    sector: Option<&'a str>,
    #[serde(borrow)]
    activity_type: Option<Cow<'a, str>>,
    #[serde(borrow)]
    description: Option<Cow<'a, str>>,
    #[serde(borrow)]
    area: Option<Cow<'a, str>>,
    #[serde(borrow)]
    location: Option<Cow<'a, str>>,
    longitude: Option<Figure>,
    latitude: Option<Figure>,
    start_day: Option<i32>,
    end_day: Option<i32>,
    status: Option<&'a str>,
    #[serde(borrow)]
    modality: Option<Cow<'a, str>>,
    population_group: &'a str,
    sex: &'a str,
    age: &'a str,
    disability: &'a str,
    targeted: Option<Figure>,
    reached: Option<Figure>,
    households_targeted: Option<Figure>,
    households_reached: Option<Figure>,
    budget_usd: Option<Figure>,
    #[serde(borrow)]
    reported_as: Option<Cow<'a, str>>,
    said: Option<i64>,
    place_method: Option<&'a str>,
    place_confidence: Option<u8>,
}

/// A figure that came as a JSON number, or as text where a number would lose digits.
struct Figure(f64);

impl<'de> serde::Deserialize<'de> for Figure {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Figure, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Figure;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("a number, or a number as text")
            }
            fn visit_f64<E>(self, figure: f64) -> Result<Figure, E> {
                Ok(Figure(figure))
            }
            fn visit_u64<E>(self, figure: u64) -> Result<Figure, E> {
                Ok(Figure(figure as f64))
            }
            fn visit_i64<E>(self, figure: i64) -> Result<Figure, E> {
                Ok(Figure(figure as f64))
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Figure, E> {
                text.parse().map(Figure).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl Stored<'_> {
    fn into_activity(self, texts: &mut Texts, words: &Words) -> Result<Activity, StoreError> {
        let mut share = |text: Option<Cow<'_, str>>| text.map(|text| texts.share(&text));
        let position = self.longitude.zip(self.latitude);
        Ok(Activity {
            id: self.activity,
            source: Source { submission: self.submission, row: self.row },
            activity_id: share(self.activity_id),
            implementing_partner: share(self.implementing_partner),
            donor: share(self.donor),
            sector: self
                .sector
                .map(|code| batch::code(TABLE, code, Sector::from_code))
                .transpose()?,
            activity_type: share(self.activity_type),
            description: share(self.description),
            area: share(self.area),
            reported_as: share(self.reported_as),
            placed: places::placed(
                TABLE,
                words,
                self.said,
                self.place_method,
                self.place_confidence,
            )?,
            location: share(self.location),
            modality: share(self.modality),
            partner: texts.share(&self.partner),
            point: position.map(|(longitude, latitude)| Point::new(longitude.0, latitude.0)),
            start: self.start_day.map(Day),
            end: self.end_day.map(Day),
            status: self
                .status
                .map(|code| batch::code(TABLE, code, Status::from_code))
                .transpose()?,
            group: Group {
                population: batch::code(TABLE, self.population_group, PopulationGroup::from_code)?,
                sex: batch::code(TABLE, self.sex, Sex::from_code)?,
                age: batch::code(TABLE, self.age, Age::from_code)?,
                disability: batch::code(TABLE, self.disability, Disability::from_code)?,
            },
            targeted: self.targeted.map(|figure| figure.0),
            reached: self.reached.map(|figure| figure.0),
            households_targeted: self.households_targeted.map(|figure| figure.0),
            households_reached: self.households_reached.map(|figure| figure.0),
            budget_usd: self.budget_usd.map(|figure| figure.0),
        })
    }
}
