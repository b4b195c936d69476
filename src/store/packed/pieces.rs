//! The current activities of an operation as a few compressed pieces: what a million rows are read
//! from when a server starts, in a tenth of the time that the rows themselves take.
//!
//! A copy, never the truth: it names the revision it was made at, and where it is missing, older
//! than the rows by too much, damaged or of another [`FORMAT`], the rows are read instead.
//!
//! The first piece has every text and place that rows share, the others up to [`PIECE`] rows each,
//! column by column. [`columns`] is the one list of what a row has, for both directions.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::sync::Arc;

use rayon::prelude::*;

use crate::domain::{
    Activity, Day, Disability, PlaceMethod, Point, PopulationGroup, SaidPlace, Sector, Sex, Source,
    Status, Text,
};

/// Changes whenever [`columns`] or the way of a value does.
pub const FORMAT: i64 = 1;

/// Rows of one piece; pieces are read in parallel.
const PIECE: usize = 32_768;

/// The most bytes that one piece may have once it is unpacked.
const MOST: u64 = 1 << 30;

/// A piece that does not read back.
#[derive(Debug, PartialEq, Eq)]
pub struct Damaged;

/// The rows as pieces.
pub fn pack<'a>(rows: impl Iterator<Item = &'a Activity>) -> Vec<Vec<u8>> {
    let mut rows = rows.cloned();
    let mut writer = Writer::default();
    let mut pieces = vec![Vec::new()];
    loop {
        let mut piece: Vec<Activity> = rows.by_ref().take(PIECE).collect();
        if piece.is_empty() {
            break;
        }
        // Writing never fails.
        let _ = writer.number(piece.len() as u64);
        let _ = columns(&mut writer, &mut piece);
        pieces.push(compressed(&writer.bytes));
        writer.bytes.clear();
    }
    pieces[0] = compressed(&writer.dictionary());
    pieces
}

/// The rows of pieces, in the order they were packed in.
pub fn unpack(pieces: &[Vec<u8>]) -> Result<Vec<Activity>, Damaged> {
    let (first, pieces) = pieces.split_first().ok_or(Damaged)?;
    let dictionary = Dictionary::read(&decompressed(first)?)?;
    let read = |piece: &Vec<u8>| {
        let bytes = decompressed(piece)?;
        let mut reader = Reader { bytes: &bytes, dictionary: &dictionary };
        let count = usize::try_from(reader.number(0)?).map_err(|_| Damaged)?;
        if count > PIECE {
            return Err(Damaged);
        }
        let mut rows = vec![Activity::default(); count];
        columns(&mut reader, &mut rows)?;
        if reader.bytes.is_empty() { Ok(rows) } else { Err(Damaged) }
    };
    let pieces: Vec<Vec<Activity>> = pieces.par_iter().map(read).collect::<Result<_, _>>()?;
    let mut rows = Vec::with_capacity(pieces.iter().map(Vec::len).sum());
    pieces.into_iter().for_each(|piece| rows.extend(piece));
    Ok(rows)
}

