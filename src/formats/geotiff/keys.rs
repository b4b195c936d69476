//! Where a GeoTIFF lies: its transformation and its keys (OGC 19-008r4).

use std::collections::HashMap;
use std::io::Cursor;

use tiff::decoder::Decoder;
use tiff::tags::Tag;

use super::super::crs::Crs;
use super::super::sheet::Unreadable;

type File<'a> = Decoder<Cursor<&'a [u8]>>;

/// The number that stands for what the keys spell out themselves.
const USER_DEFINED: u16 = 32_767;

/// A key's value.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Code(u16),
    Number(f64),
    Text(String),
}

/// From the corner of the first cell: see [`super::Raster::transform`].
pub(super) fn transform(file: &mut File<'_>) -> Result<[f64; 6], Unreadable> {
    let numbers = |file: &mut File<'_>, tag| file.get_tag_f64_vec(tag).unwrap_or_default();
    let matrix = numbers(file, Tag::ModelTransformationTag);
    let scale = numbers(file, Tag::ModelPixelScaleTag);
    let tie = numbers(file, Tag::ModelTiepointTag);
    let mut transform = match (matrix.as_slice(), scale.as_slice(), tie.as_slice()) {
        ([a, b, _, x, c, d, _, y, ..], ..) => [*x, *a, *b, *y, *c, *d],
        (_, [across, down, ..], [column, row, _, x, y, ..]) => {
            [x - column * across, *across, 0.0, y + row * down, 0.0, -down]
        }
        _ => {
            return Err(Unreadable::new(
                "The image has no place on the globe: it is a picture or a scan, not a GeoTIFF.",
            ));
        }
    };
    if keys(file).get(&1025) == Some(&Value::Code(2)) {
        // The place is that of the middle of a cell.
        let [x, a, b, y, c, d] = transform;
        transform[0] = x - (a + b) / 2.0;
        transform[3] = y - (c + d) / 2.0;
    }
    let [_, a, b, _, c, d] = transform;
    let area = a * d - b * c;
    if !transform.iter().all(|number| number.is_finite()) || area == 0.0 || !area.is_finite() {
        return Err(Unreadable::new("The GeoTIFF has cells without a size."));
    }
    Ok(transform)
}

/// The reference system that the keys name or spell out.
pub(super) fn crs(file: &mut File<'_>) -> Result<Crs, Unreadable> {
    let keys = keys(file);
    let code = |key: u16| match keys.get(&key) {
        Some(Value::Code(code)) if *code != USER_DEFINED && *code != 0 => Some(u32::from(*code)),
        _ => None,
    };
    if let Some(code) = code(3072) {
        return Crs::from_epsg(code);
    }
    let is_projected = keys.get(&1024) == Some(&Value::Code(1)) || keys.contains_key(&3075);
    // A system without keys of its own is written as WKT into a citation.
    let wkt = [3073, 1026, 2049].iter().find_map(|key| match keys.get(key) {
        Some(Value::Text(text)) if text.contains("CS[") => Some(text),
        _ => None,
    });
    if let Some(wkt) = wkt {
        return Crs::from_wkt(wkt);
    }
    if !is_projected {
        return code(2048).map_or_else(|| Ok(Crs::wgs84()), Crs::from_epsg);
    }
    let name = match keys.get(&3073).or(keys.get(&1026)) {
        Some(Value::Text(text)) => text.split('|').next().unwrap_or("").to_owned(),
        _ => "a projection without a name".to_owned(),
    };
    let number = |wanted: &[u16]| {
        wanted.iter().find_map(|key| match keys.get(key) {
            Some(Value::Number(number)) => Some(*number),
            Some(Value::Code(code)) => Some(f64::from(*code)),
            _ => None,
        })
    };
    let lon = number(&[3080, 3084, 3088]).unwrap_or(0.0);
    let lat = number(&[3081, 3085, 3089]).unwrap_or(0.0);
    let (x, y) = (number(&[3082, 3086]).unwrap_or(0.0), number(&[3083, 3087]).unwrap_or(0.0));
    let (first, second) = (number(&[3078]).unwrap_or(0.0), number(&[3079]).unwrap_or(0.0));
    let scale = number(&[3092, 3093]).unwrap_or(1.0);
    let projection = match keys.get(&3075) {
        Some(Value::Code(1)) => format!("etmerc +lat_0={lat} +k={scale}"),
        Some(Value::Code(7)) => format!("merc +lat_ts={first} +k={scale}"),
        Some(Value::Code(8)) => format!("lcc +lat_1={first} +lat_2={second} +lat_0={lat}"),
        Some(Value::Code(9)) => format!("lcc +lat_1={lat} +lat_0={lat} +k_0={scale}"),
        Some(Value::Code(10)) => format!("laea +lat_0={lat}"),
        Some(Value::Code(11)) => format!("aea +lat_1={first} +lat_2={second} +lat_0={lat}"),
        Some(Value::Code(28)) => format!("cea +lat_ts={first}"),
        _ => return Crs::from_name(&name),
    };
    let string = format!("+proj={projection} +lon_0={lon} +x_0={x} +y_0={y} +units=m");
    match code(2048) {
        Some(geographic) => Crs::on_datum_of(&name, &string, geographic),
        None => Crs::from_proj(&name, &format!("{string} +datum=WGS84"), ""),
    }
}

fn keys(file: &mut File<'_>) -> HashMap<u16, Value> {
    let directory = file.get_tag_u16_vec(Tag::GeoKeyDirectoryTag).unwrap_or_default();
    let doubles = file.get_tag_f64_vec(Tag::GeoDoubleParamsTag).unwrap_or_default();
    let texts = file.get_tag_ascii_string(Tag::GeoAsciiParamsTag).unwrap_or_default();
    let entry = |entry: &[u16]| {
        let [key, place, count, at] = entry else { return None };
        let from = usize::from(*at);
        let value = match place {
            0 => Value::Code(*at),
            34736 => Value::Number(*doubles.get(from)?),
            34737 => {
                let text = texts.get(from..(from + usize::from(*count)).min(texts.len()))?;
                Value::Text(text.trim_end_matches(['|', '\0']).to_owned())
            }
            _ => return None,
        };
        Some((*key, value))
    };
    directory.get(4..).unwrap_or_default().chunks_exact(4).filter_map(entry).collect()
}
