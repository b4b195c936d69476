//! Tiny operations from short texts.

use crate::analysis::{Basis, GapFigure, GapQuery, Lines, gaps, lines};
use crate::domain::{
    Activity, Age, Area, AreaIx, Disability, Group, Need, Operation, Period, Population,
    PopulationGroup, Rows, Sector, Sex, Snapshot, Source, Status, Text,
};

/// An operation in the making.
#[derive(Clone)]
pub struct Made {
    pub rows: Rows,
    /// What it was made from.
    said: Vec<String>,
}

impl std::fmt::Debug for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let household_size = self.rows.operation.household_size;
        write!(f, "household size {household_size:?}\n{}", self.said.join("\n"))
    }
}

/// An operation with areas from paths such as `P` and `P/D1`; the level is the depth.
pub fn operation(paths: &[&str]) -> Made {
    let operation = Operation::new("op", "op");
    let mut rows = Rows::empty(operation);
    for path in paths {
        let (parent, pcode) = match path.rsplit_once('/') {
            Some((above, pcode)) => (above.rsplit('/').next(), pcode),
            None => (None, *path),
        };
        rows.areas.push(Area {
            pcode: pcode.into(),
            name: pcode.into(),
            level: path.split('/').count() as u8,
            parent: parent.map(Text::from),
            ..Area::default()
        });
    }
    Made { rows, said: vec![] }
}

/// One district, as in most of the examples by hand.
pub fn district() -> Made {
    operation(&["P", "P/D1"])
}

/// A province with two districts.
pub fn two_districts() -> Made {
    operation(&["P", "P/D1", "P/D2"])
}

impl Made {
    /// `partner sector type area reached`, `-` for none, then any of `start= end= status= loc=
    /// group= sex= age= disability= households= point=lat,lon`.
    pub fn row(mut self, text: &str) -> Made {
        self.said.push(format!("row {text}"));
        let mut words = text.split_whitespace();
        let mut word = || words.next().filter(|word| *word != "-");
        let mut row = Activity {
            id: self.rows.activities.len() as u64 + 1,
            partner: word().unwrap().into(),
            sector: word().map(sector),
            activity_type: word().map(Text::from),
            area: word().map(Text::from),
            reached: word().map(|people| people.parse().unwrap()),
            ..Activity::default()
        };
        for word in words {
            let (key, value) = word.split_once('=').unwrap();
            match key {
                "start" => row.start = Some(value.parse().unwrap()),
                "end" => row.end = Some(value.parse().unwrap()),
                "status" => row.status = Some(Status::from_code(value).unwrap()),
                "loc" => row.location = Some(value.into()),
                "households" => row.households_reached = Some(value.parse().unwrap()),
                "point" => {
                    let (lat, lon) = value.split_once(',').unwrap();
                    let (lon, lat) = (lon.parse().unwrap(), lat.parse().unwrap());
                    row.point = Some(geo::Point::new(lon, lat));
                }
                _ => set_group(&mut row.group, key, value),
            }
        }
        self.rows.activities.push(row);
        self
    }

    /// `area sector`, then any of `pin= target= people= affected= severity= year= cycle=a/b
    /// group= sex= age= disability=`; the year is 2026 where none is said.
    pub fn need(mut self, text: &str) -> Made {
        self.said.push(format!("need {text}"));
        let mut words = text.split_whitespace();
        let area = words.next().filter(|word| *word != "-").map(Text::from);
        let mut need = Need {
            source: Source { submission: 1, row: self.rows.needs.len() as u32 + 1 },
            area,
            sector: sector(words.next().unwrap()),
            group: Group::ALL,
            cycle: Period::year(2026).unwrap(),
            ..Need::default()
        };
        for word in words {
            let (key, value) = word.split_once('=').unwrap();
            match key {
                "pin" => need.in_need = Some(value.parse().unwrap()),
                "population" => need.population = Some(value.parse().unwrap()),
                "target" => need.targeted = Some(value.parse().unwrap()),
                "people" => need.population = Some(value.parse().unwrap()),
                "affected" => need.affected = Some(value.parse().unwrap()),
                "severity" => need.severity = Some(value.parse().unwrap()),
                "year" => need.cycle = Period::year(value.parse().unwrap()).unwrap(),
                "cycle" => need.cycle = value.parse().unwrap(),
                _ => set_group(&mut need.group, key, value),
            }
        }
        self.rows.needs.push(need);
        self
    }

