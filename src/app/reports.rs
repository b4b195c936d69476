//! Reports of committed imports.

use super::App;
use super::import::ImportError;
use crate::intake::Report;
use crate::store::Store;

impl App {
    /// The report of a committed submission; `None` where there is none of this number.
    pub async fn report(
        &self,
        operation: &str,
        submission: u32,
    ) -> Result<Option<Report>, ImportError> {
        let known = self.peek(operation);
        let revision = known.and_then(|known| known.submission(submission).map(|one| one.revision));
        let report = async |store: Store| store.report(operation, submission).await;
        let stored = self.read(operation, revision.unwrap_or(u64::MAX), report).await?;
        Ok(stored.map(|report| serde_json::from_str(&report).unwrap_or_default()))
    }
}
