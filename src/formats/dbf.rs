//! dBASE tables, reading: the attributes beside a shapefile. A value that is not what its column
//! says becomes text, never an error.

use super::features::{Budget, Layer, Property};
use super::sheet::Unreadable;

/// One column of the table.
struct Column {
    kind: u8,
    /// Where it begins in a record, and how many bytes it has.
    start: usize,
    length: usize,
    /// Position of its name in the layer.
    field: u16,
}

/// The rows of a table, in its order.
pub type Rows = Vec<Vec<(u16, Property)>>;

/// Reads a table into the fields of a layer. `encoding` is what a `.cpg` file says.
pub fn read(
    bytes: &[u8],
    encoding: Option<&str>,
    layer: &mut Layer,
    budget: &mut Budget,
) -> Result<Rows, Unreadable> {
    let broken = || Unreadable::new("The attribute table (.dbf) is broken.");
    let head = bytes.get(..32).ok_or_else(broken)?;
    let count = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
    let begin = usize::from(u16::from_le_bytes([head[8], head[9]]));
    let length = usize::from(u16::from_le_bytes([head[10], head[11]]));
    if length == 0 || begin < 33 || begin > bytes.len() {
        return Err(broken());
    }
    let mut columns = Vec::new();
    let mut start = 1;
    for descriptor in bytes[32..begin].chunks_exact(32) {
        if matches!(descriptor[0], 0x0d | 0) {
            break;
        }
        let name = descriptor[..11].split(|byte| *byte == 0).next().unwrap_or_default();
        let name = decode(name, encoding, head[29]);
        let field = layer.fields.field(&unique(layer, name.trim()))?;
        let size = usize::from(descriptor[16]);
        columns.push(Column { kind: descriptor[11], start, length: size, field });
        start += size;
    }
    let mut rows = Vec::new();
    // The bytes decide how many records there are, not the count, which some writers leave wrong.
    for record in bytes[begin..].chunks_exact(length).take(count) {
        budget.feature()?;
        let value = |column: &Column| {
            let cell = record.get(column.start..column.start + column.length)?;
            match property(cell, column.kind, |cell| decode(cell, encoding, head[29])) {
                Property::Null => None,
                value => Some((column.field, value)),
            }
        };
        let row: Vec<_> = columns.iter().filter_map(value).collect();
        budget.values(row.len())?;
        rows.push(row);
    }
    Ok(rows)
}

/// A name that no column before has: long names are cut to ten letters and may then be alike.
fn unique(layer: &Layer, name: &str) -> String {
    let is_taken = |name: &str| layer.fields.names().iter().any(|known| known == name);
    if !is_taken(name) {
        return name.to_owned();
    }
    let mut number = 2;
    while is_taken(&format!("{name}_{number}")) {
        number += 1;
    }
    format!("{name}_{number}")
}

fn property(cell: &[u8], kind: u8, decode: impl Fn(&[u8]) -> String) -> Property {
    let text = decode(cell);
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    if text.is_empty() {
        return Property::Null;
    }
    let plain = || Property::Text(text.to_owned());
    match kind {
        // Stars are how a number that does not fit is written.
        b'N' | b'F' if text.bytes().all(|byte| byte == b'*') => Property::Null,
        b'N' | b'F' => match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(whole), _) => Property::Whole(whole),
            (_, Ok(number)) if number.is_finite() => Property::Number(number),
            _ => plain(),
        },
        b'L' => match text {
            "T" | "t" | "Y" | "y" => Property::Boolean(true),
            "F" | "f" | "N" | "n" => Property::Boolean(false),
            _ => Property::Null,
        },
        b'D' => match text {
            _ if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) => {
                if text.bytes().all(|byte| byte == b'0') {
                    return Property::Null;
                }
                Property::Text(format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]))
            }
            _ => plain(),
        },
        b'C' => plain(),
        b'I' | b'+' if cell.len() == 4 => {
            Property::Whole(i32::from_le_bytes([cell[0], cell[1], cell[2], cell[3]]).into())
        }
        _ => Property::Null,
    }
}

