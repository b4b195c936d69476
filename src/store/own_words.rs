//! What an operation, its submissions and its mappings say themselves, under hashes that are written
//! with it: what anything else changed or removed of it since is found.

use std::collections::BTreeMap;

use futures_util::TryStreamExt;
use sqlx::AssertSqlSafe;

use super::batch;
use super::checksums::Digest;
use super::engine::{Stored, on};
use super::{Listed, NewSubmission, Stamp, StoreError, Tx, operations};
use crate::domain::{Operation, Text};
use crate::sqlite_file::Value;

/// What is hashed of a submission, in the order of [`submission`]. The sums of its rows, which a pruning
/// changes, speak for themselves where they are there. What is added later comes last and may be missing.
const SUBMISSION: &str = "submission, revision, replaces, undoes, household_size, kind, file_name,
    sha256, at, report, operation_name, operation_note, sheet, repeats,
    cast(case when checksums is null then null else 1 end as bigint)";

/// What is hashed of a mapping. What is added later comes last and may be missing.
const MAPPING: &str = "mapping, kind, file_name, at, headers, sheet, header_row, columns";

/// Hashes of rows by their numbers.
type Hashes = BTreeMap<u32, u64>;

/// What of an operation is not as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnWords {
    /// Whether each submission is as it was written; `None` where no hash was kept yet.
    pub submissions: Vec<(u32, Option<bool>)>,
    /// The mappings that are not as they were remembered, and what became of them; `None` where there
    /// are some of which no hashes were kept yet.
    pub mappings: Option<Vec<(u32, &'static str)>>,
    /// What of the operation is not as its newest revision left it.
    pub operation: Vec<&'static str>,
}

/// The hash of a submission about to be written, with its texts as they are stored.
pub fn submission(
    stamp: Stamp<'_>,
    operation: &Operation,
    submission: &NewSubmission,
    repeats: &str,
) -> u64 {
    let integer = |one: u32| Value::Integer(i64::from(one));
    let mut digest = Digest::default();
    for value in [
        integer(submission.id),
        Value::Integer(stamp.revision as i64),
        submission.replaces.map_or(Value::Null, integer),
        submission.undoes.map_or(Value::Null, integer),
        operation.household_size.map_or(Value::Null, Value::Real),
        Value::Text(&submission.kind),
        Value::Text(&submission.file_name),
        Value::Text(&submission.sha256),
        Value::Text(&submission.at),
        Value::Text(&submission.report),
        Value::Text(&operation.name),
        operation.note.as_deref().map_or(Value::Null, Value::Text),
        submission.sheet.as_deref().map_or(Value::Null, Value::Text),
        Value::Text(repeats),
        Value::Integer(1),
    ] {
        digest.put(value);
    }
    digest.take()
}

/// Notes that a mapping is there as it was just written, and others are not any more.
pub async fn remember(
    tx: &mut Tx,
    operation: &Text,
    mapping: u32,
    gone: &[u32],
) -> Result<(), StoreError> {
    let mut found = hashes(tx, operation, "mappings", MAPPING).await?;
    // Where none were kept yet, those of all that are there begin.
    if let Some(mut kept) = kept(tx, operation).await? {
        kept.retain(|number, _| !gone.contains(number));
        kept.extend(found.remove_entry(&mapping));
        found = kept;
    }
    keep(tx, operation, &found).await
}

/// Notes that a mapping is not there any more; false where there was none of this number.
pub async fn forget(tx: &mut Tx, operation: &Text, mapping: u32) -> Result<bool, StoreError> {
    let Some(mut kept) = kept(tx, operation).await? else { return Ok(false) };
    let was_there = kept.remove(&mapping).is_some();
    keep(tx, operation, &kept).await?;
    Ok(was_there)
}

/// Holds what is there against what was written.
pub async fn check(tx: &mut Tx, listed: &Listed) -> Result<OwnWords, StoreError> {
    let Listed { operation, revision, .. } = listed;
    let id = &operation.id;
    let found = hashes(tx, id, "submissions", SUBMISSION).await?;
    let sql = "select submission, own_hash, at, revision from submissions where operation = $1";
    let mut made_at = None;
    let submissions = batch::rows(tx, id, sql, |row| {
        if row.integer(3)? == Some(revision.number as i64) {
            made_at = row.text(2)?.map(Text::from);
        }
        let (number, hash) = (batch::integer(row, 0)?, row.integer(1)?);
        Ok((number, hash.map(|hash| found.get(&number) == Some(&(hash as u64)))))
    });
    let submissions = submissions.await?;
    let then = operations::at(tx, id, revision.number).await?;
    let then = then.as_ref().unwrap_or(operation);
    let differs = [
        ("its name", then.name != operation.name),
        ("its note", then.note != operation.note),
        ("its household size", then.household_size != operation.household_size),
        ("the time of its revision", made_at.is_some_and(|at| at != revision.at)),
    ];
    let operation = differs.into_iter().filter_map(|(what, is)| is.then_some(what)).collect();
    Ok(OwnWords { submissions, mappings: mappings(tx, id).await?, operation })
}

