//! What rows said of their places: each set of words once, under a hash of it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::FixedState;
use sha2::{Digest, Sha256};
use sqlx::AssertSqlSafe;

use super::batch::{self, Columns, Plain, Table, Texts, Values};
use super::engine::on;
use super::{Stamp, StoreError, Tx, dialect};
use crate::domain::{PlaceMethod, Placed, SaidPlace, Text};

const TABLE: Table = Table {
    name: "said_places",
    key: &[("said", true)],
    columns: &[
        "said",
        "adm1_code",
        "adm2_code",
        "adm3_code",
        "adm4_code",
        "adm1_name",
        "adm2_name",
        "adm3_name",
        "adm4_name",
    ],
};

/// The words of an operation by their hash.
pub type Words = HashMap<i64, Arc<SaidPlace>>;

/// The hash of the words of each row about to be written, by the address of the shared words.
#[derive(Default)]
pub struct Keys(HashMap<usize, i64, FixedState>);

pub async fn words(tx: &mut Tx, operation: &Text) -> Result<Words, StoreError> {
    let sql = "select said, adm1_code, adm2_code, adm3_code, adm4_code,
           adm1_name, adm2_name, adm3_name, adm4_name
         from said_places
         where operation = $1";
    let mut texts = Texts::default();
    let words = batch::rows(tx, operation, sql, |row| {
        let mut said = SaidPlace::default();
        for at in 0..4 {
            said.codes[at] = texts.opt(row, 1 + at)?;
            said.names[at] = texts.opt(row, 5 + at)?;
        }
        Ok((batch::integer(row, 0)?, Arc::new(said)))
    });
    Ok(words.await?.into_iter().collect())
}

/// Writes the words of rows that are new, and gives every row's key.
pub async fn write<'a>(
    tx: &mut Tx,
    stamp: Stamp<'_>,
    rows: impl Iterator<Item = &'a Placed>,
) -> Result<Keys, StoreError> {
    let mut keys = Keys::default();
    let (mut new, mut known) = (Vec::new(), HashSet::new());
    let mut last = 0;
    for said in rows.filter_map(|placed| placed.said.as_ref()) {
        let address = Arc::as_ptr(said) as usize;
        if address == last || keys.0.contains_key(&address) {
            continue;
        }
        last = address;
        let key = key(said);
        keys.0.insert(address, key);
        if known.insert(key) {
            new.push((key, said.clone()));
        }
    }
    let known = known_words(tx, stamp.operation, new.iter().map(|(key, _)| *key)).await?;
    new.retain(|(key, _)| !known.contains(key));
    on!(tx, |tx| bulk::insert(tx, stamp, &TABLE, &new, &|_| (), &Plain).await)?;
    Ok(keys)
}

impl Columns<(i64, Arc<SaidPlace>)> for Plain {
    fn fill(&self, values: &mut impl Values, (key, said): &(i64, Arc<SaidPlace>)) {
        values.integer(*key);
        for word in said.codes.iter().chain(&said.names) {
            values.text(word.as_ref());
        }
    }
}

/// Those of some words that are stored already. Nobody else adds any meanwhile: the operation's row
/// is held by the commit.
async fn known_words(
    tx: &mut Tx,
    operation: &Text,
    keys: impl Iterator<Item = i64>,
) -> Result<HashSet<i64>, StoreError> {
    let keys: Vec<i64> = keys.collect();
    let known = dialect::among(tx, "said", "$2");
    let sql = format!("select said from said_places where operation = $1 and {known}");
    let keys = serde_json::to_string(&keys).unwrap_or_default();
    let mut known = HashSet::new();
    on!(tx, |tx| {
        let query = sqlx::query(AssertSqlSafe(sql)).bind(operation.to_string()).bind(keys);
        for row in query.fetch_all(&mut **tx).await? {
            known.insert(batch::integer(&row, 0)?);
        }
    });
    Ok(known)
}

impl Keys {
    /// The key of a row's words.
    pub fn of(&self, placed: &Placed) -> Option<i64> {
        let address = Arc::as_ptr(placed.said.as_ref()?) as usize;
        self.0.get(&address).copied()
    }
}

/// How a row was placed, from its columns.
pub fn placed(
    table: &'static str,
    words: &Words,
    said: Option<i64>,
    method: Option<&str>,
    confidence: Option<u8>,
) -> Result<Placed, StoreError> {
    let method = method.map(|method| batch::code(table, method, PlaceMethod::from_code));
    let missing = |key: i64| StoreError::Corrupt { table, value: format!("said {key}") };
    Ok(Placed {
        said: said.map(|key| words.get(&key).cloned().ok_or_else(|| missing(key))).transpose()?,
        method: method.transpose()?.unwrap_or_default(),
        confidence: confidence.unwrap_or_default(),
    })
}

/// How many words are not those that their hash was made of.
pub fn changed(words: &Words) -> usize {
    words.iter().filter(|(hash, said)| key(said) != **hash).count()
}

/// The first 63 bits of the words' SHA-256: the same in every version and on every machine.
fn key(said: &SaidPlace) -> i64 {
    let mut hasher = Sha256::new();
    for word in said.codes.iter().chain(&said.names) {
        match word {
            // The length keeps ("ab", "c") and ("a", "bc") apart.
            Some(word) => {
                hasher.update((word.len() as u64 + 1).to_le_bytes());
                hasher.update(word.as_bytes());
            }
            None => hasher.update(0_u64.to_le_bytes()),
        }
    }
    let digest = hasher.finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    (u64::from_be_bytes(first) >> 1) as i64
}
