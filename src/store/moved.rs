//! Whether a SQLite file is still the one that was opened: a program goes on writing into a file that
//! was moved away, and none of it is where the next start looks.

use std::path::PathBuf;

use super::StoreError;
use super::engine::Pool;

/// The file that was opened, as the system tells files apart.
#[derive(Clone, Debug)]
pub struct Place {
    path: PathBuf,
    own: Option<(u64, u64)>,
}

impl Place {
    /// Of a database that was just opened; `None` where it is no file.
    pub fn of(pool: &Pool) -> Option<Place> {
        let super::engine::Engine::Sqlite(pool) = pool else { return None };
        let path = pool.connect_options().get_filename().to_path_buf();
        let own = own(&path);
        own.is_some().then_some(Place { path, own })
    }

    /// Refuses where another file, or none, is in its place.
    pub fn check(&self) -> Result<(), StoreError> {
        match own(&self.path) == self.own {
            true => Ok(()),
            false => Err(StoreError::Replaced(self.name())),
        }
    }

    pub fn name(&self) -> String {
        self.path.display().to_string()
    }
}

#[cfg(unix)]
fn own(path: &std::path::Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let known = std::fs::metadata(path).ok()?;
    Some((known.dev(), known.ino()))
}

/// Elsewhere a file that is open cannot be moved.
#[cfg(not(unix))]
fn own(_: &std::path::Path) -> Option<(u64, u64)> {
    None
}