/// Text in the encoding that the `.cpg` file names, else the language driver of the table's head,
/// else UTF-8 where it fits and Windows-1252 where not.
fn decode(bytes: &[u8], encoding: Option<&str>, driver: u8) -> String {
    if bytes.is_ascii() {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let named = encoding.and_then(|name| {
        let name = name.trim();
        let number = name.trim_start_matches(|c: char| !c.is_ascii_digit());
        encoding_rs::Encoding::for_label(name.as_bytes())
            .or_else(|| encoding_rs::Encoding::for_label(format!("windows-{number}").as_bytes()))
            .or_else(|| {
                encoding_rs::Encoding::for_label(
                    format!(
                        "iso-8859-{}",
                        number.strip_prefix("8859").unwrap_or("x").trim_start_matches('-')
                    )
                    .as_bytes(),
                )
            })
    });
    let of_driver = match driver {
        0x4d => Some(encoding_rs::GBK),
        0x13 | 0x7b => Some(encoding_rs::SHIFT_JIS),
        0x4e => Some(encoding_rs::EUC_KR),
        0x4f => Some(encoding_rs::BIG5),
        0x64 | 0x96 => Some(encoding_rs::IBM866),
        0xc8 => Some(encoding_rs::WINDOWS_1250),
        0xc9 => Some(encoding_rs::WINDOWS_1251),
        0xca => Some(encoding_rs::WINDOWS_1254),
        0xcb => Some(encoding_rs::WINDOWS_1253),
        0x7c => Some(encoding_rs::WINDOWS_874),
        _ => None,
    };
    match (named, std::str::from_utf8(bytes)) {
        (Some(named), Err(_)) => named.decode_without_bom_handling(bytes).0.into_owned(),
        // A text that is sound UTF-8 is that, whatever is declared, unless another was named.
        (Some(named), Ok(text)) if named == encoding_rs::UTF_8 => text.to_owned(),
        (Some(named), Ok(_)) => named.decode_without_bom_handling(bytes).0.into_owned(),
        (None, Ok(text)) => text.to_owned(),
        (None, Err(_)) => {
            let other = of_driver.unwrap_or(encoding_rs::WINDOWS_1252);
            other.decode_without_bom_handling(bytes).0.into_owned()
        }
    }
}

/// A table for tests: columns as name, kind and length, and records as they lie.
#[cfg(test)]
pub(super) fn made(columns: &[(&str, u8, u8)], records: &[&[u8]]) -> Vec<u8> {
    let length: usize = 1 + columns.iter().map(|(_, _, size)| usize::from(*size)).sum::<usize>();
    let begin = 32 + 32 * columns.len() + 1;
    let mut bytes = vec![0x03, 120, 1, 1];
    bytes.extend((records.len() as u32).to_le_bytes());
    bytes.extend((begin as u16).to_le_bytes());
    bytes.extend((length as u16).to_le_bytes());
    bytes.resize(32, 0);
    for (name, kind, size) in columns {
        let mut descriptor = [0u8; 32];
        descriptor[..name.len()].copy_from_slice(name.as_bytes());
        (descriptor[11], descriptor[16]) = (*kind, *size);
        bytes.extend(descriptor);
    }
    bytes.push(0x0d);
    for record in records {
        bytes.push(b' ');
        bytes.extend(*record);
        bytes.resize(begin + (bytes.len() - begin).div_ceil(length) * length, b' ');
    }
    bytes
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn values_are_typed_and_odd_ones_stay_text() {
        let columns =
            [("NAME", b'C', 5), ("N", b'N', 4), ("D", b'D', 8), ("L", b'L', 1), ("NAME", b'C', 1)];
        let bytes = made(
            &columns,
            &[b"S\xc3\xa3o   1220210301Tx", b"     ****00000000?", b"\xe3    n/a 2021xx  F"],
        );
        let mut layer = Layer::default();
        let rows = read(&bytes, None, &mut layer, &mut Budget::default()).unwrap();
        assert_eq!(layer.fields.names(), ["NAME", "N", "D", "L", "NAME_2"]);
        let text = |text: &str| Property::Text(text.into());
        assert_eq!(
            rows[0],
            [
                (0, text("São")),
                (1, Property::Whole(12)),
                (2, text("2021-03-01")),
                (3, Property::Boolean(true)),
                (4, text("x"))
            ]
        );
        assert_eq!(rows[1], []);
        assert_eq!(rows[2][..2], [(0, text("ã")), (1, text("n/a"))]);
    }

    #[test]
    fn a_table_that_claims_too_much_gives_what_is_there() {
        let mut bytes = made(&[("A", b'C', 2)], &[b"ab"]);
        bytes[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
        let mut budget = Budget::default();
        assert_eq!(read(&bytes, None, &mut Layer::default(), &mut budget).unwrap().len(), 1);
        for cut in 0..bytes.len() {
            let _ = read(&bytes[..cut], None, &mut Layer::default(), &mut budget);
        }
    }
}
