//! Degrees as people and receivers write them: `14°31'52.3"N`, `14 31 52 N`, `N14 31.87`, `9.25° N`.

use crate::formats::sheet::{blank, trimmed};

/// Letters of the side of the equator or of Greenwich; `O` is the west of French, Spanish and
/// Portuguese.
const LATITUDE: &str = "NS";
const LONGITUDE: &str = "EWO";

/// The degrees of a text with a letter or sign of degrees, negative to the south and west; `None`
/// where it is no angle, or has the letter of the other axis.
pub fn angle(text: &str, is_latitude: bool) -> Option<f64> {
    let (degrees, _) = read(text, if is_latitude { LATITUDE } else { LONGITUDE })?;
    Some(degrees)
}

/// Latitude and longitude with a letter each, in this order: `14°31'52"N 4°05'37"W`.
fn angles(text: &str) -> Option<(f64, f64)> {
    let with_letter = |part: &str, letters: &str| {
        let part = part.trim_matches([' ', ',', ';', '/', '|', '\t', '(', ')']);
        read(part, letters).filter(|(_, letter)| *letter).map(|(degrees, _)| degrees)
    };
    text.char_indices().skip(1).find_map(|(at, _)| {
        let (lat, lon) = text.split_at(at);
        Some((with_letter(lat, LATITUDE)?, with_letter(lon, LONGITUDE)?))
    })
}

/// Latitude and longitude in one text: `-12.3, 40.5`, `12.3 N / 40.5 E`, `12,3; 40,5`,
/// `14°31'52"N 4°05'37"W`, `POINT(40.5 -12.3)`; in range or not.
pub fn pair(text: &str) -> Option<(f64, f64)> {
    let text = trimmed(text);
    if text.len() > 80 {
        return None;
    }
    if text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("point")) {
        let inner = text[5..].trim().strip_prefix('(')?.strip_suffix(')')?;
        let (x, y) = inner.trim().split_once(' ')?;
        return Some((y.trim().parse().ok()?, x.trim().parse().ok()?));
    }
    let cut = |marks: &[char]| -> Option<(f64, f64)> {
        let mut parts = text
            .split(|c: char| marks.contains(&c) || "()[]°".contains(c))
            .map(|part| part.trim_matches(blank))
            .filter(|part| !part.is_empty());
        let (lat, lon) = (degrees(&mut parts, "NS")?, degrees(&mut parts, "EWO")?);
        parts.next().is_none().then_some((lat, lon))
    };
    cut(&[',', ';', ' ', '/', '|', '\t'])
        .or_else(|| cut(&[';', ' ', '/', '|', '\t']))
        .or_else(|| angles(text))
}

/// One number of degrees, its letter before or behind it or a part of its own.
fn degrees<'t>(parts: &mut impl Iterator<Item = &'t str>, letters: &str) -> Option<f64> {
    let is_letter = |c: char| letters.contains(c.to_ascii_uppercase());
    let south_west = |c: char| "SWO".contains(c.to_ascii_uppercase());
    let mut part = parts.next()?;
    let letter = part.chars().find(|c| is_letter(*c));
    if part.chars().count() == 1 && letter.is_some() {
        part = parts.next()?;
    }
    let number = part.trim_matches(is_letter).trim().replace(',', ".");
    let number: f64 = number.parse().ok()?;
    let number = if letter.is_some_and(south_west) { -number.abs() } else { number };
    number.is_finite().then_some(number)
}

/// Degrees in one text that can be a place and are no list of small numbers.
pub fn coordinates(text: &str) -> Option<(f64, f64)> {
    let (lat, lon) = pair(text)?;
    let fits =
        lat.abs() <= 90.0 && lon.abs() <= 180.0 && (lat.fract() != 0.0 || lon.fract() != 0.0);
    fits.then_some((lat, lon))
}

