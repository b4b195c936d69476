//! Parameters of a question, from key-value pairs: declared, typed, and refused by name.

mod known;

use geo::Rect;

use crate::domain::{
    AreaIx, Disability, NotADate, Period, PopulationGroup, Sector, Sex, Status, Text, fold,
};
use crate::formats::geojson_write::Grid;
use crate::formats::layer::FieldKind;
use crate::formats::reference::Reference;
use crate::intake::vocabulary;

use super::bbox::Bbox;
use super::{Collection, View};

pub use known::*;

/// A parameter that something takes.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    pub name: &'static str,
    pub description: &'static str,
    pub kind: ParameterKind,
    /// As it would be written; `None` where leaving it out means no filter.
    pub default: Option<&'static str>,
}

#[derive(Clone, Copy, Debug)]
pub enum ParameterKind {
    Text,
    Integer {
        minimum: u32,
        maximum: u32,
    },
    Boolean,
    /// One of these codes.
    Choice(fn() -> Vec<&'static str>),
    /// Comma-separated numbers.
    Numbers,
    /// Comma-separated names.
    Names,
    /// A value of a field, exactly.
    Value(FieldKind),
}

/// A parameter that cannot be taken, with what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parameter \"{name}\": {reason}")]
pub struct BadParameter {
    pub name: String,
    pub reason: String,
}

impl BadParameter {
    pub fn new(name: &str, reason: impl Into<String>) -> BadParameter {
        BadParameter { name: shown(name), reason: reason.into() }
    }
}

/// Said of a parameter that is given empty.
pub const NO_VALUE: &str = "it has no value; give one or leave the parameter out";

/// The most features on one page.
pub const MAX_LIMIT: usize = 10_000;
/// Features on a page where nothing is asked.
pub const DEFAULT_LIMIT: usize = 1_000;

/// Pairs whose names were all declared, each at most once.
#[derive(Clone, Debug, Default)]
pub struct Params {
    pairs: Vec<(String, String)>,
}

impl Params {
    /// Checks the names. A misspelt one is answered with the closest that are known.
    pub fn parse(
        pairs: impl IntoIterator<Item = (String, String)>,
        known: &[&Parameter],
    ) -> Result<Params, BadParameter> {
        let mut params = Params::default();
        for (name, value) in pairs {
            if !known.iter().any(|parameter| parameter.name == name) {
                let names: Vec<&str> = known.iter().map(|parameter| parameter.name).collect();
                return Err(unknown(&name, &names));
            }
            if params.get(&name).is_some() {
                return Err(BadParameter::new(&name, "it is given twice; give it once"));
            }
            if value.trim().is_empty() {
                return Err(BadParameter::new(&name, NO_VALUE));
            }
            params.pairs.push((name, value));
        }
        Ok(params)
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.trim())
    }

    /// The pairs as they were given.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// The same with one pair more.
    pub fn with(&self, name: &str, value: String) -> Params {
        let mut params = self.clone();
        params.pairs.push((name.to_owned(), value));
        params
    }

