//! What a zip container of a spreadsheet unpacks to, counted before a parser sees it.

use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};

use quick_xml::events::Event;

use super::super::archive;
use super::super::sheet::{Unreadable, limits};
use super::broken;

/// How often all bytes of a container may be read: each part is, twice at most.
const READINGS: usize = 4;
/// Bytes between two tags: a cell, with room to spare for what is no cell.
const RUN_BYTES: usize = 16 * limits::CELL_BYTES;

/// Counts what a container unpacks to, by its headers first and then in fact; gives the names.
pub(super) fn weigh(bytes: &[u8], left: &mut u64) -> Result<Vec<String>, Unreadable> {
    let broken = |error: zip::result::ZipError| broken("zip", &error);
    let too_much = || {
        Unreadable::new(format!(
            "The file unpacks to more than {} MB, which no table needs.",
            limits::UNPACKED_BYTES >> 20
        ))
    };
    let mut archive = archive::zip(bytes)?;
    if archive.len() > limits::ZIP_ENTRIES {
        return Err(Unreadable::new("The zip holds too many files to be a spreadsheet."));
    }
    if archive.decompressed_size().is_some_and(|size| size > u128::from(*left)) {
        return Err(too_much());
    }
    let mut names = Vec::with_capacity(archive.len());
    let mut buffer = vec![0; 64 << 10];
    for position in 0..archive.len() {
        let mut entry = archive.by_index(position).map_err(broken)?;
        let name = entry.name().map_err(broken)?.into_owned();
        let mut part = Part::of(&name);
        let begin = *left;
        names.push(name);
        loop {
            let read = entry.read(&mut buffer).map_err(|error| super::broken("zip", &error))?;
            if read == 0 {
                break;
            }
            let rest = left.checked_sub(read as u64);
            *left = rest.unwrap_or(0);
            rest.ok_or_else(too_much)?;
            part.see(&buffer[..read])?;
        }
        if part.is_texts {
            drop(entry);
            let entry = archive.by_index(position).map_err(broken)?;
            believe(declared_texts(entry), begin - *left)?;
        }
    }
    Ok(names)
}

/// What has been seen of a part. Which parts are read as XML the container itself says, so that all
/// are looked at as if they were.
struct Part {
    /// It is called XML: texts in it end somewhere.
    is_xml: bool,
    /// Tags that may still come.
    tags_left: usize,
    /// Bytes since the last tag.
    run: usize,
    /// It is the list of texts that cells refer to.
    is_texts: bool,
}

impl Part {
    fn of(name: &str) -> Part {
        let name = name.to_ascii_lowercase();
        let is_texts = name.ends_with("sharedstrings.xml");
        let is_sheet = name.contains("worksheets/") || name == "content.xml";
        let tags_left = match (is_texts, is_sheet) {
            (true, _) => limits::TEXT_TAGS,
            (_, true) => usize::MAX,
            _ => limits::OTHER_TAGS,
        };
        let is_xml = name.ends_with(".xml") || name.ends_with(".rels");
        Part { is_xml, tags_left, run: 0, is_texts }
    }

    fn see(&mut self, bytes: &[u8]) -> Result<(), Unreadable> {
        let mut behind = 0;
        for at in memchr::memchr_iter(b'<', bytes) {
            self.runs(at - behind)?;
            (self.run, behind) = (0, at);
            // An end, a remark, or a sign in a picture.
            if bytes.get(at + 1).is_some_and(|next| *next < b':') {
                continue;
            }
            self.tags_left = self.tags_left.checked_sub(1).ok_or_else(|| {
                Unreadable::new("The workbook has more texts or styles than a table can have.")
            })?;
        }
        self.runs(bytes.len() - behind)
    }

    fn runs(&mut self, bytes: usize) -> Result<(), Unreadable> {
        self.run += bytes;
        match self.is_xml && self.run > RUN_BYTES {
            true => Err(Unreadable(format!("A cell is longer than {} bytes.", limits::CELL_BYTES))),
            false => Ok(()),
        }
    }
}

/// How many texts a list of texts says it has: room is made for that many.
fn declared_texts(part: impl Read) -> Option<u64> {
    let mut reader = quick_xml::Reader::from_reader(BufReader::new(part));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).ok()? {
            Event::Start(element) | Event::Empty(element)
                if element.local_name().as_ref() == "sst" =>
            {
                let mut attributes = element.attributes();
                let attributes = attributes.with_checks(false).flatten();
                let counts = attributes.filter(|attribute| attribute.key.as_ref() == "uniqueCount");
                return counts.filter_map(|attribute| attribute.value.trim().parse().ok()).max();
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// Every text takes some bytes.
fn believe(declared: Option<u64>, bytes: u64) -> Result<(), Unreadable> {
    match declared {
        Some(texts) if texts > bytes => Err(Unreadable(format!(
            "The workbook is broken: it says that it has {texts} texts, and has room for {bytes} at most."
        ))),
        _ => Ok(()),
    }
}

/// A file that may be read some times over, but not for ever: a workbook may name one part as the
/// sheet of a thousand names.
pub(super) struct Patient<'a> {
    file: Cursor<&'a [u8]>,
    left: usize,
}

impl<'a> Patient<'a> {
    pub fn new(bytes: &'a [u8]) -> Patient<'a> {
        // Looking for the list of parts at the end takes some more.
        Patient { file: Cursor::new(bytes), left: bytes.len().saturating_mul(READINGS) + (1 << 18) }
    }
}

impl Read for Patient<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.left = self
            .left
            .checked_sub(read)
            .ok_or_else(|| std::io::Error::other("its parts are used again and again"))?;
        Ok(read)
    }
}

impl Seek for Patient<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.file.seek(to)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::super::super::archive::made;
    use super::*;

    fn refusal(files: &[(&str, &[u8])]) -> String {
        weigh(&made(files), &mut limits::UNPACKED_BYTES.clone())
            .err()
            .map(|refusal| refusal.0)
            .unwrap_or_default()
    }

    #[test]
    fn a_count_of_texts_is_believed_as_far_as_there_is_room_for_them() {
        let texts = |count: &str| {
            format!("<!-- --><x:sst uniqueCount = '{count}'><si><t>a</t></si></x:sst>")
        };
        let refused = refusal(&[("xl/SharedStrings.xml", texts("3000000000000").as_bytes())]);
        assert!(refused.contains("3000000000000 texts"), "{refused}");
        assert_eq!(refusal(&[("xl/sharedStrings.xml", texts("2").as_bytes())]), "");
    }

    #[test]
    fn a_cell_without_an_end_and_styles_without_end_are_refused() {
        let cell = [b"<v>", vec![b'1'; RUN_BYTES + 1].as_slice()].concat();
        assert!(refusal(&[("xl/worksheets/sheet1.xml", &cell)]).contains("longer than"));
        let styles = b"<xf/>".repeat(limits::OTHER_TAGS + 1);
        assert!(refusal(&[("xl/styles.xml", &styles)]).contains("styles"));
        assert_eq!(refusal(&[("xl/worksheets/sheet1.xml", &styles)]), "");
    }

    #[test]
    fn a_file_is_not_read_for_ever() {
        let bytes = [1; 100_000];
        let mut file = Patient::new(&bytes);
        let mut readings = 0;
        while readings < 100 && std::io::copy(&mut file, &mut std::io::sink()).is_ok() {
            readings += 1;
            file.seek(SeekFrom::Start(0)).unwrap();
        }
        assert!((READINGS..20).contains(&readings), "{readings}");
    }
}
