//! The bytes of an answer: in memory, or in a temporary file where they are many.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use tempfile::{SpooledData, SpooledTempFile};

use super::problem::Problem;

/// Bytes of an answer that stay in memory.
const IN_MEMORY: usize = 1024 * 1024;
/// Bytes of a file that are in memory at once while it is sent.
const CHUNK: usize = 256 * 1024;
/// Files that are kept at most, whatever their size: each takes a handle.
const FILES: u64 = 256;
/// A byte in memory is worth so many on disk.
const DEARER: u64 = 16;

/// How the bytes travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Plain,
    Gzip,
    Zstd,
}

/// How hard to compress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// The bytes are compressed already.
    None,
    /// The answer is waited for.
    Quick,
    /// The bytes outlive the process.
    Thorough,
}

/// The bytes of an answer in one encoding. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) enum Stored {
    Memory(Bytes),
    /// A file without a name, gone when the last of its readers is.
    File(Arc<Mutex<File>>, u64),
}

/// An answer's bytes, and the same compressed once somebody takes them so.
pub(crate) struct Rendered {
    plain: Stored,
    gzip: Mutex<Option<Stored>>,
    zstd: Mutex<Option<Stored>>,
}

/// Something that is written, in memory as long as it is short.
pub(crate) fn spool() -> SpooledTempFile {
    SpooledTempFile::new(IN_MEMORY)
}

impl Stored {
    /// What was written into a spool.
    pub fn of(spool: SpooledTempFile) -> io::Result<Stored> {
        Ok(match spool.into_inner() {
            SpooledData::InMemory(bytes) => Stored::Memory(bytes.into_inner().into()),
            SpooledData::OnDisk(mut file) => {
                file.flush()?;
                let size = file.seek(SeekFrom::End(0))?;
                Stored::File(Arc::new(Mutex::new(file)), size)
            }
        })
    }

    pub fn len(&self) -> u64 {
        match self {
            Stored::Memory(bytes) => bytes.len() as u64,
            Stored::File(_, size) => *size,
        }
    }

    /// Some of the bytes, as the body of an answer.
    pub fn body(&self, range: Range<u64>) -> Body {
        match self {
            Stored::Memory(bytes) => {
                Body::from(bytes.slice(range.start as usize..range.end as usize))
            }
            Stored::File(file, _) => {
                let file = file.clone();
                // Each piece is read when the one before was taken: a slow reader holds no thread.
                let pieces = stream::try_unfold(range.start, move |at| {
                    let (file, end) = (file.clone(), range.end);
                    async move {
                        if at >= end {
                            return Ok(None);
                        }
                        let read = move || piece(&file, at..end);
                        let bytes = tokio::task::spawn_blocking(read).await??;
                        let next = at + bytes.len() as u64;
                        Ok::<_, io::Error>(Some((bytes, next)))
                    }
                });
                Body::from_stream(pieces)
            }
        }
    }

    fn compressed(&self, encoding: Encoding, thorough: bool) -> io::Result<Stored> {
        let mut to = spool();
        match encoding {
            Encoding::Plain => self.copy(&mut to)?,
            Encoding::Gzip => {
                let level = flate2::Compression::new(if thorough { 9 } else { 1 });
                let mut encoder = flate2::write::GzEncoder::new(&mut to, level);
                self.copy(&mut encoder)?;
                encoder.finish()?;
            }
            Encoding::Zstd => {
                let level = if thorough { 19 } else { 1 };
                let mut encoder = zstd::stream::write::Encoder::new(&mut to, level)?;
                encoder.set_pledged_src_size(Some(self.len()))?;
                self.copy(&mut encoder)?;
                encoder.finish()?;
            }
        }
        Stored::of(to)
    }

    fn copy(&self, to: &mut impl Write) -> io::Result<()> {
        match self {
            Stored::Memory(bytes) => to.write_all(bytes),
            Stored::File(file, size) => {
                let mut at = 0;
                while at < *size {
                    let bytes = piece(file, at..*size)?;
                    to.write_all(&bytes)?;
                    at += bytes.len() as u64;
                }
                Ok(())
            }
        }
    }
}