/// What a row has, column by column: a writer notes each value, a reader sets it.
fn columns(way: &mut impl Way, rows: &mut [Activity]) -> Result<(), Damaged> {
    let mut before = 0;
    for row in rows.iter_mut() {
        let step = whole(way, (row.id as i64).wrapping_sub(before))?;
        before = before.wrapping_add(step);
        row.id = before as u64;
    }
    let mut before = Source::default();
    for Source { submission, row } in rows.iter_mut().map(|row| &mut row.source) {
        *submission = next(way, *submission, before.submission)?;
        *row = next(way, *row, before.row)?;
        before = Source { submission: *submission, row: *row };
    }
    rows.iter_mut().try_for_each(|row| way.own_text(&mut row.activity_id))?;
    rows.iter_mut().try_for_each(|row| {
        let mut partner = Some(row.partner.clone());
        way.text(&mut partner)?;
        row.partner = partner.ok_or(Damaged)?;
        Ok(())
    })?;
    rows.iter_mut().try_for_each(|row| way.text(&mut row.reported_as))?;
    rows.iter_mut().try_for_each(|row| way.text(&mut row.implementing_partner))?;
    rows.iter_mut().try_for_each(|row| way.text(&mut row.donor))?;
    let sectors = Sector::TABLE.iter().map(|(sector, code, _)| (Some(*sector), *code));
    codes(way, rows, |row| &mut row.sector, sectors.chain([(None, "")]))?;
    rows.iter_mut().try_for_each(|row| way.text(&mut row.activity_type))?;
    rows.iter_mut().try_for_each(|row| way.text(&mut row.description))?;
    rows.iter_mut().try_for_each(|row| way.text(&mut row.area))?;
    rows.iter_mut().try_for_each(|row| way.place(&mut row.placed.said))?;
    codes(way, rows, |row| &mut row.placed.method, PlaceMethod::TABLE.iter().copied())?;
    rows.iter_mut().try_for_each(|row| byte(way, &mut row.placed.confidence))?;
    rows.iter_mut().try_for_each(|row| way.text(&mut row.location))?;
    rows.iter_mut().try_for_each(|row| {
        let (mut x, mut y) = (row.point.map(|point| point.x()), row.point.map(|point| point.y()));
        figure(way, &mut x)?;
        figure(way, &mut y)?;
        row.point = x.zip(y).map(|(x, y)| Point::new(x, y));
        Ok(())
    })?;
    rows.iter_mut().try_for_each(|row| day(way, &mut row.start))?;
    rows.iter_mut().try_for_each(|row| day(way, &mut row.end))?;
    let statuses = Status::TABLE.iter().map(|(status, code)| (Some(*status), *code));
    codes(way, rows, |row| &mut row.status, statuses.chain([(None, "")]))?;
    rows.iter_mut().try_for_each(|row| way.text(&mut row.modality))?;
    let populations = PopulationGroup::TABLE.iter().copied();
    codes(way, rows, |row| &mut row.group.population, populations)?;
    codes(way, rows, |row| &mut row.group.sex, Sex::TABLE.iter().copied())?;
    rows.iter_mut().try_for_each(|row| byte(way, &mut row.group.age.from))?;
    rows.iter_mut().try_for_each(|row| byte(way, &mut row.group.age.to))?;
    codes(way, rows, |row| &mut row.group.disability, Disability::TABLE.iter().copied())?;
    rows.iter_mut().try_for_each(|row| figure(way, &mut row.targeted))?;
    rows.iter_mut().try_for_each(|row| figure(way, &mut row.reached))?;
    rows.iter_mut().try_for_each(|row| figure(way, &mut row.households_targeted))?;
    rows.iter_mut().try_for_each(|row| figure(way, &mut row.households_reached))?;
    rows.iter_mut().try_for_each(|row| figure(way, &mut row.budget_usd))
}

/// A number that is mostly that of the row before or one more.
fn next(way: &mut impl Way, number: u32, before: u32) -> Result<u32, Damaged> {
    let step = whole(way, i64::from(number) - i64::from(before))?;
    i64::from(before).checked_add(step).and_then(|next| next.try_into().ok()).ok_or(Damaged)
}

fn day(way: &mut impl Way, day: &mut Option<Day>) -> Result<(), Damaged> {
    let number = way.number(day.map_or(0, |day| folded(i64::from(day.0)) + 1))?;
    *day = match number {
        0 => None,
        number => Some(Day(unfolded(number - 1).try_into().map_err(|_| Damaged)?)),
    };
    Ok(())
}

fn byte(way: &mut impl Way, byte: &mut u8) -> Result<(), Damaged> {
    *byte = way.number(u64::from(*byte))?.try_into().map_err(|_| Damaged)?;
    Ok(())
}

/// A whole number of either sign.
fn whole(way: &mut impl Way, whole: i64) -> Result<i64, Damaged> {
    way.number(folded(whole)).map(unfolded)
}

/// Small numbers of either sign as small numbers.
fn folded(whole: i64) -> u64 {
    ((whole << 1) ^ (whole >> 63)) as u64
}

