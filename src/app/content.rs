//! The bytes of a file that is imported: in memory, or on a disk until they are asked for, so that a
//! large file need not be held while its rows are written.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use bytes::Bytes;

use crate::formats::sheet::limits;

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
            let file = File::open(&path)?;
            let length = file.metadata()?.len();
            let mut bytes = Vec::new();
            if length <= most {
                bytes.reserve_exact(length as usize);
                file.take(most + 1).read_to_end(&mut bytes)?;
            }
            Ok((length <= most && bytes.len() as u64 <= most).then_some(bytes))
        };
        match read() {
            Ok(Some(bytes)) => Ok(bytes.into()),
            Ok(None) => Err(NotRead::TooLarge { path }),
            Err(source) => Err(NotRead::Io { path, source }),
        }
    }
}

impl<B: Into<Bytes>> From<B> for Content {
    fn from(bytes: B) -> Content {
        Content::Held(bytes.into())
    }
}
