//! `adm1.geojson` and so on: boundaries named as in COD-AB, longitude and latitude (RFC 7946).

use std::io::{self, Write};

use super::border::Outliner;
use super::land::Land;
use super::mesh::Spot;
use super::names::{COUNTRY, COUNTRY_CODE};

/// Writes the areas of one level (0 is the first); answers how many vertices they have.
pub fn write(land: &Land, level: usize, out: &mut impl Write) -> io::Result<u64> {
    let mut outliner = Outliner::new(&land.mesh, &land.levels[level], land.detail);
    let mut vertices = 0;
    let mut text = String::new();
    let number = level + 1;
    writeln!(out, "{{\"type\":\"FeatureCollection\",\"name\":\"adm{number}\",\"features\":[")?;
    let count = land.levels[level].len();
    for area in 0..count {
        text.clear();
        text.push_str("{\"type\":\"Feature\",\"properties\":{");
        for above in (0..=level).rev() {
            let at = land.ancestor(level, area, above);
            let (code, name) = (&land.codes[above][at], &land.names[above][at]);
            let number = above + 1;
            text.push_str(&format!(
                "\"adm{number}_pcode\":\"{code}\",\"adm{number}_name\":\"{name}\","
            ));
        }
        text.push_str(&format!("\"adm0_pcode\":\"{COUNTRY_CODE}\",\"adm0_name\":\"{COUNTRY}\"}},"));
        text.push_str("\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[");
        for (at, ring) in outliner.rings(area).iter().enumerate() {
            text.push_str(if at == 0 { "[" } else { ",[" });
            for (at, spot) in ring.iter().enumerate() {
                text.push_str(if at == 0 { "[" } else { ",[" });
                push_spot(*spot, &mut text);
                text.push(']');
            }
            text.push(']');
            vertices += ring.len() as u64;
        }
        text.push_str(if area + 1 == count { "]}}\n" } else { "]}},\n" });
        out.write_all(text.as_bytes())?;
    }
    out.write_all(b"]}\n")?;
    Ok(vertices)
}

fn push_spot(spot: Spot, text: &mut String) {
    push_degrees(spot.0, text);
    text.push(',');
    push_degrees(spot.1, text);
}

/// Appends a coordinate in degrees with five decimals, from its units.
pub fn push_degrees(units: i32, text: &mut String) {
    if units < 0 {
        text.push('-');
    }
    let units = units.unsigned_abs();
    let mut digits = itoa::Buffer::new();
    text.push_str(digits.format(units / 100_000));
    text.push('.');
    let decimals = digits.format(units % 100_000 + 100_000);
    text.push_str(&decimals[1..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_keep_their_zeros_and_their_sign() {
        let text = |units| {
            let mut text = String::new();
            push_degrees(units, &mut text);
            text
        };
        assert_eq!(text(6_300_012), "63.00012");
        assert_eq!(text(-950_000), "-9.50000");
        assert_eq!(text(-12), "-0.00012");
    }
}
