//! The rows of `activities.csv` as they are written, month by month, with exact copies in between.

use std::io::Write;

use csv::StringRecord;

use super::boundaries::push_degrees;
use super::columns;
use super::land::Land;
use super::mesh::Spot;
use super::partners::Partners;
use super::rng::Rng;
use super::{Error, pcodes};
use crate::intake::Kind;

/// One line (METHODS 4), before its months.
#[derive(Clone, Debug)]
pub struct Work {
    pub id: u32,
    pub partner: usize,
    pub implementing: Option<usize>,
    pub donor: Option<&'static str>,
    pub sector: &'static str,
    pub kind: &'static str,
    /// Positions of level and area.
    pub level: usize,
    pub area: usize,
    pub location: Option<String>,
    pub spot: Option<Spot>,
    pub modality: &'static str,
    pub group: &'static str,
}

/// The figures of one row in the line's best month; people.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    pub sex: &'static str,
    pub age: &'static str,
    pub disability: &'static str,
    pub targeted: Option<u64>,
    pub reached: Option<u64>,
    /// Households reached.
    pub households: Option<u64>,
}

impl Default for Figures {
    fn default() -> Figures {
        Figures {
            sex: "all",
            age: "all",
            disability: "all",
            targeted: None,
            reached: None,
            households: None,
        }
    }
}

impl Figures {
    /// A target and nothing reached.
    pub fn target(people: u64) -> Figures {
        Figures { targeted: Some(people), ..Figures::default() }
    }
}

pub struct Rows<'a, W: Write> {
    land: &'a Land,
    partners: &'a Partners,
    csv: csv::Writer<W>,
    /// Rows that are not copies, and copies: wanted and written.
    originals: u64,
    copies: u64,
    written: u64,
    copied: u64,
    /// The last rows, to copy from.
    recent: Vec<StringRecord>,
    /// Of its own, so that the same report drawn twice comes out the same.
    chance: Rng,
}

/// One in so many rows is an exact copy.
const COPY_EVERY: u64 = 100;
const RECENT: usize = 48;

impl<'a, W: Write> Rows<'a, W> {
    pub fn new(land: &'a Land, partners: &'a Partners, count: u64, out: W) -> Result<Self, Error> {
        let csv = columns::start(out, Kind::Activities)?;
        let copies = count / COPY_EVERY;
        let originals = count - copies;
        Ok(Rows {
            land,
            partners,
            csv,
            originals,
            copies,
            written: 0,
            copied: 0,
            recent: Vec::new(),
            chance: Rng::new(land.mesh.seed, "copies"),
        })
    }

    /// How many rows are to be reported, the copies not counted.
    pub fn originals(&self) -> u64 {
        self.originals
    }

    /// Writes `months` rows per part, in successive months. One month has the full figure, the
    /// others less. A blank status is drawn.
    pub fn report(
        &mut self,
        work: &Work,
        months: usize,
        status: &'static str,
        parts: &[Figures],
        rng: &mut Rng,
    ) -> Result<(), Error> {
        let first = if status == "planned" { rng.below(6) + 7 } else { rng.below(12) + 1 };
        let first = first.min(13 - months.min(12));
        let best = rng.below(months);
        let day = 1 + rng.below(9);
        for at in 0..months {
            let month = (first - 1 + at) % 12 + 1;
            let start = format!("2026-{month:02}-{day:02}");
            let scale = if at == best { 1.0 } else { rng.between(0.35, 0.9) };
            let last = at + 1 == months;
            let open = status.is_empty() && last && rng.chance(14.0);
            let end = format!("2026-{month:02}-{:02}", day + 4 + rng.below(15));
            let end = if open { "" } else { end.as_str() };
            let status = match (status, open, rng.unit()) {
                ("", true, _) => "ongoing",
                ("", _, ..0.04) => "",
                ("", _, ..0.08) => "suspended",
                ("", _, ..0.22) => "ongoing",
                ("", ..) => "completed",
                (given, ..) => given,
            };
            let budget = rng.chance(45.0).then(|| rng.between(4.0, 38.0));
            for part in parts {
                let record = self.record(work, [&start, end, status], part, scale, budget);
                self.write(record)?;
            }
        }
        Ok(())
    }

    fn record(
        &self,
        work: &Work,
        [start, end, status]: [&str; 3],
        part: &Figures,
        scale: f64,
        budget: Option<f64>,
    ) -> StringRecord {
        let (land, partner) = (self.land, &self.partners.list[work.partner]);
        let scaled = |people: Option<u64>| people.map(|people| (people as f64 * scale) as u64);
        let text =
            |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        let reached = scaled(part.reached);
        let households = scaled(part.households);
        let silent = part.households.is_some() && part.reached.is_none();
        let (mut latitude, mut longitude) = (String::new(), String::new());
        if let Some(spot) = work.spot {
            push_degrees(spot.1, &mut latitude);
            push_degrees(spot.0, &mut longitude);
        }
        let names = |number: usize| {
            if number > work.level {
                return "";
            }
            land.names[number][land.ancestor(work.level, work.area, number)].as_str()
        };
        let cost = |people: u64| budget.map(|each| (people as f64 * each) as u64 / 10 * 10);
        let people = part.targeted.or(reached).unwrap_or(100);
        let [adm1, adm2, adm3, adm4] = pcodes(land, work.level, work.area);
        let id = format!("{}-{:06}", work.sector, work.id);
        let implementing = work.implementing.map(|at| self.partners.list[at].name.as_str());
        let mut description = String::new();
        if work.id.is_multiple_of(3) {
            description = format!("{} ({})", work.kind, work.modality);
        }
        StringRecord::from(vec![
            id.as_str(),
            &partner.name,
            &partner.acronym,
            partner.kind,
            implementing.unwrap_or(""),
            work.donor.unwrap_or(""),
            work.sector,
            work.kind,
            &description,
            adm1,
            adm2,
            adm3,
            adm4,
            names(0),
            names(1),
            names(2),
            names(3),
            work.location.as_deref().unwrap_or(""),
            &latitude,
            &longitude,
            start,
            end,
            status,
            work.modality,
            work.group,
            part.sex,
            part.age,
            part.disability,
            if silent { "households" } else { "individuals" },
            &text(part.targeted),
            &text(reached),
            &text(households.map(|count| count + count / 4)),
            &text(households),
            &text(cost(people)),
        ])
    }

    /// Writes a row, and now and then one of the last rows again.
    fn write(&mut self, record: StringRecord) -> Result<(), Error> {
        self.csv.write_record(&record)?;
        self.written += 1;
        if self.recent.len() < RECENT {
            self.recent.push(record);
        } else {
            let at = self.written as usize % RECENT;
            self.recent[at] = record;
        }
        while self.copied < self.written * self.copies / self.originals.max(1) {
            self.csv.write_record(&self.recent[self.chance.below(self.recent.len())])?;
            self.copied += 1;
        }
        Ok(())
    }

    pub fn finish(mut self) -> Result<(), Error> {
        self.csv.flush()?;
        Ok(())
    }
}