    /// People in the population table: `area people`, then `year= group= sex= age=`.
    pub fn population(mut self, text: &str) -> Made {
        self.said.push(format!("population {text}"));
        let mut words = text.split_whitespace();
        let mut row = Population {
            source: Source { submission: 1, row: self.rows.populations.len() as u32 + 1 },
            area: words.next().filter(|word| *word != "-").map(Text::from),
            people: words.next().unwrap().parse().unwrap(),
            group: Group::ALL,
            year: None,
        };
        for word in words {
            let (key, value) = word.split_once('=').unwrap();
            match key {
                "year" => row.year = Some(value.parse().unwrap()),
                _ => set_group(&mut row.group, key, value),
            }
        }
        self.rows.populations.push(row);
        self
    }

    pub fn household_size(mut self, people: f64) -> Made {
        self.rows.operation.household_size = Some(people);
        self
    }

    pub fn snapshot(&self) -> Snapshot {
        Snapshot::build(self.rows.clone())
    }

    /// The figure of one area, `op` for the operation; `asked` as in [`query`].
    pub fn figure(&self, area: &str, asked: &str) -> GapFigure {
        let snapshot = self.snapshot();
        let ix = snapshot.areas.by_pcode(area).unwrap_or(AreaIx::OPERATION);
        let level = snapshot.areas.get(ix).level;
        let answer = gaps(&snapshot, &GapQuery { level, ..query(asked) });
        answer.figures.into_iter().find(|figure| figure.area == ix).unwrap()
    }

    /// Standard, low and high of one area.
    pub fn reached(&self, area: &str, asked: &str) -> [Option<f64>; 3] {
        let figure = self.figure(area, asked);
        [figure.reached, figure.reached_low, figure.reached_high]
    }

    /// Gap, low and high of one area.
    pub fn gap(&self, area: &str, asked: &str) -> [Option<f64>; 3] {
        let figure = self.figure(area, asked);
        [figure.gap, figure.gap_low, figure.gap_high]
    }

    pub fn lines(&self, area: &str, asked: &str) -> Lines {
        let snapshot = self.snapshot();
        let ix = snapshot.areas.by_pcode(area).unwrap_or(AreaIx::OPERATION);
        lines(&snapshot, &query(asked), ix, 0..usize::MAX)
    }
}

/// `sector`, then any of `period=a/b group= sex= age= disability= basis=targeted`.
pub fn query(text: &str) -> GapQuery {
    let mut words = text.split_whitespace();
    let mut query = GapQuery {
        level: 0,
        sector: sector(words.next().unwrap()),
        period: Period::ALWAYS,
        group: Group::ALL,
        basis: Basis::InNeed,
    };
    for word in words {
        let (key, value) = word.split_once('=').unwrap();
        match key {
            "period" => query.period = value.parse().unwrap(),
            "basis" => query.basis = Basis::from_code(value).unwrap(),
            _ => set_group(&mut query.group, key, value),
        }
    }
    query
}

/// Three figures that are all known.
pub fn known(standard: f64, low: f64, high: f64) -> [Option<f64>; 3] {
    [Some(standard), Some(low), Some(high)]
}

fn sector(code: &str) -> Sector {
    Sector::from_code(code).unwrap()
}

fn set_group(group: &mut Group, key: &str, value: &str) {
    match key {
        "group" => group.population = PopulationGroup::from_code(value).unwrap(),
        "sex" => group.sex = Sex::from_code(value).unwrap(),
        "age" => group.age = Age::from_code(value).unwrap(),
        "disability" => group.disability = Disability::from_code(value).unwrap(),
        other => panic!("no word {other}"),
    }
}
