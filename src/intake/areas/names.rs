//! What the properties of boundary files are called. COD-AB alone has five habits:
//! `adm2_pcode`, `ADM2_PCODE`, `admin2Pcode`, `#adm2+code+v_pcode`, `Rowcacode2`. Where a country has
//! no COD-AB, people take GADM (`GID_2`, `NAME_2`) or geoBoundaries (`shapeID`, `shapeName`).

use crate::domain::fold;

/// What a property holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The P-code of the area of a level, 0 the country.
    Code(u8),
    /// A name of the area of a level; the lower rank is preferred.
    Name {
        level: u8,
        rank: u8,
    },
    /// P-code, name, level, parent of the area itself, whatever its level.
    OwnCode,
    OwnName,
    OwnLevel,
    OwnParent,
}

/// The meaning of a property's name, where it has one that is known.
pub fn meaning(name: &str) -> Option<Meaning> {
    match name.strip_prefix('#') {
        Some(tag) => hxl(tag),
        None => header(name),
    }
}

fn hxl(tag: &str) -> Option<Meaning> {
    let mut parts = tag.split('+').map(str::trim);
    let (tag, attributes) = (parts.next()?, parts.collect::<Vec<_>>());
    let level = match tag {
        "country" | "adm0" => 0,
        "adm1" => 1,
        "adm2" => 2,
        "adm3" => 3,
        "adm4" => 4,
        _ => return None,
    };
    if attributes.contains(&"alt") {
        return None;
    }
    if attributes.iter().any(|attribute| matches!(*attribute, "code" | "pcode")) {
        return Some(Meaning::Code(level));
    }
    let language = attributes.iter().find_map(|attribute| attribute.strip_prefix("i_"));
    let named = attributes.contains(&"name") || attributes.is_empty();
    named.then(|| Meaning::Name { level, rank: language.map_or(0, rank) })
}

fn header(name: &str) -> Option<Meaning> {
    let compact: String = fold(name).chars().filter(|c| *c != ' ').collect();
    match compact.as_str() {
        "pcode" | "code" | "areacode" | "shapeid" => return Some(Meaning::OwnCode),
        "name" | "areaname" | "shapename" => return Some(Meaning::OwnName),
        "level" | "admlevel" | "adminlevel" | "shapetype" => return Some(Meaning::OwnLevel),
        "parent" | "parentpcode" | "parentcode" => return Some(Meaning::OwnParent),
        _ => {}
    }
    if let Some(level) = compact.strip_prefix("rowcacode") {
        return digit(level).map(|(level, _)| Meaning::Code(level));
    }
    if let Some(level) = compact.strip_prefix("gid") {
        return digit(level)
            .filter(|(_, rest)| rest.is_empty())
            .map(|(level, _)| Meaning::Code(level));
    }
    if let Some(level) = compact.strip_prefix("name") {
        let (level, _) = digit(level).filter(|(_, rest)| rest.is_empty())?;
        return Some(Meaning::Name { level, rank: 0 });
    }
    let rest = compact.strip_prefix("admin").or_else(|| compact.strip_prefix("adm"))?;
    let (level, rest) = digit(rest)?;
    match rest {
        "pcode" | "code" | "pcod" | "cd" => Some(Meaning::Code(level)),
        "" | "name" | "nm" => Some(Meaning::Name { level, rank: 0 }),
        "ref" | "refname" => Some(Meaning::Name { level, rank: 99 }),
        other => {
            let language = other.strip_prefix("name").unwrap_or(other);
            // `adm2_id` is a key of the file's maker, not a name in Indonesian.
            let letters = language.len() == 2 && language.chars().all(char::is_alphabetic);
            let known = letters && other != "id";
            known.then(|| Meaning::Name { level, rank: rank(language) })
        }
    }
}

/// Whose codes a property holds, where they are known not to be P-codes.
pub fn maker(name: &str) -> Option<&'static str> {
    let compact: String = fold(name).chars().filter(|c| *c != ' ').collect();
    match compact.as_str() {
        "shapeid" => Some("geoBoundaries"),
        _ if compact.starts_with("gid") => Some("GADM"),
        _ => None,
    }
}

/// The level that a cell says: `2`, and `ADM2` as geoBoundaries write it.
pub fn level(text: &str) -> Option<u8> {
    let text = fold(text);
    let digits = text.strip_prefix("adm").unwrap_or(&text).trim();
    digits.parse().ok().filter(|level| (1..=4).contains(level))
}

fn digit(text: &str) -> Option<(u8, &str)> {
    let level = text.bytes().next().filter(|byte| (b'0'..=b'4').contains(byte))?;
    Some((level - b'0', &text[1..]))
}

/// Names in Latin script first: they are what tables of activities mostly use.
fn rank(language: &str) -> u8 {
    match language {
        "en" => 1,
        "fr" | "es" | "pt" => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_habit_of_cod_ab_is_understood() {
        for name in [
            "adm2_pcode",
            "ADM2_PCODE",
            "admin2Pcode",
            "#adm2+code+v_pcode",
            "#adm2 +code",
            "Rowcacode2",
            "ADM2_CODE",
            "GID_2",
            "adm2cd",
        ] {
            assert_eq!(meaning(name), Some(Meaning::Code(2)), "{name}");
        }
        for (name, rank) in [
            ("admin3Name", 0),
            ("ADM3_EN", 1),
            ("admin3Name_en", 1),
            ("adm3_name", 0),
            ("#adm3+i_pt+name", 2),
            ("admin3Name_ar", 3),
            ("admin3RefName", 99),
            ("NAME_3", 0),
            ("adm3nm", 0),
        ] {
            assert_eq!(meaning(name), Some(Meaning::Name { level: 3, rank }), "{name}");
        }
        for name in [
            "ADM2ALT1EN",
            "admin2AltName1_en",
            "Shape_Area",
            "date",
            "OBJECTID",
            "adm2_id",
            "GID_2_old",
            "name_2_fr",
        ] {
            assert_eq!(meaning(name), None, "{name}");
        }
        assert_eq!(meaning("#country+code+v_pcode"), Some(Meaning::Code(0)));
        assert_eq!(meaning("parent_pcode"), Some(Meaning::OwnParent));
    }
}