async fn mappings(
    tx: &mut Tx,
    operation: &Text,
) -> Result<Option<Vec<(u32, &'static str)>>, StoreError> {
    let mut found = hashes(tx, operation, "mappings", MAPPING).await?;
    let Some(kept) = kept(tx, operation).await? else {
        return Ok(found.is_empty().then(Vec::new));
    };
    let mut wrong = Vec::new();
    for (number, hash) in kept {
        match found.remove(&number) {
            None => wrong.push((number, "it is gone")),
            Some(other) if other != hash => wrong.push((number, "it was changed")),
            Some(_) => {}
        }
    }
    wrong.extend(found.into_keys().map(|number| (number, "nobody made it")));
    Ok(Some(wrong))
}

/// The hashes of the rows of a table, of these columns, of which the first is their number.
async fn hashes(
    tx: &mut Tx,
    operation: &Text,
    table: &str,
    columns: &str,
) -> Result<Hashes, StoreError> {
    let count = columns.split(',').count();
    let sql = format!("select {columns} from {table} where operation = $1");
    let (mut found, mut digest) = (Hashes::new(), Digest::default());
    on!(tx, |tx| {
        let mut rows = sqlx::query(AssertSqlSafe(sql)).bind(operation.to_string()).fetch(&mut **tx);
        while let Some(row) = rows.try_next().await? {
            for column in 0..count {
                digest.put(row.value(column)?);
            }
            found.insert(batch::integer(&row, 0)?, digest.take());
        }
    });
    Ok(found)
}

/// The hashes that were kept of the mappings; `None` where that was not done yet.
async fn kept(tx: &mut Tx, operation: &Text) -> Result<Option<Hashes>, StoreError> {
    let sql = "select mapping_hashes from operations where operation = $1";
    let found = batch::rows(tx, operation, sql, |row| {
        let kept = |text: &str| {
            serde_json::from_str(text)
                .map_err(|_| StoreError::Corrupt { table: "operations", value: text.to_owned() })
        };
        row.text(0)?.map(kept).transpose()
    });
    Ok(found.await?.pop().flatten())
}

