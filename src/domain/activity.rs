//! Reported work: one row of a 3W/4W/5W.

use super::{Day, Group, Numbered, Period, Placed, Point, Sector, Source, Text, fold_spelling};

/// One reported row: who does what, where, when, for whom.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Activity {
    /// Given by the store when the row is first kept, never reused; 0 before that.
    pub id: u64,
    pub source: Source,
    /// The partner's own code of the activity; it names the activity and may repeat.
    pub activity_id: Option<Text>,
    /// Id of the reporting partner.
    pub partner: Text,
    /// The id its file gave, where a decision made it another partner's.
    pub reported_as: Option<Text>,
    /// Id of the implementing partner.
    pub implementing_partner: Option<Text>,
    pub donor: Option<Text>,
    /// `None` where the file names none that is known; such rows are a sector of their own in `ALL`.
    pub sector: Option<Sector>,
    pub activity_type: Option<Text>,
    pub description: Option<Text>,
    /// P-code of the finest known area; `None` where the row is held at the operation.
    pub area: Option<Text>,
    /// What the row said of its area, and how that was understood.
    pub placed: Placed,
    /// The named location within the area, as written.
    pub location: Option<Text>,
    pub point: Option<Point>,
    pub start: Option<Day>,
    pub end: Option<Day>,
    pub status: Option<Status>,
    pub modality: Option<Text>,
    pub group: Group,
    /// People targeted.
    pub targeted: Option<f64>,
    /// People reached, as stated; never households (METHODS 7).
    pub reached: Option<f64>,
    pub households_targeted: Option<f64>,
    pub households_reached: Option<f64>,
    pub budget_usd: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Status {
    Planned,
    Ongoing,
    Completed,
    Suspended,
    Cancelled,
}

/// What a row's status lets it count as (METHODS 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counting {
    /// Ongoing, completed, suspended or blank: the row counts.
    Counts,
    /// Planned: presence to come, never reached.
    Planned,
    /// Cancelled: as if it were not there.
    Cancelled,
}

/// What tells one reported row from another between two imports (METHODS 2). Rows of one file may
/// share it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ActivityIdentity {
    activity_id: Option<Text>,
    partner: Text,
    sector: Option<Sector>,
    activity_type: Option<String>,
    area: Option<Text>,
    place: PlaceKey,
    group: Group,
    start: Option<Day>,
}

/// The place within an area: the named location, else the point to 0.001 degree (METHODS 3).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum PlaceKey {
    Unnamed,
    Location(String),
    Point(i32, i32),
}

impl Numbered for Activity {
    fn number(&self) -> u64 {
        self.id
    }
}

impl Activity {
    /// The row's identity for re-import.
    pub fn identity(&self) -> ActivityIdentity {
        let steps = |degrees: f64| (degrees * 1000.0).round() as i32;
        let location = self.location.as_deref().map(fold_spelling).unwrap_or_default();
        let place = match (location.is_empty(), self.point) {
            (false, _) => PlaceKey::Location(location),
            (true, Some(point)) => PlaceKey::Point(steps(point.x()), steps(point.y())),
            (true, None) => PlaceKey::Unnamed,
        };
        ActivityIdentity {
            activity_id: self.activity_id.clone(),
            partner: self.partner.clone(),
            sector: self.sector,
            activity_type: self.activity_type.as_deref().map(fold_spelling),
            area: self.area.clone(),
            place,
            group: self.group,
            start: self.start,
        }
    }

    /// The days the row is about.
    pub fn period(&self) -> Period {
        Period::new(self.start, self.end)
    }

    pub fn counting(&self) -> Counting {
        match self.status {
            Some(Status::Planned) => Counting::Planned,
            Some(Status::Cancelled) => Counting::Cancelled,
            _ => Counting::Counts,
        }
    }
}

impl Status {
    pub const TABLE: &'static [(Status, &'static str)] = &[
        (Status::Planned, "planned"),
        (Status::Ongoing, "ongoing"),
        (Status::Completed, "completed"),
        (Status::Suspended, "suspended"),
        (Status::Cancelled, "cancelled"),
    ];

    pub fn code(self) -> &'static str {
        Status::TABLE[self as usize].1
    }

    pub fn from_code(code: &str) -> Option<Status> {
        let found = Status::TABLE.iter().find(|(_, known)| known.eq_ignore_ascii_case(code));
        found.map(|(status, _)| *status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Activity {
        Activity {
            activity_id: Some("A-1".into()),
            partner: "who".into(),
            sector: Some(Sector::Wsh),
            activity_type: Some("Latrines".into()),
            area: Some("MZ01".into()),
            location: Some("Aldeia  São José".into()),
            point: Some(Point::new(34.12345, -19.5)),
            start: Some(Day(18_000)),
            ..Activity::default()
        }
    }

    #[test]
    fn a_corrected_row_keeps_its_identity_and_a_new_month_does_not() {
        let corrected = Activity {
            reached: Some(12.0),
            status: Some(Status::Completed),
            location: Some("aldeia sao jose ".into()),
            ..row()
        };
        assert_eq!(corrected.identity(), row().identity());
        let later = Activity { start: Some(Day(18_031)), ..row() };
        assert_ne!(later.identity(), row().identity());
    }

    #[test]
    fn the_point_is_the_place_only_without_a_named_location() {
        let moved = Activity { point: None, ..row() };
        assert_eq!(moved.identity(), row().identity());
        let unnamed = Activity { location: None, ..row() };
        let beside = Activity { point: Some(Point::new(34.1231, -19.5)), ..unnamed.clone() };
        let away = Activity { point: Some(Point::new(34.2, -19.5)), ..unnamed.clone() };
        assert_eq!(beside.identity(), unnamed.identity());
        assert_ne!(away.identity(), unnamed.identity());
    }
}