fn unfolded(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// A figure to the last bit; whole numbers of people, which most are, take a byte or two.
fn figure(way: &mut impl Way, figure: &mut Option<f64>) -> Result<(), Damaged> {
    const NONE: u64 = 0;
    const EXACT: u64 = 1;
    const WHOLE: u64 = 2;
    let short = figure
        .filter(|figure| *figure < 1e15 && figure.to_bits() == (*figure as u64 as f64).to_bits());
    let number = match (*figure, short) {
        (None, _) => NONE,
        (_, Some(people)) => WHOLE + people as u64,
        (Some(_), None) => EXACT,
    };
    *figure = match way.number(number)? {
        NONE => None,
        EXACT => Some(f64::from_bits(way.bits(figure.unwrap_or_default().to_bits())?)),
        number => Some((number - WHOLE) as f64),
    };
    Ok(())
}

/// Values of a vocabulary, by their place in a list of codes that comes first: a list that grows
/// or changes its order between versions reads as it was written.
fn codes<T: Copy + PartialEq>(
    way: &mut impl Way,
    rows: &mut [Activity],
    field: impl Fn(&mut Activity) -> &mut T,
    table: impl Iterator<Item = (T, &'static str)>,
) -> Result<(), Damaged> {
    let table: Vec<(T, &str)> = table.collect();
    let mut values = Vec::new();
    for at in 0..way.number(table.len() as u64)? {
        let mut code = table.get(at as usize).map(|(_, code)| Text::from(*code));
        way.own_text(&mut code)?;
        let found = table.iter().find(|(_, known)| Some(*known) == code.as_deref());
        values.push(found.ok_or(Damaged)?.0);
    }
    for field in rows.iter_mut().map(field) {
        let at = values.iter().position(|value| value == field).unwrap_or_default();
        *field = *values.get(way.number(at as u64)? as usize).ok_or(Damaged)?;
    }
    Ok(())
}

/// One of two directions: notes what it is given, or replaces it by what was noted.
trait Way {
    fn number(&mut self, number: u64) -> Result<u64, Damaged>;
    fn bits(&mut self, bits: u64) -> Result<u64, Damaged>;
    /// A text that few rows share.
    fn own_text(&mut self, text: &mut Option<Text>) -> Result<(), Damaged>;
    /// A text that many rows share.
    fn text(&mut self, text: &mut Option<Text>) -> Result<(), Damaged>;
    fn place(&mut self, place: &mut Option<Arc<SaidPlace>>) -> Result<(), Damaged>;
}

#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    texts: HashMap<Text, u64, foldhash::fast::RandomState>,
    places: HashMap<Arc<SaidPlace>, u64, foldhash::fast::RandomState>,
    /// The same by where they lie in memory: rows share most of them, and an address is quicker to
    /// look up than a text.
    text_at: HashMap<usize, u64, foldhash::fast::RandomState>,
    place_at: HashMap<usize, u64, foldhash::fast::RandomState>,
    /// The shared texts and places in the order of their numbers, from 1 on.
    shared_texts: Vec<Text>,
    shared_places: Vec<Arc<SaidPlace>>,
}

impl Writer {
    /// The shared texts and places. Texts come first, as places are made of them.
    fn dictionary(mut self) -> Vec<u8> {
        let places = std::mem::take(&mut self.shared_places);
        for place in &places {
            for word in place.codes.iter().chain(&place.names) {
                let _ = self.text(&mut word.clone());
            }
        }
        let places_in_texts = std::mem::take(&mut self.bytes);
        let texts = std::mem::take(&mut self.shared_texts);
        let _ = self.number(texts.len() as u64);
        for text in texts {
            let _ = self.own_text(&mut Some(text));
        }
        let _ = self.number(places.len() as u64);
        self.bytes.extend(places_in_texts);
        self.bytes
    }
}

impl Way for Writer {
    fn number(&mut self, number: u64) -> Result<u64, Damaged> {
        let mut left = number;
        while left >= 128 {
            self.bytes.push(left as u8 | 128);
            left >>= 7;
        }
        self.bytes.push(left as u8);
        Ok(number)
    }

    fn bits(&mut self, bits: u64) -> Result<u64, Damaged> {
        self.bytes.extend_from_slice(&bits.to_le_bytes());
        Ok(bits)
    }

    fn own_text(&mut self, text: &mut Option<Text>) -> Result<(), Damaged> {
        self.number(text.as_ref().map_or(0, |text| text.len() as u64 + 1))?;
        self.bytes.extend_from_slice(text.as_ref().map_or(&[], |text| text.as_bytes()));
        Ok(())
    }

    fn text(&mut self, text: &mut Option<Text>) -> Result<(), Damaged> {
        let Some(text) = text else { return self.number(0).map(drop) };
        let at = text.as_ptr() as usize;
        let number = match self.text_at.get(&at) {
            Some(number) => *number,
            None => {
                let new = self.shared_texts.len() as u64 + 1;
                let number = *self.texts.entry(text.clone()).or_insert(new);
                if number == new {
                    self.shared_texts.push(text.clone());
                }
                self.text_at.insert(at, number);
                number
            }
        };
        self.number(number).map(drop)
    }

    fn place(&mut self, place: &mut Option<Arc<SaidPlace>>) -> Result<(), Damaged> {
        let Some(place) = place else { return self.number(0).map(drop) };
        let at = Arc::as_ptr(place) as usize;
        let number = match self.place_at.get(&at) {
            Some(number) => *number,
            None => {
                let new = self.shared_places.len() as u64 + 1;
                let number = *self.places.entry(place.clone()).or_insert(new);
                if number == new {
                    self.shared_places.push(place.clone());
                }
                self.place_at.insert(at, number);
                number
            }
        };
        self.number(number).map(drop)
    }
}

/// What rows share, by number from 1 on.
#[derive(Default)]
struct Dictionary {
    texts: Vec<Text>,
    places: Vec<Arc<SaidPlace>>,
}

impl Dictionary {
    fn read(bytes: &[u8]) -> Result<Dictionary, Damaged> {
        let mut texts = Vec::new();
        let nothing = Dictionary::default();
        let mut reader = Reader { bytes, dictionary: &nothing };
        for _ in 0..reader.number(0)? {
            let mut text = None;
            reader.own_text(&mut text)?;
            texts.push(text.ok_or(Damaged)?);
        }
        let known = Dictionary { texts, places: Vec::new() };
        let mut reader = Reader { bytes: reader.bytes, dictionary: &known };
        let mut places = Vec::new();
        for _ in 0..reader.number(0)? {
            let mut place = SaidPlace::default();
            let SaidPlace { codes, names } = &mut place;
            codes.iter_mut().chain(names).try_for_each(|word| reader.text(word))?;
            places.push(Arc::new(place));
        }
        Ok(Dictionary { places, ..known })
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    dictionary: &'a Dictionary,
}

impl Reader<'_> {
    fn take(&mut self, count: usize) -> Result<&[u8], Damaged> {
        let (taken, left) = self.bytes.split_at_checked(count).ok_or(Damaged)?;
        self.bytes = left;
        Ok(taken)
    }
}

impl Way for Reader<'_> {
    fn number(&mut self, _: u64) -> Result<u64, Damaged> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, left) = self.bytes.split_first().ok_or(Damaged)?;
            self.bytes = left;
            number |= u64::from(byte & 127) << shift;
            if *byte < 128 {
                return Ok(number);
            }
        }
        Err(Damaged)
    }

    fn bits(&mut self, _: u64) -> Result<u64, Damaged> {
        let bytes = self.take(8)?.try_into().map_err(|_| Damaged)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn own_text(&mut self, text: &mut Option<Text>) -> Result<(), Damaged> {
        *text = match self.number(0)? {
            0 => None,
            length => {
                let bytes = self.take(usize::try_from(length - 1).map_err(|_| Damaged)?)?;
                Some(std::str::from_utf8(bytes).map_err(|_| Damaged)?.into())
            }
        };
        Ok(())
    }

    fn text(&mut self, text: &mut Option<Text>) -> Result<(), Damaged> {
        let number = self.number(0)?;
        *text = shared(&self.dictionary.texts, number)?;
        Ok(())
    }

    fn place(&mut self, place: &mut Option<Arc<SaidPlace>>) -> Result<(), Damaged> {
        let number = self.number(0)?;
        *place = shared(&self.dictionary.places, number)?;
        Ok(())
    }
}

