//! The stream of records within an old Excel workbook, taken out of its container and looked over
//! before a parser sees it: the parser follows chains of sectors wherever they lead, makes room for
//! as many cells as a sheet declares, and for every cell between the first and the last one, and
//! copies the text of each cell.
//!
//! Formats: [MS-CFB] and [MS-XLS].

mod texts;

use super::sheet::{Unreadable, limits};

const MAGIC: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// Marks in a chain of sectors from here on are none: free, end of the chain, and the like.
const MARKS: u32 = 0xffff_fffa;
const FREE: u32 = 0xffff_ffff;
const END: u32 = 0xffff_fffe;
const TABLE: u32 = 0xffff_fffd;
/// Streams that are shorter lie in the small sectors.
const SMALL: usize = 4096;
const SMALL_SECTOR: usize = 64;
/// Bytes of an entry of the directory.
const ENTRY: usize = 128;

/// The same workbook in a container that holds nothing else and leads nowhere else.
pub fn clean(bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let mut stream = workbook(bytes)?;
    if stream.len() > limits::XLS_BYTES {
        return Err(Unreadable(format!(
            "An XLS workbook may have {} MB: save a larger one as XLSX or CSV.",
            limits::XLS_BYTES >> 20
        )));
    }
    look_over(&mut stream)?;
    Ok(container("Workbook", &stream))
}

fn broken(why: &str) -> Unreadable {
    Unreadable(format!("The XLS file is broken and cannot be opened ({why})."))
}

/// The stream of the workbook.
fn workbook(bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let short = || broken("its head is cut short");
    let sector = match u16_at(bytes, 30).ok_or_else(short)? {
        9 => 512,
        12 => 4096,
        _ => return Err(broken("its sectors have an impossible size")),
    };
    let file = Sectors { bytes: bytes.get(sector..).unwrap_or_default(), size: sector };
    let number = |at: usize| u32_at(bytes, at).ok_or_else(short);
    let table = table(bytes, &file)?;
    let directory = file.chain(number(48)?, &table, usize::MAX)?;
    let entries = || directory.chunks_exact(ENTRY);
    let named = |wanted: &str| {
        entries().find(|entry| {
            let letters =
                entry[..64].chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]]));
            let name: Vec<u16> = letters.take_while(|letter| *letter != 0).collect();
            String::from_utf16_lossy(&name).eq_ignore_ascii_case(wanted)
        })
    };
    let entry = named("Workbook").or_else(|| named("Book"));
    let entry = entry.ok_or_else(|| broken("it holds no workbook"))?;
    let place = |entry: &[u8]| {
        let start = u32_at(entry, 116).unwrap_or(END);
        (start, u32_at(entry, 120).unwrap_or(0) as usize)
    };
    let (start, length) = place(entry);
    if length >= SMALL {
        return file.chain(start, &table, length);
    }
    let root = entries().next().ok_or_else(short)?;
    let (root_start, root_length) = place(root);
    let small = file.chain(root_start, &table, root_length)?;
    let small_table = file.chain(number(60)?, &table, usize::MAX)?;
    let small_table: Vec<u32> = numbers(&small_table).collect();
    Sectors { bytes: &small, size: SMALL_SECTOR }.chain(start, &small_table, length)
}

/// Which sector follows which.
fn table(bytes: &[u8], file: &Sectors<'_>) -> Result<Vec<u32>, Unreadable> {
    let head = bytes.get(76..512).ok_or_else(|| broken("its head is cut short"))?;
    let mut places: Vec<u32> = numbers(head).collect();
    let mut next = u32_at(bytes, 68).unwrap_or(END);
    let mut left = file.count();
    while next < MARKS {
        left = left.checked_sub(1).ok_or_else(circles)?;
        places.extend(numbers(file.sector(next)?));
        next = places.pop().unwrap_or(END);
    }
    let mut table = Vec::new();
    for place in places.into_iter().filter(|place| *place < MARKS) {
        if table.len() > file.count() {
            // What is left speaks of sectors that the file does not have.
            break;
        }
        table.extend(numbers(file.sector(place)?));
    }
    Ok(table)
}

