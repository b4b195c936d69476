//! Delimited text, reading: any of comma, semicolon, tab and bar; any common encoding; LF, CRLF or
//! CR. Cells are slices of the text; only cells with doubled quotes are copied, into one buffer.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::sheet::{Part, Sheet, SheetData, SheetRow, Span, Unreadable, Workbook, limits};

/// Quotes in one cell that stand for themselves, such as those of `"the "old" well"`.
const INNER_QUOTES: usize = 16;

/// Quotes at the start of cells of one row whose end is looked for in vain: those behind them are
/// ordinary characters, so that a long line of them is not read again for each.
const STRAY_QUOTES: usize = 16;

/// Delimited text, decoded.
#[derive(Debug)]
pub struct Delimited<'a> {
    text: Cow<'a, str>,
    delimiter: u8,
    /// Where the first row begins: behind a line `sep=;`, which spreadsheets do not show.
    start: usize,
}

/// Reads bytes as delimited text. The encoding is UTF-8 where that fits, else guessed.
pub fn read(bytes: &[u8]) -> Result<Workbook<'_>, Unreadable> {
    let (text, encoding) = decode(bytes);
    let control = text.chars().take(4096).filter(|c| c.is_control() && !"\t\r\n".contains(*c));
    if control.count() > 8 {
        return Err(Unreadable::new(
            "The file is neither a spreadsheet nor readable text: send XLSX, XLS, ODS, CSV or JSON.",
        ));
    }
    if text.trim().is_empty() {
        return Err(Unreadable::new("The file is empty."));
    }
    let declared = declared_delimiter(&text);
    let (delimiter, start) = declared.unwrap_or_else(|| (delimiter(&text), 0));
    let name = match delimiter {
        b',' => "comma",
        b';' => "semicolon",
        b'\t' => "tab",
        b'|' => "bar",
        _ => "sign",
    };
    let note = format!("{name} separated, {encoding}");
    let data = SheetData::Delimited(Delimited { text, delimiter, start });
    let sheet = Sheet { name: String::new(), hidden: false, merges: Vec::new(), data };
    Ok(Workbook { format: "csv", note, sheets: vec![sheet] })
}

/// Reads bytes that nobody else keeps, such as those of a file in an archive.
pub fn read_owned(bytes: Vec<u8>) -> Result<Workbook<'static>, Unreadable> {
    let book = read(&bytes)?;
    let sheets = book.sheets.into_iter().map(|sheet| {
        let Sheet { name, hidden, merges, data } = sheet;
        let data = match data {
            SheetData::Delimited(Delimited { text, delimiter, start }) => {
                let text = Cow::Owned(text.into_owned());
                SheetData::Delimited(Delimited { text, delimiter, start })
            }
            SheetData::Grid(grid) => SheetData::Grid(grid),
        };
        Sheet { name, hidden, merges, data }
    });
    Ok(Workbook { format: book.format, note: book.note, sheets: sheets.collect() })
}

/// The text, and the name of the encoding it was in.
pub fn decode(bytes: &[u8]) -> (Cow<'_, str>, &'static str) {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return (text, encoding.name());
    }
    if let Some(encoding) = unmarked_utf16(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(bytes);
        return (text, encoding.name());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (Cow::Borrowed(text), "UTF-8");
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    // The start of the file decides; a legacy encoding shows itself within the first megabyte.
    let sample = &bytes[..bytes.len().min(1 << 20)];
    detector.feed(sample, sample.len() == bytes.len());
    let guess = detector.guess(None, chardetng::Utf8Detection::Allow);
    let encoding = if is_mac_roman(sample) { encoding_rs::MACINTOSH } else { guess };
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    (text, encoding.name())
}

