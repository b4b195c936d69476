//! The sector of a table that has no column of sectors, by the name of its sheet or file: `WASH`,
//! `5W Santé 2024`.

use super::columns::Mapping;
use super::vocabulary::{self, normalise};
use super::{Field, Kind, Options};
use crate::domain::Sector;

/// Words of a name that are read together at most.
const PHRASE: usize = 6;
/// Words of a name that say nothing of what it is about.
const NOISE: &[&str] = &[
    "w", "ws", "cluster", "sector", "secteur", "setor", "groupe", "grupo", "de", "du", "data",
    "list", "liste", "lista", "matrix", "matrice", "matriz", "report", "rapport", "final", "v",
    "copy", "the", "of", "for", "قطاع", "كتله", "sheet", "feuille", "hoja", "response",
];
/// A shorter word in small letters may be any word.
const SHORT: usize = 4;

/// A sector that a name speaks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposed {
    pub sector: Sector,
    /// 0 to 1.
    pub confidence: f32,
    /// Why, such as `the name of the sheet, "WASH"`.
    pub from: String,
}

impl Proposed {
    pub fn remark(&self) -> String {
        format!(
            "No column names the sector: every row is taken for {}, by {} (confidence {:.2}). If it is not, say the sector (--sector) or add a column.",
            self.sector.code(),
            self.from,
            self.confidence
        )
    }
}

/// The sector of the rows of a table, where neither the sender nor any column says one. The name of
/// the sheet comes before that of the file.
pub fn propose(
    kind: Kind,
    mapping: &Mapping,
    options: &Options,
    sheet: &str,
    file: &str,
) -> Option<Proposed> {
    let has_sectors = mapping.column_of[Field::Sector as usize].is_some()
        || mapping.parts.iter().any(|part| part.whom.sector.is_some());
    if has_sectors
        || mapping.by_phase
        || options.sector.is_some()
        || !matches!(kind, Kind::Activities | Kind::Needs)
    {
        return None;
    }
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let of = |name: &str, what: &str, sure: f32| {
        let (sector, share) = of_name(name)?;
        let from = format!("the name of the {what}, \"{}\"", name.trim());
        Some(Proposed { sector, confidence: sure * share, from })
    };
    of(sheet, "sheet", 0.9).or_else(|| of(stem, "file", 0.8))
}

/// The one sector that a name has, and how much of the name is about it.
fn of_name(name: &str) -> Option<(Sector, f32)> {
    let words = normalise(name);
    let tokens: Vec<&str> = words.split(' ').filter(|token| !token.is_empty()).collect();
    let loud: Vec<String> = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().all(char::is_uppercase))
        .map(normalise)
        .collect();
    let says = |token: &&&str| {
        let is_digit = token.bytes().all(|byte| byte.is_ascii_digit());
        !is_digit && !NOISE.contains(token) && vocabulary::month(token).is_none()
    };
    let telling = tokens.iter().filter(says).count();
    let mut found: Vec<(Sector, usize)> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let longest = PHRASE.min(tokens.len() - at);
        let sector = (1..=longest).rev().find_map(|length| {
            let phrase = tokens[at..at + length].join(" ");
            let short = phrase.is_ascii() && phrase.len() < SHORT;
            let clear = !short || telling == 1 || phrase.len() > 2 && loud.contains(&phrase);
            Some((length, vocabulary::sector_words(&phrase).filter(|_| clear)?))
        });
        match sector {
            Some((length, sector)) => {
                let words = tokens[at..at + length].iter().filter(says).count();
                found.push((sector, words.max(1)));
                at += length;
            }
            None => at += 1,
        }
    }
    // A cluster before its area of responsibility is one sector, the narrower.
    let narrow = found.iter().find(|(sector, _)| sector.main() != *sector).or(found.first())?.0;
    let one = found.iter().all(|(sector, _)| *sector == narrow || *sector == narrow.main());
    if !one || matches!(narrow, Sector::All | Sector::Ms) {
        return None;
    }
    let words: usize = found.iter().map(|(_, words)| words).sum();
    Some((narrow, if words >= telling { 1.0 } else { 0.8 }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sector_of_a_name_is_the_one_it_is_about() {
        for (name, expected) in [
            ("WASH", "WSH 1"),
            ("Santé", "HEA 1"),
            ("5W_WASH_2024", "WSH 1"),
            ("Educación marzo 2024", "EDU 1"),
            ("5W Mozambique Nutrition", "NUT 0.8"),
            ("Protection - GBV", "PRO-GBV 1"),
            ("القطاع الصحة", "HEA 1"),
            ("الصحة", "HEA 1"),
            ("Água, Saneamento e Higiene", "WSH 1"),
            ("WASH and Health", "-"),
            ("All sectors", "-"),
            ("Data", "-"),
            ("partners etc", "-"),
            ("change log", "-"),
            ("log", "LOG 1"),
            ("Sheet1", "-"),
            ("", "-"),
        ] {
            let found = of_name(name).map(|(sector, share)| format!("{} {share}", sector.code()));
            assert_eq!(found.unwrap_or_else(|| "-".to_owned()), expected, "{name}");
        }
    }
}
