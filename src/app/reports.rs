//! Reports of committed imports.

use super::App;
use super::import::ImportError;
use crate::intake::Report;

impl App {
    /// The report of a committed submission; `None` where there is none of this number.
    pub async fn report(
        &self,
        operation: &str,
        submission: u32,
    ) -> Result<Option<Report>, ImportError> {
        let store = self.store.as_ref().ok_or(ImportError::NoDatabase)?;
        let stored = store.report(operation, submission).await?;
        Ok(stored.map(|report| serde_json::from_str(&report).unwrap_or_default()))
    }
}