    /// A value out of a table of codes; refused with all the codes there are.
    pub fn choice<T>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
        codes: impl IntoIterator<Item = &'static str>,
    ) -> Result<Option<T>, BadParameter> {
        let Some(given) = self.get(name) else { return Ok(None) };
        read(given).map(Some).ok_or_else(|| BadParameter::new(name, not_known(name, given, codes)))
    }

    pub fn sector(&self) -> Result<Option<Sector>, BadParameter> {
        self.choice("sector", Sector::from_code, Sector::TABLE.iter().map(|(_, code, _)| *code))
    }

    pub fn boolean(&self, name: &str) -> Result<Option<bool>, BadParameter> {
        let read = |given: &str| match given {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        };
        self.choice(name, read, ["true", "false"])
    }

    /// A whole number from `minimum` to `maximum`.
    pub fn integer(
        &self,
        name: &str,
        minimum: u32,
        maximum: u32,
    ) -> Result<Option<u32>, BadParameter> {
        let Some(given) = self.get(name) else { return Ok(None) };
        let read = given.parse().ok().filter(|number| (minimum..=maximum).contains(number));
        read.map(Some).ok_or_else(|| {
            let reason = format!(
                "\"{}\" does not fit; give a whole number from {minimum} to {maximum}",
                shown(given)
            );
            BadParameter::new(name, reason)
        })
    }

    pub fn period(&self) -> Result<Period, BadParameter> {
        let Some(given) = self.get("datetime") else { return Ok(Period::ALWAYS) };
        given.parse().map_err(|refused| {
            let reason = match refused {
                NotADate::Unreadable(text) => NotADate::Unreadable(shown(&text)),
                NotADate::Reversed(text) => NotADate::Reversed(shown(&text)),
            };
            BadParameter::new("datetime", reason.to_string())
        })
    }

    pub fn bbox(&self) -> Result<Option<Bbox>, BadParameter> {
        let Some(given) = self.get("bbox") else { return Ok(None) };
        Bbox::parse(given, &self.reference("bbox-crs")?).map(Some)
    }

    /// The system that a parameter names; CRS84 where it is not given.
    pub fn reference(&self, name: &str) -> Result<Reference, BadParameter> {
        let Some(given) = self.get(name) else { return Ok(Reference::crs84()) };
        Reference::from_uri(given).ok_or_else(|| {
            let known = Reference::fitting(None).join(", ");
            let reason = format!(
                "\"{}\" is not known; give one of {known}, or another that the collection lists",
                shown(given)
            );
            BadParameter::new(name, reason)
        })
    }

    /// Whether every system that is named fits where the operation is.
    pub fn fitting_references(&self, view: &View) -> Result<(), BadParameter> {
        for name in ["crs", "bbox-crs", "filter-crs"] {
            let Some(given) = self.get(name) else { continue };
            let known = Reference::fitting(view.summary().bbox);
            if !known.iter().any(|uri| uri == given) {
                let known = known.join(", ");
                let reason = format!("\"{}\" is not offered; give one of {known}", shown(given));
                return Err(BadParameter::new(name, reason));
            }
        }
        Ok(())
    }

    /// Level of areas; refused beyond the levels the operation has.
    pub fn level(&self, view: &View) -> Result<Option<u8>, BadParameter> {
        let Some(given) = self.get("level") else { return Ok(None) };
        let deepest = view.snapshot.areas.deepest();
        match given.parse::<u8>() {
            Ok(level) if level <= deepest => Ok(Some(level)),
            Ok(level) => Err(BadParameter::new(
                "level",
                format!("{level} is too deep; this operation has levels 0 to {deepest}"),
            )),
            Err(_) => Err(BadParameter::new(
                "level",
                format!(
                    "\"{}\" is not a level; give a whole number from 0 to {deepest}",
                    shown(given)
                ),
            )),
        }
    }

    /// An area by P-code; the operation by its id.
    pub fn area(&self, name: &str, view: &View) -> Result<Option<AreaIx>, BadParameter> {
        let Some(given) = self.get(name) else { return Ok(None) };
        if given == &*view.snapshot.operation.id {
            return Ok(Some(AreaIx::OPERATION));
        }
        view.snapshot.areas.by_pcode(given).map(Some).ok_or_else(|| {
            let reason = format!(
                "no area has the P-code \"{}\"; P-codes are listed in the collection \"areas\"",
                shown(given)
            );
            BadParameter::new(name, reason)
        })
    }

    /// A partner by id, name or acronym, in any spelling that folds to it.
    pub fn partner<'a>(&self, view: &'a View) -> Result<Option<&'a Text>, BadParameter> {
        let Some(given) = self.get("partner") else { return Ok(None) };
        let partners = &view.snapshot.partners;
        let folded = fold(given);
        let by_id = view.snapshot.partner(given).or_else(|| view.snapshot.partner(&folded));
        let by_acronym = || {
            let called = |name: &Text| fold(name) == folded;
            partners.iter().position(|partner| partner.acronym.as_ref().is_some_and(called))
        };
        match by_id.or_else(by_acronym).and_then(|found| partners.get(found)) {
            Some(partner) => Ok(Some(&partner.id)),
            None => {
                let names = partners.iter().map(|partner| &*partner.id);
                let closest = closest(&folded, names);
                let hint = match closest.is_empty() {
                    true => "partners are listed in the collection \"partners\"".to_owned(),
                    false => format!("the closest are {}", quoted(&closest)),
                };
                let reason = format!("no partner is called \"{}\"; {hint}", shown(given));
                Err(BadParameter::new("partner", reason))
            }
        }
    }

    /// Features per page: clamped above, refused below 1.
    pub fn limit(&self) -> Result<Option<usize>, BadParameter> {
        let Some(given) = self.get("limit") else { return Ok(None) };
        let digits = !given.is_empty() && given.bytes().all(|byte| byte.is_ascii_digit());
        match given.parse::<usize>() {
            Ok(limit) if limit > 0 => Ok(Some(limit)),
            // More digits than a number can hold is still above the maximum.
            Err(_) if digits => Ok(Some(usize::MAX)),
            _ => Err(BadParameter::new(
                "limit",
                format!(
                    "\"{}\" is not a count; give a whole number from 1 to {MAX_LIMIT}",
                    shown(given)
                ),
            )),
        }
    }

    /// Positions of the fields to answer with; `None` is all.
    pub fn fields(&self, collection: &Collection) -> Result<Option<Vec<usize>>, BadParameter> {
        let Some(given) = self.get("properties") else { return Ok(None) };
        let names: Vec<&str> = collection.fields.iter().map(|field| field.name).collect();
        let mut fields = Vec::new();
        for name in given.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let Some(found) = names.iter().position(|known| *known == name) else {
                let closest = closest(name, names.iter().copied());
                let hint = if closest.is_empty() { quoted(&names) } else { quoted(&closest) };
                let reason = format!("there is no property \"{}\"; known are {hint}", shown(name));
                return Err(BadParameter::new("properties", reason));
            };
            if !fields.contains(&found) {
                fields.push(found);
            }
        }
        Ok(Some(fields))
    }

    /// The grid that geometry is written on; `None` leaves geometry out.
    pub fn grid(&self) -> Result<Option<Grid>, BadParameter> {
        let zoom = self.integer("zoom", 0, u32::from(Grid::MAX_ZOOM))?;
        let skip = self.boolean("skipGeometry")?.unwrap_or(false);
        let grid = zoom.map_or(Grid::FULL, |zoom| Grid::zoom(zoom as u8));
        Ok((!skip).then_some(grid))
    }

    /// Refuses what is none of the codes of a parameter.
    pub fn one_of_codes(&self, parameter: &Parameter) -> Result<(), BadParameter> {
        let ParameterKind::Choice(codes) = parameter.kind else { return Ok(()) };
        let known = |given: &str| codes().contains(&given).then_some(());
        self.choice(parameter.name, known, codes()).map(|_| ())
    }
}

