//! The bytes of a file that is imported: in memory, or on a disk until they are asked for, so that a
//! large file need not be held while its rows are written.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

use bytes::Bytes;
#[cfg(unix)]
use rayon::prelude::*;

use crate::formats::sheet::limits;

/// Bytes that one processor reads at a time.
#[cfg(unix)]
const PART: usize = 4 << 20;

/// The bytes of a file, or where they are.
#[derive(Clone, Debug)]
pub enum Content {
    Held(Bytes),
    File(PathBuf),
}

/// A file of a disk that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    #[error("cannot read {}: {source}", .path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{} is larger than {} MB", .path.display(), limits::FILE_BYTES >> 20)]
    TooLarge { path: PathBuf },
}

impl Content {
    pub fn read(self) -> Result<Bytes, NotRead> {
        let path = match self {
            Content::Held(bytes) => return Ok(bytes),
            Content::File(path) => path,
        };
        let most = limits::FILE_BYTES as u64;
        let read = || {
            let mut file = File::open(&path)?;
            let about = file.metadata()?;
            let length = if about.is_file() { about.len() } else { 0 };
            if length > most {
                return Ok(None);
            }
            let mut bytes = vec![0; length as usize];
            fill(&file, &mut bytes)?;
            // What was added since, and what comes from something that is no file.
            if length > 0 {
                file.seek(SeekFrom::Start(length))?;
            }
            file.take(most + 1 - length).read_to_end(&mut bytes)?;
            Ok((bytes.len() as u64 <= most).then_some(bytes))
        };
        match read() {
            Ok(Some(bytes)) => Ok(bytes.into()),
            Ok(None) => Err(NotRead::TooLarge { path }),
            Err(source) => Err(NotRead::Io { path, source }),
        }
    }
}

/// Fills bytes from the beginning of a file, on all processors.
#[cfg(unix)]
fn fill(file: &File, bytes: &mut [u8]) -> io::Result<()> {
    use std::os::unix::fs::FileExt;
    let parts = bytes.par_chunks_mut(PART).enumerate();
    parts.try_for_each(|(at, part)| file.read_exact_at(part, (at * PART) as u64))
}

#[cfg(not(unix))]
fn fill(mut file: &File, bytes: &mut [u8]) -> io::Result<()> {
    file.read_exact(bytes)
}

impl<B: Into<Bytes>> From<B> for Content {
    fn from(bytes: B) -> Content {
        Content::Held(bytes.into())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_file_of_many_parts_comes_whole_and_in_order() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        for length in [0, 1, 9_000_001] {
            let bytes: Vec<u8> = (0..length as u32).map(|at| (at / 7 % 251) as u8).collect();
            file.as_file_mut().set_len(0).unwrap();
            file.seek(SeekFrom::Start(0)).unwrap();
            file.write_all(&bytes).unwrap();
            assert!(Content::File(file.path().to_owned()).read().unwrap() == bytes, "{length}");
        }
        let missing = Content::File("/no/such/file".into()).read().unwrap_err();
        assert!(missing.to_string().contains("/no/such/file"), "{missing}");
    }
}