fn circles() -> Unreadable {
    broken("its sectors go in circles")
}

/// The sectors of a file, or of the stream of small ones.
struct Sectors<'a> {
    bytes: &'a [u8],
    size: usize,
}

impl<'a> Sectors<'a> {
    fn count(&self) -> usize {
        self.bytes.len().div_ceil(self.size)
    }

    /// One sector; the last of a file may be cut short.
    fn sector(&self, number: u32) -> Result<&'a [u8], Unreadable> {
        let begin = (number as usize).saturating_mul(self.size);
        let missing = || broken("a sector is behind the end of the file");
        let rest = self.bytes.get(begin..).ok_or_else(missing)?;
        Ok(&rest[..rest.len().min(self.size)])
    }

    /// The bytes of a chain of sectors, at most as many as are wanted.
    fn chain(&self, start: u32, table: &[u32], wanted: usize) -> Result<Vec<u8>, Unreadable> {
        let (mut next, mut joined, mut left) = (start, Vec::new(), self.count());
        while next < MARKS && joined.len() < wanted {
            left = left.checked_sub(1).ok_or_else(circles)?;
            joined.extend_from_slice(self.sector(next)?);
            next = table.get(next as usize).copied().unwrap_or(END);
        }
        joined.truncate(wanted);
        Ok(joined)
    }
}

/// Checks what the sheets span, and empties what they declare to span, which only makes room.
fn look_over(stream: &mut [u8]) -> Result<(), Unreadable> {
    const END_OF_SHEET: u16 = 0x000a;
    const SHEET: u16 = 0x0085;
    const TEXTS: u16 = 0x00fc;
    const GOES_ON: u16 = 0x003c;
    let (mut sheets, mut texts) = (Vec::new(), Vec::new());
    let mut at = 0;
    while let Some((kind, data, next)) = record(stream, at) {
        match kind {
            SHEET => sheets.extend(u32_at(data, 0).map(|at| at as usize)),
            TEXTS => {
                let mut parts = vec![data];
                let mut behind = next;
                while let Some((GOES_ON, more, after)) = record(stream, behind) {
                    parts.push(more);
                    behind = after;
                }
                texts = texts::sizes(parts);
            }
            END_OF_SHEET => break,
            _ => {}
        }
        at = next;
    }
    // Each sheet has its own part of the stream.
    let (mut bytes_left, mut spanned, mut text_bytes) = (2 * stream.len(), 0, 0_u64);
    for sheet in sheets {
        let (mut at, mut depth) = (sheet, 0);
        let mut extent = Extent::default();
        while let Some((kind, data, next)) = record(stream, at) {
            let overlap = || broken("its sheets lie over one another");
            bytes_left = bytes_left.checked_sub(next - at).ok_or_else(overlap)?;
            match kind {
                // The records of a chart lie within those of its sheet.
                0x0809 => depth += 1,
                END_OF_SHEET if depth <= 1 => break,
                END_OF_SHEET => depth -= 1,
                // Number, label, rich label, truth or error, text of a formula, short number, text
                // of the workbook, formula: row and column come first.
                0x0203 | 0x0204 | 0x00d6 | 0x0205 | 0x027e | 0x00fd | 0x0006 => {
                    extent.add(u16_at(data, 0), u16_at(data, 2));
                    let text = u32_at(data, 6).filter(|_| kind == 0x00fd);
                    let size = text.and_then(|text| texts.get(text as usize));
                    text_bytes += size.map_or(0, |size| u64::from(*size));
                }
                // Several short numbers in a row: the last column comes last.
                0x00bd => {
                    extent.add(u16_at(data, 0), u16_at(data, 2));
                    extent.add(
                        u16_at(data, 0),
                        data.len().checked_sub(2).and_then(|at| u16_at(data, at)),
                    );
                }
                0x0200 => {
                    let length = data.len();
                    stream[at + 4..at + 4 + length].fill(0);
                }
                // A text whose formula is not there is put at the first cell.
                0x0207 => extent.add(extent.last.or(Some(0)), extent.last_column.or(Some(0))),
                _ => {}
            }
            at = next;
        }
        if text_bytes > limits::COPIED_TEXT_BYTES {
            return Err(Unreadable(format!(
                "The texts in the cells of the workbook have more than {} MB: save it as XLSX or CSV.",
                limits::COPIED_TEXT_BYTES >> 20
            )));
        }
        spanned += extent.cells();
        if spanned > limits::SPANNED_CELLS {
            return Err(Unreadable(format!(
                "The cells of the workbook span more than {} cells: delete what lies far from the table, or save it as XLSX.",
                limits::SPANNED_CELLS
            )));
        }
    }
    Ok(())
}