/// Why a code is not taken, with the one whose name was given, and all there are.
pub fn not_known(name: &str, given: &str, codes: impl IntoIterator<Item = &'static str>) -> String {
    let codes: Vec<&str> = codes.into_iter().collect();
    let meant = match name {
        "sector" => vocabulary::sector(given).map(Sector::code),
        "group" => vocabulary::population_group(given).map(PopulationGroup::code),
        "sex" => vocabulary::sex(given).map(Sex::code),
        "disability" => vocabulary::disability(given).map(Disability::code),
        "status" => vocabulary::status(given).map(Status::code),
        _ => None,
    };
    let (given, all) = (shown(given), codes.join(", "));
    match meant.filter(|code| codes.contains(code)) {
        Some(code) => format!("\"{given}\" is no code, that of it is {code}; there is {all}"),
        None => format!("\"{given}\" is not known; give one of {all}"),
    }
}

/// Whole boxes of a bbox that meet a rectangle.
pub fn meets(boxes: &[Rect<f64>], rect: &Rect<f64>) -> bool {
    use geo::Intersects;
    boxes.iter().any(|one| one.intersects(rect))
}

fn unknown(name: &str, known: &[&str]) -> BadParameter {
    let near = closest(name, known.iter().copied());
    let reason = match near.is_empty() {
        true => format!("it is not known here; known are {}", quoted(known)),
        false => format!("it is not known here; the closest are {}", quoted(&near)),
    };
    BadParameter::new(name, reason)
}

/// The three names most like this one, best first; none where nothing is like it.
pub fn closest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    // A hostile name must not make the comparison long.
    let name: String = name.chars().take(64).collect::<String>().to_lowercase();
    let mut scored: Vec<(f64, &str)> = known
        .map(|known| {
            let lower = known.to_lowercase();
            let within = lower.contains(&name) || name.contains(&lower);
            let bonus = if within && name.len() > 1 { 0.2 } else { 0.0 };
            (strsim::jaro_winkler(&name, &lower) + bonus, known)
        })
        .filter(|(score, _)| *score > 0.7)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.truncate(3);
    scored.into_iter().map(|(_, known)| known).collect()
}

pub fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

/// A value as it may be repeated in an answer: short, without control characters.
pub fn shown(value: &str) -> String {
    let mut shown: String = value.chars().filter(|c| !c.is_control()).take(60).collect();
    if value.chars().count() > 60 {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn check(pairs: &[(&str, &str)]) -> Result<Params, String> {
        let pairs = pairs.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        Params::parse(pairs, &[&BBOX, &DATETIME, &LIMIT]).map_err(|bad| bad.to_string())
    }

    #[test]
    fn a_misspelt_name_is_answered_with_the_closest() {
        let message = check(&[("limits", "5")]).unwrap_err();
        assert_eq!(
            message,
            "parameter \"limits\": it is not known here; the closest are \"limit\""
        );
        assert!(check(&[("limit", "5"), ("limit", "6")]).unwrap_err().contains("twice"));
        assert!(check(&[("limit", "")]).unwrap_err().contains("no value"));
    }

    #[test]
    fn the_name_of_a_code_is_answered_with_the_code() {
        let codes = Sector::TABLE.iter().map(|(_, code, _)| *code);
        let refused = not_known("sector", "Water, sanitation and hygiene", codes.clone());
        assert!(refused.contains("that of it is WSH; there is ALL, CCM"), "{refused}");
        assert!(not_known("sector", "WASH", codes.clone()).contains("WSH"));
        let refused = not_known("sector", "rain", codes);
        assert!(refused.starts_with("\"rain\" is not known; give one of ALL"), "{refused}");
        assert!(not_known("group", "IDPs", ["all", "idp"]).contains("that of it is idp"));
        // A name of another table says nothing here.
        assert!(not_known("basis", "WASH", ["in-need"]).contains("not known"));
    }

    #[test]
    fn limits_are_counts() {
        let limit = |text| check(&[("limit", text)]).unwrap().limit();
        assert_eq!(limit("7"), Ok(Some(7)));
        assert_eq!(limit("99999999999999999999999"), Ok(Some(usize::MAX)));
        for bad in ["0", "-1", "abc", "1.5", "NaN"] {
            assert!(limit(bad).is_err(), "{bad}");
        }
    }
}