async fn keep(tx: &mut Tx, operation: &Text, hashes: &Hashes) -> Result<(), StoreError> {
    let sql = "update operations set mapping_hashes = $1 where operation = $2";
    let hashes = serde_json::to_string(hashes).unwrap_or_default();
    on!(tx, |tx| {
        let query = sqlx::query(sql).bind(hashes).bind(operation.to_string());
        query.execute(&mut **tx).await?;
    });
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::domain::Mapping;
    use crate::store::tests::{filled, operation as op, revision, submission as sent};
    use crate::store::{Changes, Store, databases};

    async fn own(store: &Store) -> OwnWords {
        store.kept("op").await.unwrap().unwrap().own
    }

    async fn run(store: &Store, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        on!(&store.pool, |pool| sqlx::raw_sql(sql).execute(pool).await.map(drop)).unwrap();
    }

    fn mapping(id: u32, headers: &str) -> Mapping {
        Mapping {
            id,
            kind: "activities".into(),
            file_name: "5w.xlsx".into(),
            at: "2026-07-01T00:00:00Z".into(),
            headers: [headers.to_owned()].into(),
            sheet: None,
            header_row: Some(3),
            columns: vec![("Who".to_owned(), Some("partner".to_owned())), ("x".to_owned(), None)],
        }
    }

    /// The next revision, which remembers a mapping.
    async fn remembers(store: &Store, number: u64, mapping: Mapping) {
        let new = NewSubmission { mapping: Some(mapping), ..sent(number as u32) };
        let turn = store.turn(&"op".into()).await.unwrap();
        let base = revision(number - 1);
        turn.commit(&op(), &base, &new, &Changes::default(), &|_| ()).await.unwrap();
    }

    fn nothing_wrong(submissions: u32) -> OwnWords {
        OwnWords {
            submissions: (1..=submissions).map(|number| (number, Some(true))).collect(),
            mappings: Some(Vec::new()),
            operation: Vec::new(),
        }
    }

    #[tokio::test]
    async fn whatever_else_changes_what_a_submission_says_is_found() {
        for store in databases::stores().await {
            filled(&store).await;
            run(&store, "update submissions set checksums = checksums || ' '").await;
            assert_eq!(own(&store).await, nothing_wrong(3), "a pruning writes its sums again");
            let changes = [
                "report = '{\"rows\": 1}'",
                "repeats = '{\"needs\":[[2,1,\"XA01\",1]]}'",
                "repeats = null",
                "checksums = null",
                "kind = 'sites'",
                "file_name = 'other.xlsx'",
                "sha256 = '01'",
                "replaces = null",
                "undoes = 1",
                "sheet = 'Sheet1'",
                "operation_note = 'ours'",
                "household_size = 6",
            ];
            for change in changes {
                run(&store, "create table before as select * from submissions").await;
                run(&store, &format!("update submissions set {change} where submission = 2")).await;
                let mut expected = nothing_wrong(3);
                expected.submissions[1].1 = Some(false);
                assert_eq!(own(&store).await, expected, "{change}");
                run(&store, "delete from submissions").await;
                run(&store, "insert into submissions select * from before").await;
                run(&store, "drop table before").await;
                assert_eq!(own(&store).await, nothing_wrong(3));
            }
        }
    }

    #[tokio::test]
    async fn what_the_operation_says_of_itself_is_what_its_newest_revision_left() {
        for store in databases::stores().await {
            filled(&store).await;
            let cases = [
                ("name = 'Other'", "name = 'Op'", "its name"),
                ("note = 'ours'", "note = null", "its note"),
                ("household_size = 6", "household_size = 5", "its household size"),
                (
                    "revised_at = '2026-07-02T00:00:00Z'",
                    "revised_at = '2026-07-01T00:00:00Z'",
                    "the time of its revision",
                ),
            ];
            for (change, back, says) in cases {
                run(&store, &format!("update operations set {change}")).await;
                assert_eq!(own(&store).await.operation, [says]);
                run(&store, &format!("update operations set {back}")).await;
                assert_eq!(own(&store).await, nothing_wrong(3));
            }
        }
    }

    #[tokio::test]
    async fn mappings_that_something_else_changed_removed_or_made_are_found_until_they_are_forgotten()
     {
        for store in databases::stores().await {
            filled(&store).await;
            for (number, headers) in [(1, "a"), (2, "b"), (3, "c")] {
                remembers(&store, number + 3, mapping(number as u32, headers)).await;
            }
            // The same headers once more take the place of the first.
            remembers(&store, 7, mapping(4, "a")).await;
            assert_eq!(own(&store).await, nothing_wrong(7));
            let columns = "update mappings set columns = '[]' where mapping = 2";
            run(&store, columns).await;
            run(&store, "delete from mappings where mapping = 3").await;
            run(
                &store,
                "insert into mappings (operation, mapping, kind, file_name, at, headers, columns)
                 values ('op', 9, 'sites', 'x', 'y', '[]', '[]')",
            )
            .await;
            let wrong = own(&store).await.mappings.unwrap();
            assert_eq!(wrong, [(2, "it was changed"), (3, "it is gone"), (9, "nobody made it")]);

            let copy = Store::create("sqlite::memory:").await.unwrap();
            store.copy_into(&copy).await.unwrap();
            assert_eq!(own(&copy).await.mappings.unwrap(), wrong);

            for number in [2, 3, 9] {
                assert!(store.forget_mapping("op", number).await.unwrap());
                assert!(!store.forget_mapping("op", number).await.unwrap());
            }
            assert_eq!(own(&store).await, nothing_wrong(7));
            assert_eq!(store.mappings("op").await.unwrap(), [mapping(4, "a")]);
        }
    }

    #[tokio::test]
    async fn what_was_written_before_hashes_were_kept_is_not_known_and_mappings_begin_with_the_next()
     {
        for store in databases::stores().await {
            filled(&store).await;
            remembers(&store, 4, mapping(1, "a")).await;
            run(&store, "update submissions set own_hash = null where submission < 4").await;
            run(&store, "update operations set mapping_hashes = null").await;
            let mut expected = OwnWords { mappings: None, ..nothing_wrong(4) };
            for one in &mut expected.submissions[..3] {
                one.1 = None;
            }
            assert_eq!(own(&store).await, expected);
            remembers(&store, 5, mapping(2, "b")).await;
            assert_eq!(own(&store).await.mappings, Some(Vec::new()));
            run(&store, "update mappings set header_row = 4 where mapping = 1").await;
            assert_eq!(own(&store).await.mappings, Some(vec![(1, "it was changed")]));
            run(&store, "update operations set mapping_hashes = null").await;
            assert!(store.forget_mapping("op", 1).await.unwrap());
            assert!(store.forget_mapping("op", 2).await.unwrap());
            assert_eq!(own(&store).await.mappings, Some(Vec::new()), "there are none");
        }
    }
}
