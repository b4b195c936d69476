//! Hearing of commits that others make to the same database.

use std::time::Duration;

use sqlx::postgres::PgListener;

use super::StoreError;
use super::engine::{Engine, Pool, Tx};
use crate::domain::Text;

/// The channel on which PostgreSQL tells of commits.
const CHANNEL: &str = "lacuna";

/// How long a commit stays unheard of where nobody tells of it: on SQLite, or when word is lost.
const POLL: Duration = Duration::from_millis(250);

/// Waits for commits. What it says is only that it is worth looking.
pub struct Watch {
    pool: Pool,
    /// `None` on SQLite, and where the database cannot be listened to.
    listener: Option<PgListener>,
}

impl Watch {
    pub(super) fn new(pool: Pool) -> Watch {
        Watch { pool, listener: None }
    }

    /// Returns when there may be something new, at the latest after a short while.
    pub async fn wait(&mut self) {
        let Engine::Postgres(pool) = &self.pool else { return tokio::time::sleep(POLL).await };
        if self.listener.is_none() {
            self.listener = listening(pool).await.ok();
        }
        let heard = match &mut self.listener {
            Some(listener) => tokio::time::timeout(POLL, listener.try_recv()).await,
            None => return tokio::time::sleep(POLL).await,
        };
        // A connection that was lost is made anew; what was missed meanwhile, polling finds.
        if let Ok(Err(_) | Ok(None)) = heard {
            self.listener = None;
            tokio::time::sleep(POLL / 4).await;
        }
    }
}

async fn listening(pool: &sqlx::PgPool) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

/// Tells the others of a commit, once it is one.
pub async fn announce(tx: &mut Tx, operation: &Text) -> Result<(), StoreError> {
    if let Engine::Postgres(tx) = tx {
        sqlx::query("select pg_notify($1, $2)")
            .bind(CHANNEL)
            .bind(operation.to_string())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}