/// UTF-16 without a byte order mark: delimiters and digits leave every other byte zero.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let sample = &bytes[..bytes.len().min(4096) & !1];
    let zeros = |first: usize| sample.iter().skip(first).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let many = (sample.len() / 8).max(2);
    match (even, odd) {
        (0, odd) if odd >= many => Some(encoding_rs::UTF_16LE),
        (even, 0) if even >= many => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

/// Text of an old Macintosh: its accented letters are where Windows has quotes and dashes, which do
/// not stand between two letters; and where Windows has its accented letters it has signs.
fn is_mac_roman(bytes: &[u8]) -> bool {
    let (mut mac, mut windows) = (0, 0);
    let letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
    for (at, byte) in bytes.iter().enumerate() {
        if byte.is_ascii() {
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        if !letter(before) || !letter(bytes.get(at + 1)) {
            continue;
        }
        match byte {
            // Of the dashes only that of Spanish -ción, in which no dash would stand.
            0x97 if before == Some(&b'i') && bytes.get(at + 1) == Some(&b'n') => mac += 1,
            // An apostrophe, a dash without blanks and a ligature do stand between letters.
            0x91 | 0x92 | 0x96 | 0x97 | 0x9c | 0xa0 => {}
            0x80..=0x9f => mac += 1,
            0xc0..=0xff => windows += 1,
            _ => {}
        }
    }
    mac > 0 && mac > 3 * windows
}

/// The delimiter that a first line such as `sep=;` declares, and where the next line begins.
fn declared_delimiter(text: &str) -> Option<(u8, usize)> {
    let end = text.find(['\n', '\r'])?;
    let line = text[..end].trim_matches(|c: char| c == '"' || c == '\u{feff}' || c == ' ');
    let [sign] = line.get(4..)?.as_bytes() else { return None };
    let next = if text[end..].starts_with("\r\n") { end + 2 } else { end + 1 };
    let says = line[..4].eq_ignore_ascii_case("sep=") && sign.is_ascii();
    says.then_some((*sign, next))
}

/// The delimiter that cuts the first rows into the most cells, evenly.
fn delimiter(text: &str) -> u8 {
    let score = |delimiter: u8| {
        let mut widths = Vec::new();
        let sample = Delimited { text: Cow::Borrowed(text), delimiter, start: 0 };
        let seen = sample.visit(1, |row| {
            if !row.is_blank() {
                widths.push(row.width());
            }
            if widths.len() < 60 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        if seen.is_err() || widths.is_empty() {
            return 0;
        }
        // Titles above a table are narrow, so what counts is a width that many rows share.
        let shared = |width: &usize| widths.iter().filter(|other| *other == width).count();
        widths.iter().map(|width| (width - 1) * shared(width)).max().unwrap_or(0)
    };
    let mut best = (0, b',');
    for delimiter in [b',', b';', b'\t', b'|'] {
        let score = score(delimiter);
        if score > best.0 {
            best = (score, delimiter);
        }
    }
    best.1
}

impl Delimited<'_> {
    /// Visits every row from row number `from` on, until told to stop. A row number counts rows as
    /// a spreadsheet would: a quoted line break does not begin a new row.
    pub fn visit(
        &self,
        from: u32,
        mut each: impl FnMut(SheetRow<'_>) -> ControlFlow<()>,
    ) -> Result<(), Unreadable> {
        let whole = Part { first: self.start, last: self.text.len(), number: 1 };
        self.visit_part(&whole, |row| match row.number < from {
            true => ControlFlow::Continue(()),
            false => each(row),
        })
    }

    /// Visits the rows of one part.
    pub fn visit_part(
        &self,
        part: &Part,
        mut each: impl FnMut(SheetRow<'_>) -> ControlFlow<()>,
    ) -> Result<(), Unreadable> {
        let text: &str = &self.text;
        let (mut spans, mut scratch) = (Vec::new(), String::new());
        let (mut at, mut number) = (part.first, part.number);
        while at < part.last {
            spans.clear();
            scratch.clear();
            at = self.record(at, &mut spans, &mut scratch)?;
            if number > limits::ROWS {
                return Err(Unreadable::new(format!("More than {} rows.", limits::ROWS)));
            }
            if each(SheetRow::delimited(number, text, &scratch, &spans)).is_break() {
                break;
            }
            number += 1;
        }
        Ok(())
    }

    /// The rows from row number `from` on in parts of at most `rows`, to be read side by side. Only
    /// where rows begin is looked at, which takes a small part of the time of reading them.
    pub fn parts(&self, from: u32, rows: u32) -> Result<Vec<Part>, Unreadable> {
        let end = self.text.len();
        let (mut at, mut number, mut parts) = (self.start, 1, Vec::<Part>::new());
        while at < end {
            if number > limits::ROWS {
                return Err(Unreadable::new(format!("More than {} rows.", limits::ROWS)));
            }
            if number == from || number > from && (number - from).is_multiple_of(rows) {
                if let Some(last) = parts.last_mut() {
                    last.last = at;
                }
                parts.push(Part { first: at, last: end, number });
            }
            at = self.record_end(at);
            number += 1;
        }
        Ok(parts)
    }

    /// Where the record after the one at `start` begins. Only a quote at the start of a cell hides
    /// the end of a line.
    fn record_end(&self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let (mut at, mut stray) = (start, 0);
        while let Some(found) = memchr::memchr3(b'\n', b'\r', b'"', &bytes[at..]) {
            at += found;
            match bytes[at] {
                b'\r' if bytes.get(at + 1) == Some(&b'\n') => return at + 2,
                b'\n' | b'\r' => return at + 1,
                _ if (at == start || bytes[at - 1] == self.delimiter) && stray < STRAY_QUOTES => {
                    let quoted = self.quoted(at, &mut String::new());
                    stray += usize::from(quoted.is_none());
                    at = quoted.map_or(at + 1, |(_, next)| next);
                }
                _ => at += 1,
            }
        }
        bytes.len()
    }

    /// Reads one record from `at`; gives where the next begins.
    fn record(
        &self,
        mut at: usize,
        spans: &mut Vec<Span>,
        scratch: &mut String,
    ) -> Result<usize, Unreadable> {
        let bytes = self.text.as_bytes();
        // Most lines have no quotes: they are cut at every delimiter.
        let end = memchr::memchr3(b'\n', b'\r', b'"', &bytes[at..]).map(|length| at + length);
        if let Some(end) = end.filter(|end| bytes[*end] != b'"' && end - at <= limits::CELL_BYTES) {
            let mut start = at;
            each(self.delimiter, &bytes[at..end], |found| {
                spans.push(Span { start, end: at + found, unescaped: false });
                start = at + found + 1;
            });
            spans.push(Span { start, end, unescaped: false });
            if spans.len() > limits::COLUMNS {
                return Err(Unreadable::new(format!("More than {} columns.", limits::COLUMNS)));
            }
            let is_crlf = bytes[end] == b'\r' && bytes.get(end + 1) == Some(&b'\n');
            return Ok(end + 1 + usize::from(is_crlf));
        }
        let mut stray = 0;
        loop {
            let quoted = match bytes.get(at) {
                Some(b'"') if stray < STRAY_QUOTES => {
                    let quoted = self.quoted(at, scratch);
                    stray += usize::from(quoted.is_none());
                    quoted
                }
                _ => None,
            };
            let (span, next) = quoted.unwrap_or_else(|| self.plain(at));
            if span.end - span.start > limits::CELL_BYTES {
                return Err(Unreadable::new(format!(
                    "A cell is longer than {} bytes.",
                    limits::CELL_BYTES
                )));
            }
            if spans.len() >= limits::COLUMNS {
                return Err(Unreadable::new(format!("More than {} columns.", limits::COLUMNS)));
            }
            spans.push(span);
            match bytes.get(next) {
                Some(byte) if *byte == self.delimiter => at = next + 1,
                Some(b'\r') if bytes.get(next + 1) == Some(&b'\n') => return Ok(next + 2),
                Some(_) => return Ok(next + 1),
                None => return Ok(next),
            }
        }
    }

    /// A cell without quotes: up to the next delimiter or line end.
    fn plain(&self, start: usize) -> (Span, usize) {
        let rest = &self.text.as_bytes()[start..];
        let delimiter = self.delimiter;
        let length = rest
            .iter()
            .position(|byte| *byte == delimiter || *byte == b'\n' || *byte == b'\r')
            .unwrap_or(rest.len());
        let end = start + length;
        (Span { start, end, unescaped: false }, end)
    }

    /// A quoted cell, or `None` where the quote is never closed within the longest cell: it is then
    /// an ordinary character, so that one stray quote does not swallow the file. A quote closes
    /// only before a delimiter or the end of the line; one with anything else behind it is part of
    /// the text, as sloppy writers have it, and the cell then ends with its line.
    fn quoted(&self, start: usize, scratch: &mut String) -> Option<(Span, usize)> {
        let bytes = self.text.as_bytes();
        let limit = bytes.len().min(start + limits::CELL_BYTES + 2);
        let (mut at, mut doubled, mut inner) = (start + 1, false, 0);
        let next = loop {
            let from = at;
            at += memchr::memchr(b'"', &bytes[at..limit])?;
            if inner > 0 && memchr::memchr2(b'\n', b'\r', &bytes[from..at]).is_some() {
                return None;
            }
            if bytes.get(at + 1) == Some(&b'"') {
                doubled = true;
                at += 2;
            } else {
                let blanks = bytes[at + 1..].iter().take_while(|byte| **byte == b' ').count();
                let next = at + 1 + blanks;
                match bytes.get(next) {
                    None | Some(b'\n' | b'\r') => break next,
                    Some(byte) if *byte == self.delimiter => break next,
                    Some(_) if inner < INNER_QUOTES => {
                        inner += 1;
                        at += 1;
                    }
                    Some(_) => return None,
                }
            }
            if at >= limit {
                return None;
            }
        };
        let text = &self.text[start + 1..at];
        if !doubled {
            return Some((Span { start: start + 1, end: at, unescaped: false }, next));
        }
        let begin = scratch.len();
        let mut parts = text.split("\"\"");
        scratch.push_str(parts.next().unwrap_or_default());
        for part in parts {
            scratch.push('"');
            scratch.push_str(part);
        }
        Some((Span { start: begin, end: scratch.len(), unescaped: true }, next))
    }
}

/// Every place of a byte, eight bytes at a time: cells are short, and a search of its own for each
/// takes longer.
fn each(byte: u8, bytes: &[u8], mut found: impl FnMut(usize)) {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let wanted = u64::from_le_bytes([byte; 8]);
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word) ^ wanted;
        // The highest bit of each byte that is wanted, and no other.
        let mut places = !(((word & LOW) + LOW) | word | LOW);
        while places != 0 {
            found(at * 8 + places.trailing_zeros() as usize / 8);
            places &= places - 1;
        }
    }
    let tail = words.len() * 8;
    rest.iter().enumerate().filter(|(_, one)| **one == byte).for_each(|(at, _)| found(tail + at));
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
        let book = read(bytes).unwrap();
        let mut rows = Vec::new();
        let text =
            |cell: super::super::sheet::Cell<'_>| cell.text().unwrap_or_default().into_owned();
        book.sheets[0]
            .visit(1, |row| {
                rows.push(row.cells().map(text).collect());
                ControlFlow::Continue(())
            })
            .unwrap();
        rows
    }

    #[test]
    fn quotes_delimiters_and_line_ends_are_read() {
        assert_eq!(
            rows(b"a,b\r\n\"x, y\",\"say \"\"hi\"\"\"\r\n"),
            [["a", "b"], ["x, y", "say \"hi\""]]
        );
        assert_eq!(rows(b"a;b;c\r1;2,5;3\r"), [["a", "b", "c"], ["1", "2,5", "3"]]);
        assert_eq!(rows(b"a\tb\n1\t2"), [["a", "b"], ["1", "2"]]);
        assert_eq!(rows(b"a|b\n1|2"), [["a", "b"], ["1", "2"]]);
    }

    #[test]
    fn a_stray_quote_does_not_swallow_the_file() {
        assert_eq!(rows(b"a,b\n\"oops,2\n3,4\n"), [["a", "b"], ["\"oops", "2"], ["3", "4"]]);
    }

    #[test]
    fn quotes_within_a_quoted_cell_are_part_of_it_where_they_close_nothing() {
        assert_eq!(
            rows(b"a,b\n\"the \"old\" well, north\",1\n\"Save\" the Children,2\n"),
            [["a", "b"], ["the \"old\" well, north", "1"], ["\"Save\" the Children", "2"]]
        );
        let stray = "\"a,".repeat(3);
        assert_eq!(rows(format!("{stray}\nb,c\n").as_bytes())[1], ["b", "c"]);
    }

    #[test]
    fn a_first_line_that_declares_the_delimiter_is_no_row() {
        let text = b"sep=;\r\na;b,c\r\n1;2,5\r\n";
        assert_eq!(rows(text), [["a", "b,c"], ["1", "2,5"]]);
        let book = read(text).unwrap();
        book.sheets[0]
            .visit(1, |row| {
                assert_eq!(row.number, 1);
                ControlFlow::Break(())
            })
            .unwrap();
    }

    #[test]
    fn row_numbers_count_blank_rows_and_not_quoted_line_breaks() {
        let book = read(b"a,b\n\n\"x\ny\",1\nz,2\n").unwrap();
        let mut numbers = Vec::new();
        book.sheets[0]
            .visit(2, |row| {
                numbers.push((row.number, row.is_blank()));
                ControlFlow::Continue(())
            })
            .unwrap();
        assert_eq!(numbers, [(2, true), (3, false), (4, false)]);
    }

    #[test]
    fn old_encodings_are_decoded() {
        assert_eq!(rows(b"nome,sector\nEduca\xe7\xe3o,\xc1gua\n")[1], ["Educação", "Água"]);
        let utf16: Vec<u8> =
            "\u{feff}a,b\né,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(rows(&utf16)[1], ["é", "2"]);
        for order in [u16::to_le_bytes, u16::to_be_bytes] {
            let unmarked: Vec<u8> = "a,b\né,2\n".encode_utf16().flat_map(order).collect();
            assert_eq!(rows(&unmarked)[1], ["é", "2"]);
        }
        let mac = b"nome,sector\nEduca\x8d\x8bo,\x87gua do Z\x8e Jos\x8e e Jo\x8bo\n";
        assert_eq!(rows(mac)[1], ["Educação", "água do Zé José e João"]);
        let spanish = b"Organizaci\x97n,Protecci\x97n\nTib\x9c,Choc\x97\n";
        assert_eq!(rows(spanish), [["Organización", "Protección"], ["Tibú", "Chocó"]]);
        let french = b"nom,secteur\nAide \xe0 l\x92enfance,Sant\xe9 g\xe9n\xe9rale\n";
        assert_eq!(rows(french)[1], ["Aide à l’enfance", "Santé générale"]);
        let arabic = "المحافظة,القطاع\nتعز,المياه والصرف الصحي\nصنعاء,الصحة\n";
        let (bytes, ..) = encoding_rs::WINDOWS_1256.encode(arabic);
        assert_eq!(rows(&bytes)[1], ["تعز", "المياه والصرف الصحي"]);
    }

    proptest::proptest! {
        #[test]
        fn every_place_of_a_byte_is_found(bytes in proptest::collection::vec(b'*'..b'/', 0..40)) {
            let mut found = Vec::new();
            each(b',', &bytes, |at| found.push(at));
            let expected = memchr::memchr_iter(b',', &bytes);
            proptest::prop_assert_eq!(found, expected.collect::<Vec<_>>());
        }

        #[test]
        fn parts_give_the_rows_of_the_whole(text in "[ab,;\"\n\r]{0,60}", rows in 1u32..4, from in 1u32..4) {
            let book = Delimited { text: Cow::Borrowed(&text), delimiter: b',', start: 0 };
            let cells = |row: SheetRow<'_>| {
                let cells: Vec<String> =
                    row.cells().map(|cell| cell.text().unwrap_or_default().into_owned()).collect();
                (row.number, cells)
            };
            let (mut whole, mut together) = (Vec::new(), Vec::new());
            book.visit(from, |row| {
                whole.push(cells(row));
                ControlFlow::Continue(())
            }).unwrap();
            for part in book.parts(from, rows).unwrap() {
                let before = together.len();
                book.visit_part(&part, |row| {
                    together.push(cells(row));
                    ControlFlow::Continue(())
                }).unwrap();
                proptest::prop_assert!(together.len() - before <= rows as usize);
            }
            proptest::prop_assert_eq!(whole, together);
        }
    }

    #[test]
    fn too_many_columns_are_refused() {
        assert!(
            read(&b",".repeat(5000)).unwrap().sheets[0]
                .visit(1, |_| ControlFlow::Continue(()))
                .is_err()
        );
    }
}