/// The degrees, and whether a letter says their side.
fn read(text: &str, letters: &str) -> Option<(f64, bool)> {
    let text = trimmed(text);
    if text.len() > 40 {
        return None;
    }
    let is_letter = |c: char| letters.contains(c.to_ascii_uppercase());
    let letter = |c: Option<char>| c.filter(|c| is_letter(*c));
    let (first, last) = (letter(text.chars().next()), letter(text.chars().next_back()));
    let (side, rest) = match (first, last) {
        (Some(side), None) => (Some(side), text.get(1..)?),
        (None, Some(side)) => (Some(side), text.get(..text.len() - 1)?),
        (None, None) => (None, text),
        (Some(_), Some(_)) => return None,
    };
    let is_south_west = side.is_some_and(|side| "SWO".contains(side.to_ascii_uppercase()));
    let (negative, rest) = match rest.trim().strip_prefix('-') {
        // A sign and a letter may say the same twice; they may not disagree.
        Some(rest) if side.is_none() || is_south_west => (true, rest),
        Some(_) => return None,
        None => (is_south_west, rest.trim()),
    };
    let has_degrees = rest.contains(['°', 'º', '˚']);
    if side.is_none() && !has_degrees {
        return None;
    }
    let mut parts: Vec<f64> = Vec::new();
    let mut whole = true;
    let mark = |c: char| "°º˚'\u{2019}\u{2032}\u{b4}\"\u{201d}\u{2033}: ".contains(c);
    for part in rest.split(mark).filter(|part| !part.is_empty()) {
        let part = part.replace(',', ".");
        let digits = part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        // Only the last of them may have decimals.
        if !digits || !whole || parts.len() == 3 {
            return None;
        }
        whole = !part.contains('.');
        parts.push(part.parse().ok()?);
    }
    let (first, rest) = parts.split_first()?;
    if rest.iter().any(|part| *part >= 60.0) {
        return None;
    }
    let minutes = rest.first().unwrap_or(&0.0);
    let seconds = rest.get(1).unwrap_or(&0.0);
    let degrees = first + minutes / 60.0 + seconds / 3600.0;
    let most = if letters == LATITUDE { 90.0 } else { 180.0 };
    (degrees <= most).then_some((if negative { -degrees } else { degrees }, side.is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_near(found: Option<f64>, expected: f64) -> bool {
        found.is_some_and(|found| (found - expected).abs() < 1e-6)
    }

    #[test]
    fn degrees_minutes_and_seconds_are_read_as_people_write_them() {
        for (text, expected) in [
            ("14°31'52.3\"N", 14.531_194_444),
            ("14° 04' 20\" N", 14.072_222_222),
            ("14 31 52 N", 14.531_111_111),
            ("N14 31.87", 14.531_166_667),
            ("S 4°05′36″", -4.093_333_333),
            ("16.2717 N", 16.2717),
            ("16,2717° S", -16.2717),
            ("-4°30'", -4.5),
        ] {
            assert!(is_near(angle(text, true), expected), "{text}: {:?}", angle(text, true));
        }
        assert!(is_near(angle("03° 31' 01\" O", false), -3.516_944_444));
        assert!(is_near(angle("W 0.0450°", false), -0.045));
    }

    #[test]
    fn what_is_no_angle_of_its_axis_is_none() {
        for text in [
            "14 31 52",
            "4°05'W",
            "14°61'N",
            "95°N",
            "-4°S N",
            "-4°30'N",
            "1.5°30'N",
            "north",
            "N",
            "14°31'52\"12 N",
            "",
            "Nil",
        ] {
            assert_eq!(angle(text, true), None, "{text}");
        }
    }

    #[test]
    fn both_in_one_cell_are_read_where_each_has_its_letter() {
        for text in ["14°31'52\"N 4°05'37\"W", "N14 31 52 W4 05 37", "14 31 52 N, 4 05 37 O"] {
            let (lat, lon) = angles(text).unzip();
            assert!(is_near(lat, 14.531_111_111) && is_near(lon, -4.093_611_111), "{text}");
        }
        assert_eq!(angles("14 31 52 4 05 37"), None);
        assert_eq!(angles("4°05'37\"W 14°31'52\"N"), None);
    }

    #[test]
    fn coordinates_in_one_cell_are_read_as_people_write_them() {
        for (text, expected) in [
            ("-12.5, 40.25", Some((-12.5, 40.25))),
            ("4.85 31.6", Some((4.85, 31.6))),
            ("4,85; 31,6", Some((4.85, 31.6))),
            ("4.85N, 31.6W", Some((4.85, -31.6))),
            ("(4.85° S / 31.6° E)", Some((-4.85, 31.6))),
            ("POINT(31.6 4.85)", Some((4.85, 31.6))),
            ("3, 4", None),
            ("4.85", None),
            ("95.1, 3.2", None),
            ("12 villages", None),
        ] {
            assert_eq!(coordinates(text), expected, "{text}");
        }
    }
}
