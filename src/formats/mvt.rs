//! Mapbox Vector Tiles 2.1, written straight to bytes: one layer, its features one after the other.

use std::borrow::Cow;
use std::collections::HashMap;

use foldhash::fast::RandomState;
use i_overlay::i_float::int::point::IntPoint;

use super::layer::Value;
use crate::domain::Day;

/// Units along the side of a tile.
pub const EXTENT: i32 = 4096;

pub const MEDIA: &str = "application/vnd.mapbox-vector-tile";

/// A layer that is being written. Values that features share are written once.
pub struct LayerWriter<'a> {
    name: &'a str,
    keys: Vec<&'a str>,
    features: Vec<u8>,
    values: Vec<u8>,
    count: u32,
    texts: HashMap<Cow<'a, str>, u32, RandomState>,
    numbers: HashMap<(u8, u64), u32, RandomState>,
    tags: Vec<u8>,
    geometry: Vec<u8>,
    cursor: IntPoint,
}

/// What a feature is, as the format numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Point = 1,
    Polygon = 3,
}

const MOVE_TO: u32 = 1;
const LINE_TO: u32 = 2;
const CLOSE_PATH: u32 = 7;

impl<'a> LayerWriter<'a> {
    pub fn new(name: &'a str, keys: Vec<&'a str>) -> LayerWriter<'a> {
        LayerWriter {
            name,
            keys,
            features: Vec::with_capacity(32 << 10),
            values: Vec::with_capacity(4 << 10),
            count: 0,
            texts: HashMap::default(),
            numbers: HashMap::default(),
            tags: Vec::new(),
            geometry: Vec::new(),
            cursor: IntPoint::ZERO,
        }
    }

    /// Bytes written so far, names of the keys aside.
    pub fn len(&self) -> usize {
        self.features.len() + self.values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.features.is_empty()
    }

    /// Adds a point to the feature that comes next.
    pub fn point(&mut self, at: IntPoint) {
        self.command(MOVE_TO, 1);
        self.step(at);
    }

    /// Adds a ring, without its closing point, to the feature that comes next. Outer rings have a
    /// positive area (y points down), and their holes follow them.
    pub fn ring(&mut self, points: impl ExactSizeIterator<Item = IntPoint>) {
        let count = points.len() as u32;
        for (position, point) in points.enumerate() {
            match position {
                0 => self.command(MOVE_TO, 1),
                1 => self.command(LINE_TO, count - 1),
                _ => {}
            }
            self.step(point);
        }
        self.command(CLOSE_PATH, 1);
    }

    /// Whether the feature that comes next has a geometry.
    pub fn has_geometry(&self) -> bool {
        !self.geometry.is_empty()
    }

    /// Ends a feature: its values in the order of the keys, which are taken out. Null is left out.
    pub fn feature(&mut self, kind: Kind, id: u64, values: impl Iterator<Item = Value<'a>>) {
        self.tags.clear();
        for (key, value) in values.enumerate() {
            if let Some(found) = self.value(value) {
                varint(&mut self.tags, key as u64);
                varint(&mut self.tags, found.into());
            }
        }
        let id_bytes = 1 + varint_len(id);
        let parts = [self.tags.len(), self.geometry.len()];
        let size: usize = parts.iter().map(|len| 1 + varint_len(*len as u64) + len).sum();
        let out = &mut self.features;
        open(out, 2, (id_bytes + 2 + size) as u64);
        out.push(1 << 3);
        varint(out, id);
        bytes(out, 2, &self.tags);
        out.extend([3 << 3, kind as u8]);
        bytes(out, 4, &self.geometry);
        self.geometry.clear();
        self.cursor = IntPoint::ZERO;
    }

    /// The tile of this one layer; nothing where it has no feature.
    pub fn finish(self) -> Vec<u8> {
        if self.features.is_empty() {
            return Vec::new();
        }
        let mut layer = Vec::with_capacity(self.len() + 1024);
        layer.extend([15 << 3, 2]);
        bytes(&mut layer, 1, self.name.as_bytes());
        layer.extend_from_slice(&self.features);
        for key in &self.keys {
            bytes(&mut layer, 3, key.as_bytes());
        }
        layer.extend_from_slice(&self.values);
        layer.push(5 << 3);
        varint(&mut layer, EXTENT as u64);
        let mut tile = Vec::with_capacity(layer.len() + 6);
        bytes(&mut tile, 3, &layer);
        tile
    }

    /// The number of a value in the layer. One type per property, always: a whole number of a
    /// field of numbers is a double too.
    fn value(&mut self, value: Value<'a>) -> Option<u32> {
        let (kind, bits) = match value {
            Value::Null => return None,
            Value::Text(text) => return Some(self.text(text)),
            Value::Date(days) => return Some(self.text(Day(days).to_string().into())),
            Value::Number(figure) if !figure.is_finite() => return None,
            Value::Number(figure) => (3, figure.to_bits()),
            Value::Integer(whole) => (6, zigzag(whole)),
            Value::Boolean(yes) => (7, u64::from(yes)),
        };
        if let Some(known) = self.numbers.get(&(kind, bits)) {
            return Some(*known);
        }
        let out = &mut self.values;
        if kind == 3 {
            out.extend([4 << 3 | 2, 9, 3 << 3 | 1]);
            out.extend_from_slice(&bits.to_le_bytes());
        } else {
            open(out, 4, 1 + varint_len(bits) as u64);
            out.push(kind << 3);
            varint(out, bits);
        }
        self.numbers.insert((kind, bits), self.count);
        self.count += 1;
        Some(self.count - 1)
    }

    fn text(&mut self, text: Cow<'a, str>) -> u32 {
        if let Some(known) = self.texts.get(&*text) {
            return *known;
        }
        let size = text.len();
        open(&mut self.values, 4, (1 + varint_len(size as u64) + size) as u64);
        bytes(&mut self.values, 1, text.as_bytes());
        self.texts.insert(text, self.count);
        self.count += 1;
        self.count - 1
    }

    fn command(&mut self, command: u32, count: u32) {
        varint(&mut self.geometry, u64::from(count << 3 | command));
    }

    fn step(&mut self, to: IntPoint) {
        varint(&mut self.geometry, zigzag((to.x - self.cursor.x).into()));
        varint(&mut self.geometry, zigzag((to.y - self.cursor.y).into()));
        self.cursor = to;
    }
}

fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63) as u64
}

/// A number in as many bytes as it needs, seven bits in each, the lowest first.
pub(super) fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn varint_len(number: u64) -> usize {
    (64 - (number | 1).leading_zeros() as usize).div_ceil(7)
}

/// Field number and length of what follows.
fn open(out: &mut Vec<u8>, field: u8, len: u64) {
    out.push(field << 3 | 2);
    varint(out, len);
}

fn bytes(out: &mut Vec<u8>, field: u8, content: &[u8]) {
    open(out, field, content.len() as u64);
    out.extend_from_slice(content);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_without_features_is_an_empty_tile() {
        assert!(LayerWriter::new("empty", vec!["a"]).finish().is_empty());
    }

    #[test]
    fn the_square_of_the_specification_has_its_commands() {
        let mut layer = LayerWriter::new("l", vec!["k"]);
        let corners = [[3, 6], [8, 12], [20, 34]].map(|[x, y]| IntPoint::new(x, y));
        layer.ring(corners.into_iter());
        assert_eq!(layer.geometry, [9, 6, 12, 18, 10, 12, 24, 44, 15]);
        layer.feature(Kind::Polygon, 1, [Value::Text("v".into())].into_iter());
        layer.point(IntPoint::new(25, 17));
        assert_eq!(layer.geometry, [9, 50, 34]);
        layer.feature(Kind::Point, 2, [Value::Text("v".into())].into_iter());
        assert_eq!(layer.count, 1, "a shared value is written once");
    }

    #[test]
    fn numbers_are_as_long_as_they_must_be() {
        for number in [0, 1, 127, 128, 16383, 16384, u64::MAX] {
            let mut out = Vec::new();
            varint(&mut out, number);
            assert_eq!(out.len(), varint_len(number), "{number}");
        }
        assert_eq!([0, -1, 1, -2].map(zigzag), [0, 1, 2, 3]);
    }
}
