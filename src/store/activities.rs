//! Reported rows.

use std::borrow::Cow;
use std::sync::Arc;

use geo::Point;
use sqlx::{AssertSqlSafe, Row};

use super::batch::{self, Texts};
use super::places::{self, Words};
use super::{Change, Stamp, StoreError, Tx, Versions, Written};
use crate::domain::{
    Activity, Age, Day, Disability, Group, PopulationGroup, Sector, Sex, Source, Status, Text,
};

const TABLE: &str = "activities";

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
pub async fn read(
    tx: &mut Tx,
    operation: &Text,
    versions: Versions,
    words: &Arc<Words>,
) -> Result<Vec<Activity>, StoreError> {
    let words = words.clone();
    let sql = format!("{SELECT} and {versions}");
    let end = next_number(tx, operation).await? as i64;
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
    for first in (1..end).step_by(CHUNK as usize) {
        let chunk = sqlx::query(AssertSqlSafe(sql.as_str()))
            .bind(operation.clone())
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

pub async fn write(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    change: &Change<Activity, u64>,
    written: Written<'_>,
) -> Result<(), StoreError> {
    batch::end(tx, stamp, TABLE, "activity", &change.ended).await?;
    let columns = [
        "activity",
        "submission",
        "row",
        "activity_id",
        "partner",
        "implementing_partner",
        "donor",
        "sector",
        "activity_type",
        "description",
        "area",
        "location",
        "longitude",
        "latitude",
        "start_day",
        "end_day",
        "status",
        "modality",
        "population_group",
        "sex",
        "age",
        "disability",
        "targeted",
        "reached",
        "households_targeted",
        "households_reached",
        "budget_usd",
        "reported_as",
        "said",
        "place_method",
        "place_confidence",
    ];
    let keys = places::write(tx, stamp, change.added.iter().map(|row| &row.placed)).await?;
    batch::insert(tx, stamp, TABLE, &columns, &change.added, written, |values, activity| {
        values.push(activity.id as i64);
        values.push(activity.source.submission);
        values.push(activity.source.row);
        values.push(activity.activity_id.clone());
        values.push(activity.partner.clone());
        values.push(activity.implementing_partner.clone());
        values.push(activity.donor.clone());
        values.code(activity.sector.map(Sector::code));
        values.push(activity.activity_type.clone());
        values.push(activity.description.clone());
        values.push(activity.area.clone());
        values.push(activity.location.clone());
        values.push(activity.point.map(|point| point.x()));
        values.push(activity.point.map(|point| point.y()));
        values.push(activity.start.map(|day| day.0));
        values.push(activity.end.map(|day| day.0));
        values.code(activity.status.map(Status::code));
        values.push(activity.modality.clone());
        values.group(&activity.group);
        values.push(activity.targeted);
        values.push(activity.reached);
        values.push(activity.households_targeted);
        values.push(activity.households_reached);
        values.push(activity.budget_usd);
        values.push(activity.reported_as.clone());
        values.push(keys.of(&activity.placed));
        values.code(Some(activity.placed.method.code()));
        values.push(activity.placed.confidence);
    })
    .await
}

/// The first number no activity of the operation ever had.
pub async fn next_number(tx: &mut Tx, operation: &str) -> Result<u64, StoreError> {
    let row = sqlx::query("select max(activity) from activities where operation = $1")
        .bind(operation.to_owned())
        .fetch_one(&mut **tx)
        .await?;
    Ok(row.try_get::<Option<i64>, _>(0)?.map_or(1, |last| last as u64 + 1))
}
