//! The place of a row: what its cells say of it, and what there is to tell about that.

use super::{Row, problems};
use crate::domain::{AreaIx, Point};
use crate::formats::sheet::Cell;
use crate::intake::fields::Field;
use crate::intake::places::{Candidate, Place, Policy, Remark, Said, codes};
use crate::intake::report::Problem;
use crate::intake::values::{self, Decimal};
use crate::intake::vocabulary::{List, folded, list};

/// Candidates that the remark about a name lists.
const LISTED: usize = 3;

impl Row<'_, '_> {
    /// The place of the row (METHODS 3). `None` where the policy rejects it, which is then done.
    pub fn place(&mut self, policy: Policy) -> Option<Place> {
        let mut said = Said::default();
        for level in 1..=4u8 {
            let at = usize::from(level) - 1;
            said.codes[at] = Field::area_code(level).and_then(|field| self.kept(field));
            said.names[at] = Field::area_name(level).and_then(|field| self.kept(field));
            self.parts_codes(level, &mut said);
        }
        let is_whole = self.takes_off_the_whole(&mut said);
        said.point = self.point();
        self.takes_off_several(&mut said);
        if let Some(country) = self.other_country(&said) {
            return self.elsewhere(&country, said.point, policy);
        }
        let mut remarks = std::mem::take(&mut self.reading.remarks);
        let place = self.reading.gazetteer.place(&said, &mut remarks);
        let mut rejected = false;
        // Where there are no boundaries at all it is said once for the file.
        let is_placed = place.area != AreaIx::OPERATION || said.point.is_some();
        let is_said = |remark: &Remark| matches!(remark, Remark::NoBoundaries { .. });
        let is_told = self.reading.gazetteer.tree().deepest() == 0 && remarks.iter().all(is_said);
        for remark in remarks.drain(..) {
            rejected |= self.tell(&said, &place, remark, policy);
        }
        self.reading.remarks = remarks;
        if rejected {
            return None;
        }
        if !is_placed && !is_told && !is_whole && policy == Policy::Coarser {
            self.note("", "", problems::NO_PLACE);
        }
        let level = self.reading.gazetteer.tree().get(place.area).level;
        self.reading.verdict.level = Some(level);
        Some(place)
    }

    /// Whether a cell says that the row is about the whole country, as `National` and the code of a
    /// country among those of its areas do; these cells name no area.
    fn takes_off_the_whole(&self, said: &mut Said<'_>) -> bool {
        let mut is_whole = false;
        for name in &mut said.names {
            if name.as_deref().is_some_and(is_national) {
                *name = None;
                is_whole = true;
            }
        }
        for code in &mut said.codes {
            let tree = self.reading.gazetteer.tree();
            if code.as_deref().is_some_and(|code| codes::is_country_of(tree, code)) {
                *code = None;
                is_whole = true;
            }
        }
        is_whole
    }