/// The first and last rows and columns of cells.
#[derive(Default)]
struct Extent {
    rows: Option<(u16, u16)>,
    columns: Option<(u16, u16)>,
    last: Option<u16>,
    last_column: Option<u16>,
}

impl Extent {
    fn add(&mut self, row: Option<u16>, column: Option<u16>) {
        let (Some(row), Some(column)) = (row, column) else { return };
        let wider = |(first, last): (u16, u16), new: u16| (first.min(new), last.max(new));
        self.rows = Some(wider(self.rows.unwrap_or((row, row)), row));
        self.columns = Some(wider(self.columns.unwrap_or((column, column)), column));
        (self.last, self.last_column) = (Some(row), Some(column));
    }

    fn cells(&self) -> u64 {
        let count = |ends: Option<(u16, u16)>| ends.map_or(0, |(a, b)| u64::from(b - a) + 1);
        count(self.rows) * count(self.columns)
    }
}

/// Kind and data of the record at a place, and where the next begins.
fn record(stream: &[u8], at: usize) -> Option<(u16, &[u8], usize)> {
    let (kind, length) = (u16_at(stream, at)?, usize::from(u16_at(stream, at + 2)?));
    Some((kind, stream.get(at + 4..at + 4 + length)?, at + 4 + length))
}