fn shared<T: Clone>(known: &[T], number: u64) -> Result<Option<T>, Damaged> {
    match number {
        0 => Ok(None),
        number => known.get(number as usize - 1).cloned().map(Some).ok_or(Damaged),
    }
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    let write = || {
        let mut encoder = zstd::Encoder::new(Vec::new(), 1)?;
        encoder.include_checksum(true)?;
        encoder.write_all(bytes)?;
        encoder.finish()
    };
    // Writing into memory never fails; a piece without bytes would not read back.
    write().unwrap_or_default()
}

fn decompressed(bytes: &[u8]) -> Result<Vec<u8>, Damaged> {
    let decoder = zstd::Decoder::with_buffer(bytes).map_err(|_| Damaged)?;
    let mut unpacked = Vec::new();
    decoder.take(MOST).read_to_end(&mut unpacked).map_err(|_| Damaged)?;
    Ok(unpacked)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::domain::{Age, Group, Placed};

    /// Two rows that have everything and nothing.
    fn rows() -> Vec<Activity> {
        let said = SaidPlace {
            codes: [Some("MZ01".into()), None, None, None],
            names: [Some("Sofala".into()), None, None, Some("Búzi".into())],
        };
        let full = Activity {
            id: 7,
            source: Source { submission: 3, row: 12 },
            activity_id: Some("A-1".into()),
            partner: "who".into(),
            reported_as: Some("w.h.o.".into()),
            implementing_partner: Some("who".into()),
            donor: Some("a donor".into()),
            sector: Some(Sector::ProGbv),
            activity_type: Some("latrines".into()),
            description: Some("".into()),
            area: Some("MZ01".into()),
            placed: Placed {
                said: Some(Arc::new(said)),
                method: PlaceMethod::Name,
                confidence: 97,
            },
            location: Some("Búzi".into()),
            point: Some(Point::new(-0.0, 34.123_456_789_012_3)),
            start: Some(Day(-1)),
            end: Some(Day(i32::MAX)),
            status: Some(Status::Suspended),
            modality: Some("cash".into()),
            group: Group { sex: Sex::Female, age: Age { from: 60, to: Age::OPEN }, ..Group::ALL },
            targeted: Some(0.0),
            reached: Some(0.1 + 0.2),
            households_targeted: Some(-5.0),
            households_reached: Some(1e300),
            budget_usd: Some(12_345.0),
        };
        vec![
            full.clone(),
            Activity { partner: "nrc".into(), ..Activity::default() },
            Activity { id: 2, ..full },
        ]
    }

    #[test]
    fn rows_read_back_to_the_last_bit() {
        let back = unpack(&pack(rows().iter())).unwrap();
        assert_eq!(back, rows());
        let bits = |rows: &[Activity]| rows[0].point.map(|point| point.x().to_bits());
        assert_eq!(bits(&back), bits(&rows()));
    }

    #[test]
    fn equal_texts_and_places_are_held_once() {
        let back = unpack(&pack(rows().iter())).unwrap();
        let place = |row: &Activity| row.placed.said.clone().unwrap();
        assert!(Arc::ptr_eq(&place(&back[0]), &place(&back[2])));
        assert!(Text::ptr_eq(&back[0].partner, back[0].implementing_partner.as_ref().unwrap()));
    }

    #[test]
    fn many_pieces_keep_the_order() {
        let rows: Vec<Activity> =
            (0..PIECE as u64 + 5).map(|id| Activity { id, ..Activity::default() }).collect();
        let pieces = pack(rows.iter());
        assert_eq!(pieces.len(), 3);
        assert_eq!(unpack(&pieces).unwrap(), rows);
        assert_eq!(unpack(&pack([].iter())).unwrap(), []);
    }

    #[test]
    fn a_byte_that_changed_is_noticed() {
        let pieces = pack(rows().iter());
        for piece in 0..pieces.len() {
            for at in 0..pieces[piece].len() {
                let mut broken = pieces.clone();
                broken[piece][at] ^= 64;
                let back = unpack(&broken);
                assert!(back.is_err() || back == Ok(rows()), "piece {piece}, byte {at}");
            }
            let mut missing = pieces.clone();
            missing[piece].clear();
            assert_eq!(unpack(&missing), Err(Damaged));
        }
    }
}