    /// Writes one remark about the place into the report; whether it rejects the row.
    fn tell(&mut self, said: &Said<'_>, place: &Place, remark: Remark, policy: Policy) -> bool {
        let code = |level: u8| said.codes[usize::from(level) - 1].as_deref().unwrap_or_default();
        let name = |level: u8| said.names[usize::from(level) - 1].as_deref().unwrap_or_default();
        let code_field = |level: u8| Field::area_code(level).unwrap_or(Field::Adm1Code);
        let name_field = |level: u8| Field::area_name(level).unwrap_or(Field::Adm1Name);
        let held = match &place.pcode {
            Some(pcode) => format!("Held at {pcode}."),
            None => "Held at the operation.".to_owned(),
        };
        let tree = self.reading.gazetteer.tree();
        let named = |ix: AreaIx| format!("{} ({})", tree.get(ix).name, tree.get(ix).pcode);
        let rejects = policy == Policy::Reject;
        let (field, value, detail, problem): (Field, &str, String, Problem) = match remark {
            Remark::Repaired { level, to } => {
                let detail = format!("Read as {to}.");
                self.warn(code_field(level), code(level), &detail, problems::REPAIRED_CODE);
                return false;
            }
            Remark::NearName { level, to, confidence } => {
                let detail = format!("Read as {}, likeness {confidence:.2}.", named(to));
                self.warn(name_field(level), name(level), &detail, problems::NEAR_NAME);
                return false;
            }
            Remark::NameDisagrees { level, named: other } => {
                let own = &tree.get(place.area).name;
                let detail = match other {
                    Some(other) => {
                        format!("{} is {own}; the name is that of {}.", code(level), named(other))
                    }
                    None => format!("{} is {own}; no area has the name.", code(level)),
                };
                self.warn(name_field(level), name(level), &detail, problems::CODE_AND_NAME);
                return false;
            }
            Remark::CodesDisagree { level, said: other } => {
                let pcode = place.pcode.as_deref().unwrap_or_default();
                let detail = format!("{pcode} does not lie in {}.", named(other));
                self.warn(code_field(level), code(level), &detail, problems::CODES_DISAGREE);
                return false;
            }
            Remark::Disagrees { area, km, slip } => {
                let point = said.point.map(|point| format!("{}, {}", point.y(), point.x()));
                let mut detail = format!("The point lies {km:.1} km outside {area}.");
                if let Some(slip) = slip {
                    detail.push(' ');
                    detail.push_str(slip.sentence());
                }
                let point = point.unwrap_or_default();
                self.warn(Field::Latitude, &point, &detail, problems::POINT_OUTSIDE);
                return false;
            }
            Remark::Outside { slip } => {
                let point = said.point.map(|point| format!("{}, {}", point.y(), point.x()));
                let detail = slip.map(|slip| slip.sentence()).unwrap_or_default();
                let point = point.unwrap_or_default();
                let field = match self.has(Field::Latitude) {
                    true => Field::Latitude,
                    false => Field::Coordinates,
                };
                self.warn(field, &point, detail, problems::OUTSIDE_ALL);
                return false;
            }
            Remark::NoBoundaries { level } if !rejects => {
                let held = tree.get(place.area).level;
                self.reading.verdict.without_boundaries = Some((level, held));
                return false;
            }
            // The name beside the code gave the place: it need not be rejected for the code.
            Remark::UnknownCode { level, by_name: Some(pcode) } => {
                let detail = format!("The name beside it is that of {pcode}, which is used.");
                self.warn(code_field(level), code(level), &detail, problems::UNKNOWN_CODE);
                return false;
            }
            Remark::UnknownCode { level, by_name: None } => {
                (code_field(level), code(level), String::new(), problems::UNKNOWN_CODE)
            }
            Remark::NoBoundaries { level } => {
                let (field, value) = match code(level) {
                    "" => (name_field(level), name(level)),
                    code => (code_field(level), code),
                };
                (field, value, format!("Level {level}."), problems::NO_BOUNDARIES)
            }
            Remark::UnknownName { level } => {
                (name_field(level), name(level), String::new(), problems::UNKNOWN_NAME)
            }
            Remark::Waits { level, candidates } => {
                let (problem, so) = match rejects {
                    true => (problems::NOT_SURE, "write the P-code of the one that it is"),
                    false => (problems::WAITS, "not used until confirmed"),
                };
                let detail = may_be(&candidates, so, |ix| {
                    let above = tree.get(tree.parent(ix));
                    let place =
                        if above.level > 0 { format!(" in {}", above.name) } else { String::new() };
                    format!("{}{place}", named(ix))
                });
                (name_field(level), name(level), detail, problem)
            }
            Remark::Nothing => return false,
        };
        if rejects {
            self.reject(field, value, detail.trim(), problem);
        } else {
            self.warn(field, value, &format!("{held}{detail}"), problem);
        }
        rejects
    }