/// A container with one stream in it.
pub fn container(name: &str, stream: &[u8]) -> Vec<u8> {
    const SECTOR: usize = 512;
    const PLACES: usize = 109;
    // A stream shorter than this would lie in small sectors.
    let length = stream.len().max(SMALL);
    let sectors = length.div_ceil(SECTOR);
    // The stream comes first, then the directory, the table of sectors, and the table of its places.
    let tables = (sectors + 2).div_ceil(SECTOR / 4 - 2);
    let more = tables.saturating_sub(PLACES).div_ceil(SECTOR / 4 - 1);
    let behind = sectors + 1 + tables;
    let place = |table: usize| if table < tables { (sectors + 1 + table) as u32 } else { FREE };
    let mut file = Vec::with_capacity((1 + behind + more) * SECTOR);
    file.extend(MAGIC);
    file.resize(24, 0);
    for number in [0x3e_u16, 3, 0xfffe, 9, 6, 0, 0, 0] {
        file.extend(number.to_le_bytes());
    }
    let first_more = if more > 0 { behind as u32 } else { END };
    let head = [0, tables as u32, sectors as u32, 0, SMALL as u32, END, 0, first_more, more as u32];
    file.extend(head.iter().flat_map(|number| number.to_le_bytes()));
    file.extend((0..PLACES).flat_map(|table| place(table).to_le_bytes()));
    file.extend(stream);
    file.resize(SECTOR * (1 + sectors), 0);
    let mut entry = |name: &str, kind: u8, child: u32, start: u32, size: usize| {
        let begin = file.len();
        file.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
        file.resize(begin + 64, 0);
        file.extend((2 * name.len() as u16 + 2).to_le_bytes());
        file.extend([kind, 1]);
        file.extend([FREE, FREE, child].iter().flat_map(|number| number.to_le_bytes()));
        file.resize(begin + 116, 0);
        file.extend(start.to_le_bytes());
        file.extend((size as u64).to_le_bytes());
    };
    entry("Root Entry", 5, 1, END, 0);
    entry(name, 2, FREE, 0, length);
    file.resize(SECTOR * (2 + sectors), 0);
    let chain = (0..sectors).map(|at| if at + 1 < sectors { at as u32 + 1 } else { END });
    let rest = std::iter::once(END).chain((0..tables + more).map(|_| TABLE));
    file.extend(chain.chain(rest).flat_map(u32::to_le_bytes));
    file.resize(SECTOR * (1 + behind), 0xff);
    for block in 0..more {
        let from = PLACES + block * (SECTOR / 4 - 1);
        file.extend((from..from + SECTOR / 4 - 1).flat_map(|table| place(table).to_le_bytes()));
        let next = if block + 1 < more { (behind + block + 1) as u32 } else { END };
        file.extend(next.to_le_bytes());
    }
    file
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn records(records: &[(u16, &[u8])]) -> Vec<u8> {
        let mut stream = Vec::new();
        for (kind, data) in records {
            stream.extend(kind.to_le_bytes());
            stream.extend((data.len() as u16).to_le_bytes());
            stream.extend(*data);
        }
        stream
    }

    /// A workbook of one sheet with these records.
    fn sheet(cells: &[(u16, &[u8])]) -> Vec<u8> {
        let head = |at: u32| records(&[(0x85, &at.to_le_bytes()), (0x0a, &[])]);
        let mut stream = head(head(0).len() as u32);
        stream.extend(records(cells));
        stream
    }

    #[test]
    fn a_stream_comes_back_from_its_container_whatever_its_size() {
        for length in [0, 10, 4095, 4096, 70_000, 9_000_000] {
            let stream: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let back = workbook(&container("Book", &stream)).unwrap();
            assert_eq!(back[..length], stream[..]);
        }
    }

    #[test]
    fn sectors_that_go_in_circles_are_refused() {
        let mut file = container("Workbook", &[7; 9000]);
        let table = 512 * (1 + 9000usize.div_ceil(512) + 1);
        // The sector of the directory is followed by itself.
        let directory = 9000usize.div_ceil(512);
        file[table + 4 * directory..][..4].copy_from_slice(&(directory as u32).to_le_bytes());
        assert!(clean(&file).unwrap_err().0.contains("circles"));
        let mut file = container("Workbook", &[7; 9000]);
        file[68..72].copy_from_slice(&0u32.to_le_bytes());
        assert!(clean(&file).is_err());
        for cut in 0..1024 {
            let _ = clean(&file[..cut]);
        }
    }

    #[test]
    fn cells_that_lie_far_apart_are_refused_and_declared_sizes_are_not_believed() {
        let near = [0u8; 14];
        let mut far = near;
        far[..4].copy_from_slice(&[0xff; 4]);
        let mut stream = sheet(&[(0x203, &near), (0x203, &far), (0x0a, &[])]);
        assert!(look_over(&mut stream).unwrap_err().0.contains("span more than"));
        let mut stream = sheet(&[(0x200, &[0xff; 14]), (0x203, &near), (0x0a, &[])]);
        look_over(&mut stream).unwrap();
        assert!(!stream.windows(4).any(|four| four == [0xff; 4]));
    }

    #[test]
    fn a_sheet_that_is_named_again_and_again_is_refused() {
        let mut stream = Vec::new();
        let sheets = 1000u32;
        let begin = sheets * 8 + 4;
        for _ in 0..sheets {
            stream.extend(records(&[(0x85, &begin.to_le_bytes())]));
        }
        stream.extend(records(&[(0x0a, &[])]));
        let number = [0u8; 14];
        stream.extend(records(&vec![(0x203, &number[..]); 100]));
        assert!(look_over(&mut stream).unwrap_err().0.contains("over one another"));
    }
}
