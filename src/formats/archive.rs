//! Zip archives: what is in them, without the junk that systems leave there, and never more of it
//! unpacked than the budget allows.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::sheet::{Unreadable, limits};

/// Bytes of a file that are enough to tell what it is.
const HEAD: u64 = 4096;

/// A zip archive in memory.
pub struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// The files that may hold something, in the order of the archive.
    pub files: Vec<File>,
    /// Bytes that may still be unpacked.
    pub left: u64,
    is_document: bool,
}

/// One file of an archive.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    index: usize,
    pub path: String,
}

impl File {
    /// Its name without folders.
    pub fn name(&self) -> &str {
        self.path.rsplit(['/', '\\']).next().unwrap_or(&self.path)
    }

    /// Its name without folders and the last ending.
    pub fn stem(&self) -> &str {
        self.name().rsplit_once('.').map_or(self.name(), |(stem, _)| stem)
    }
}

impl<'a> Archive<'a> {
    pub fn open(bytes: &'a [u8]) -> Result<Archive<'a>, Unreadable> {
        Archive::within(bytes, limits::UNPACKED_BYTES)
    }

    /// Opens an archive of which no more than so many bytes may be unpacked: what is `left` of that
    /// in the archive around it.
    pub fn within(bytes: &'a [u8], left: u64) -> Result<Archive<'a>, Unreadable> {
        let zip = zip(bytes)?;
        if zip.len() > limits::ZIP_ENTRIES {
            return Err(Unreadable(format!(
                "The zip holds more than {} files.",
                limits::ZIP_ENTRIES
            )));
        }
        let mut archive = Archive { zip, files: Vec::new(), left, is_document: false };
        for index in 0..archive.zip.len() {
            let Some(path) = archive.zip.name_for_index(index).and_then(Result::ok) else {
                continue;
            };
            let path = path.into_owned();
            let part = [
                "xl/workbook.xml",
                "xl/workbook.bin",
                "content.xml",
                "word/document.xml",
                "ppt/presentation.xml",
            ];
            archive.is_document |= part.iter().any(|part| path.eq_ignore_ascii_case(part));
            if !is_junk(&path) {
                archive.files.push(File { index, path });
            }
        }
        Ok(archive)
    }

    /// Whether it is the container of a spreadsheet or another office document.
    pub fn is_document(&self) -> bool {
        self.is_document
    }

    /// The first bytes of a file.
    pub fn head(&mut self, file: &File) -> Result<Vec<u8>, Unreadable> {
        self.unpack(file, HEAD)
    }

    /// All bytes of a file.
    pub fn read(&mut self, file: &File) -> Result<Vec<u8>, Unreadable> {
        self.unpack(file, u64::MAX)
    }

    /// The file beside this one that has the same name and another ending, such as `dbf`.
    pub fn beside(&self, file: &File, ending: &str) -> Option<File> {
        let stem = file.path.rsplit_once('.').map_or(file.path.as_str(), |(stem, _)| stem);
        let wanted = format!("{stem}.{ending}");
        self.files.iter().find(|other| other.path.eq_ignore_ascii_case(&wanted)).cloned()
    }

    /// The first few names, to tell what the archive holds.
    pub fn words(&self) -> String {
        let names: Vec<&str> = self.files.iter().take(4).map(File::name).collect();
        match self.files.len() {
            0 => "nothing".to_owned(),
            more if more > 4 => format!("{} and {} more", names.join(", "), more - 4),
            _ => names.join(", "),
        }
    }

    fn unpack(&mut self, file: &File, most: u64) -> Result<Vec<u8>, Unreadable> {
        let entry = self.zip.by_index(file.index).map_err(|error| broken(&error))?;
        let most = most.min(self.left.saturating_add(1));
        let mut bytes = Vec::new();
        entry.take(most).read_to_end(&mut bytes).map_err(|error| broken(&error))?;
        let left = self.left.checked_sub(bytes.len() as u64);
        // Once it is too much, nothing more is unpacked.
        self.left = left.unwrap_or(0);
        left.map(|_| bytes).ok_or_else(too_much)
    }
}

/// Opens a zip container. Its list of contents stands at its end: a file without it is not whole.
pub(super) fn zip(bytes: &[u8]) -> Result<ZipArchive<Cursor<&[u8]>>, Unreadable> {
    const END: &[u8] = b"PK\x05\x06";
    /// Bytes of the end, with the longest remark that may follow it.
    const END_BYTES: usize = 22 + 65_535;
    ZipArchive::new(Cursor::new(bytes)).map_err(|error| {
        let end = &bytes[bytes.len().saturating_sub(END_BYTES)..];
        match memchr::memmem::find(end, END) {
            Some(_) => broken(&error),
            None => Unreadable::new(
                "The file is cut off, its end is missing: download or copy it again, or have it sent again.",
            ),
        }
    })
}

fn broken(error: &dyn std::fmt::Display) -> Unreadable {
    Unreadable(format!("The zip file is broken and cannot be opened ({error})."))
}

fn too_much() -> Unreadable {
    Unreadable(format!(
        "The file unpacks to more than {} MB, which no table or layer needs.",
        limits::UNPACKED_BYTES >> 20
    ))
}

/// Folders, and what macOS, Windows and GIS programs leave beside the data.
fn is_junk(path: &str) -> bool {
    const LEFT_OVER: &[&str] = &["thumbs.db", "desktop.ini", ".ds_store"];
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_ascii_lowercase();
    name.is_empty()
        || path.split(['/', '\\']).any(|folder| folder == "__MACOSX")
        || name.starts_with("._")
        || LEFT_OVER.contains(&name.as_str())
}

/// An archive of these files, for tests.
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
pub(crate) fn made(files: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, content) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn junk_is_left_out_and_parts_find_one_another() {
        let bytes = made(&[
            ("a/Adm1.SHP", b"x"),
            ("a/adm1.dbf", b"y"),
            ("__MACOSX/a/._adm1.dbf", b"z"),
            ("a/.DS_Store", b"z"),
        ]);
        let mut archive = Archive::open(&bytes).unwrap();
        assert_eq!(archive.files.len(), 2);
        let shapes = archive.files[0].clone();
        assert_eq!((shapes.name(), shapes.stem()), ("Adm1.SHP", "Adm1"));
        let dbf = archive.beside(&shapes, "dbf").unwrap();
        assert_eq!(archive.read(&dbf).unwrap(), b"y");
    }

    #[test]
    fn no_more_is_unpacked_than_the_budget_allows() {
        let bytes = made(&[("zeros", &vec![0; 1 << 20])]);
        let mut archive = Archive::open(&bytes).unwrap();
        archive.left = 100_000;
        let file = archive.files[0].clone();
        assert_eq!(archive.head(&file).unwrap().len(), 4096);
        assert!(archive.read(&file).unwrap_err().0.contains("unpacks to more"));
    }
}