    /// Coordinates that can be a place: (0, 0) and latitude 95 are none, and warned about.
    pub fn point(&mut self) -> Option<Point> {
        let (lat, lon) = match (self.cell(Field::Latitude), self.cell(Field::Longitude)) {
            (Cell::Empty, Cell::Empty) => self.coordinates()?,
            _ => (self.degrees(Field::Latitude)?, self.degrees(Field::Longitude)?),
        };
        let field = if self.has(Field::Latitude) { Field::Latitude } else { Field::Coordinates };
        let said = || format!("{lat}, {lon}");
        if lat == 0.0 && lon == 0.0 {
            self.warn(field, &said(), "", problems::NULL_ISLAND);
            return None;
        }
        if !(-90.0..=90.0).contains(&lat) || !(-180.0..=180.0).contains(&lon) {
            let swapped = (-90.0..=90.0).contains(&lon) && (-180.0..=180.0).contains(&lat);
            let detail = match swapped {
                true => "Latitude and longitude may be swapped.",
                false if lat.abs() > 1000.0 || lon.abs() > 1000.0 => {
                    "Metres of a projection, such as UTM, are not read."
                }
                false => "",
            };
            self.warn(field, &said(), detail, problems::NOT_COORDINATES);
            return None;
        }
        Some(Point::new(lon, lat))
    }

    fn degrees(&mut self, field: Field) -> Option<f64> {
        let cell = self.cell(field);
        // Degrees have no thousands: the only sign is that of decimals.
        let has = |sign: char| matches!(cell, Cell::Text(text) if text.contains(sign));
        let decimal = match (has('.'), has(',')) {
            (true, false) => Decimal::Point,
            (false, true) => Decimal::Comma,
            _ => self.reading.context.styles[field as usize].decimal,
        };
        let of = |text: &str| values::angle(text, field == Field::Latitude);
        let number = values::number(cell, decimal)
            .or_else(|| values::number(cell, Decimal::Comma))
            .or_else(|| of(&cell.text()?));
        if number.is_none() && !cell.is_blank() && !values::is_dash(cell) {
            let text = cell.text().unwrap_or_default();
            self.warn(field, &text, "", problems::NOT_COORDINATES);
        }
        number
    }

    fn coordinates(&mut self) -> Option<(f64, f64)> {
        let text = self.text(Field::Coordinates)?;
        let pair = values::pair(&text);
        if pair.is_none() {
            self.warn(Field::Coordinates, &text, "", problems::NOT_COORDINATES);
        }
        pair
    }
}

/// Whether a name stands for all of the country.
fn is_national(name: &str) -> bool {
    static NATIONAL: List = list("whole country");
    let is_it = |name: &str| NATIONAL.iter().any(|known| name.eq_ignore_ascii_case(known));
    name.len() <= 24 && if name.is_ascii() { is_it(name) } else { is_it(&folded(name)) }
}

/// The candidates in a sentence that ends in what follows from them.
fn may_be(candidates: &[Candidate], so: &str, named: impl Fn(AreaIx) -> String) -> String {
    let listed = candidates.iter().take(LISTED).map(|candidate| {
        let outside = if candidate.is_outside { ", not within a known area above it" } else { "" };
        format!("{}, likeness {:.2}{outside}", named(candidate.area), candidate.confidence)
    });
    let listed: Vec<String> = listed.collect();
    let more = candidates.len().saturating_sub(LISTED);
    let more = if more > 0 { format!("; or {more} more") } else { String::new() };
    format!(" It may be {}{more}: {so}.", listed.join("; or "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_candidates_of_a_waiting_name_are_told_in_a_sentence() {
        let one = |area, is_outside| Candidate { area: AreaIx(area), confidence: 0.8, is_outside };
        let both = [one(1, false), one(2, true)];
        let text = may_be(&both, "not used until confirmed", |ix| format!("A{}", ix.0));
        assert_eq!(
            text,
            " It may be A1, likeness 0.80; or A2, likeness 0.80, not within a known area above it: not used until confirmed."
        );
    }
}
