//! The group of rows that must not be mistaken for a total: needs and population.

use super::fields::Field;
use super::report::Problem;
use super::row::Row;
use super::vocabulary;
use crate::domain::{Age, Disability, Group, PopulationGroup, Sex};

const UNKNOWN_GROUP: Problem = Problem {
    code: "unknown-group-of-figure",
    message: "The group of people is not known: counted as everybody, the row would collide with the total.",
    remedy: "Use the words of the template: all, idp, female, 0-4, 60+ and so on.",
};

/// The group of a row; a word that nobody knows rejects the row.
pub fn group(row: &mut Row<'_, '_>) -> Option<Group> {
    let population = read(row, Field::PopulationGroup, PopulationGroup::All, |text| {
        vocabulary::population_group(text)
            // COD-PS writes `F_00_04` here and repeats it as sex and age.
            .or_else(|| cod_ps(text).map(|_| PopulationGroup::All))
    });
    let code = row.text(Field::PopulationGroup).and_then(|text| cod_ps(&text)).unwrap_or_default();
    let sex = read(row, Field::Sex, code.0, vocabulary::sex);
    let age = read(row, Field::Age, code.1, vocabulary::age);
    let disability = read(row, Field::Disability, Disability::All, vocabulary::disability);
    Some(Group { population: population?, sex: sex?, age: age?, disability: disability? })
}

fn read<T>(
    row: &mut Row<'_, '_>,
    field: Field,
    blank: T,
    known: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let Some(text) = row.text(field) else { return Some(blank) };
    let found = known(&text);
    if found.is_none() {
        row.reject(field, &text, "", UNKNOWN_GROUP);
    }
    found
}

/// Sex and age of a COD-PS column code: `F_TL`, `T_00_04`, `M_80PLUS`.
fn cod_ps(text: &str) -> Option<(Sex, Age)> {
    let (sex, age) = text.split_once('_')?;
    let sex = match sex.to_ascii_uppercase().as_str() {
        "F" => Sex::Female,
        "M" => Sex::Male,
        "T" => Sex::All,
        _ => return None,
    };
    let age = age.to_ascii_uppercase();
    let age = match age.strip_suffix("PLUS") {
        _ if age == "TL" => Age::ALL,
        Some(from) => Age::from_code(&format!("{}+", from.trim_end_matches('_')))?,
        None => Age::from_code(&age.replace('_', "-"))?,
    };
    Some((sex, age))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_of_cod_ps_are_sex_and_age() {
        assert_eq!(cod_ps("T_TL"), Some((Sex::All, Age::ALL)));
        assert_eq!(cod_ps("F_00_04"), Some((Sex::Female, Age { from: 0, to: 4 })));
        assert_eq!(cod_ps("M_80PLUS"), Some((Sex::Male, Age { from: 80, to: Age::OPEN })));
        assert_eq!(cod_ps("idp_camp"), None);
    }
}