/// The next bytes of a file, at least one.
fn piece(file: &Mutex<File>, range: Range<u64>) -> io::Result<Bytes> {
    let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
    file.seek(SeekFrom::Start(range.start))?;
    let mut bytes = vec![0; CHUNK.min((range.end - range.start) as usize)];
    file.read_exact(&mut bytes)?;
    Ok(bytes.into())
}

impl Rendered {
    pub fn new(plain: Vec<u8>) -> Rendered {
        Rendered::of(Stored::Memory(plain.into()))
    }

    pub fn of(plain: Stored) -> Rendered {
        Rendered { plain, gzip: Mutex::default(), zstd: Mutex::default() }
    }

    /// Bytes it takes, with room for its compressed variants.
    pub fn weight(&self) -> u32 {
        let size = self.plain.len();
        u32::try_from(size + size / 3 + 512).unwrap_or(u32::MAX)
    }

    /// Kilobytes of disk that it is worth, where there are so many in all.
    pub fn weight_on_disk(&self, all_kb: u64) -> u32 {
        let size = self.plain.len() + self.plain.len() / 3;
        let kb = match self.plain {
            Stored::Memory(_) => size * DEARER / 1024 + 8,
            Stored::File(..) => (size / 1024).max(all_kb / FILES),
        };
        u32::try_from(kb).unwrap_or(u32::MAX)
    }

    /// The bytes in an encoding, where they are there.
    pub fn ready(&self, encoding: Encoding) -> Option<Stored> {
        match encoding {
            Encoding::Plain => Some(self.plain.clone()),
            // Somebody may be at it.
            Encoding::Gzip => self.gzip.try_lock().ok()?.clone(),
            Encoding::Zstd => self.zstd.try_lock().ok()?.clone(),
        }
    }

    /// The bytes in an encoding, made by whoever asks first while others wait.
    pub fn made(&self, encoding: Encoding, effort: Effort) -> Result<Stored, Problem> {
        let place = match encoding {
            Encoding::Gzip => &self.gzip,
            Encoding::Zstd => &self.zstd,
            Encoding::Plain => return Ok(self.plain.clone()),
        };
        // Nothing is nothing in every encoding.
        if self.plain.len() == 0 {
            return Ok(self.plain.clone());
        }
        let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = &*place {
            return Ok(made.clone());
        }
        let made = self.plain.compressed(encoding, effort == Effort::Thorough);
        let made = made.map_err(|error| {
            tracing::error!(%error, "an answer could not be compressed");
            Problem::internal()
        })?;
        *place = Some(made.clone());
        Ok(made)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn stored(bytes: &[u8]) -> Stored {
        let mut spool = spool();
        spool.write_all(bytes).unwrap();
        Stored::of(spool).unwrap()
    }

    #[tokio::test]
    async fn long_answers_are_in_a_file_and_read_as_they_were_written() {
        let bytes: Vec<u8> = (0..3_000_000u32).map(|at| (at / 7 % 251) as u8).collect();
        let long = stored(&bytes);
        assert!(matches!(long, Stored::File(..)) && matches!(stored(b"short"), Stored::Memory(_)));
        for range in [0..3_000_000, 0..1, 5..700_000, 2_999_999..3_000_000, 9..9] {
            let body = long.body(range.clone());
            let read = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            assert_eq!(read, bytes[range.start as usize..range.end as usize], "{range:?}");
        }
        let rendered = Rendered::of(long);
        let gzip = rendered.made(Encoding::Gzip, Effort::Quick).unwrap();
        let gzip = axum::body::to_bytes(gzip.body(0..gzip.len()), usize::MAX).await.unwrap();
        let mut read = Vec::new();
        flate2::read::GzDecoder::new(&gzip[..]).read_to_end(&mut read).unwrap();
        assert_eq!(read, bytes);
        let zstd = rendered.made(Encoding::Zstd, Effort::Quick).unwrap();
        let zstd = axum::body::to_bytes(zstd.body(0..zstd.len()), usize::MAX).await.unwrap();
        assert_eq!(zstd::decode_all(&zstd[..]).unwrap(), bytes);
        assert!(rendered.ready(Encoding::Gzip).is_some());
    }
}
