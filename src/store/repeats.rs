//! The rows that a submission says again. They stay as they are, those of the submission that said
//! them first, and are noted: where that one is undone they are still said.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::batch::Key;

/// A row that a submission says and that is there already.
#[derive(Clone, Debug, PartialEq)]
pub struct Repeat<K> {
    /// Its row in the file that says it again.
    pub row: u32,
    /// The submission whose it is.
    pub of: u32,
    pub key: K,
}

/// Repeats of one submission, of rows after each other with numbers after each other: most files say
/// what they said last month in the same order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "(u32, u32, String, u32)", from = "(u32, u32, String, u32)")]
pub struct Run {
    /// The first row of the file that says them again.
    pub row: u32,
    /// The submission whose they are.
    pub of: u32,
    /// The key of the first, as text.
    pub key: String,
    pub rows: u32,
}

/// What a submission says again, by the names of the tables.
pub type Repeats = BTreeMap<String, Vec<Run>>;

impl From<Run> for (u32, u32, String, u32) {
    fn from(Run { row, of, key, rows }: Run) -> Self {
        (row, of, key, rows)
    }
}

impl From<(u32, u32, String, u32)> for Run {
    fn from((row, of, key, rows): (u32, u32, String, u32)) -> Run {
        Run { row, of, key, rows }
    }
}

impl Run {
    /// Every row of the file, with the key of the row that it says again.
    pub fn each(&self) -> impl Iterator<Item = (u32, String)> + '_ {
        let first = self.key.parse::<u64>().unwrap_or_default();
        (0..self.rows).map(move |at| {
            let key = if at == 0 { self.key.clone() } else { (first + u64::from(at)).to_string() };
            (self.row + at, key)
        })
    }
}

/// Repeats as they are kept.
pub fn runs<K: Key>(repeats: &[Repeat<K>]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    // The key that would go on with the last run.
    let mut next = None;
    for Repeat { row, of, key } in repeats {
        let key = key.text();
        match runs.last_mut() {
            Some(last)
                if last.of == *of
                    && last.row + last.rows == *row
                    && next.as_ref().is_some_and(|next: &u64| next.to_string() == key) =>
            {
                last.rows += 1;
                next = next.map(|next| next + 1);
            }
            _ => {
                next = key.parse().ok().and_then(|number: u64| number.checked_add(1));
                runs.push(Run { row: *row, of: *of, key, rows: 1 });
            }
        }
    }
    runs
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::domain::Text;

    #[test]
    fn rows_after_each_other_are_kept_as_one_run_and_come_back_one_by_one() {
        let numbers = [(5, 1, 10), (6, 1, 11), (7, 1, 12), (8, 2, 13), (9, 2, 15), (11, 2, 16)];
        let repeat = |(row, of, key): (u32, u32, u64)| Repeat { row, of, key };
        let kept = runs(&numbers.map(repeat));
        let text = r#"[[5,1,"10",3],[8,2,"13",1],[9,2,"15",1],[11,2,"16",1]]"#;
        assert_eq!(serde_json::to_string(&kept).unwrap(), text);
        assert_eq!(serde_json::from_str::<Vec<Run>>(text).unwrap(), kept);
        let again = kept.iter().flat_map(|run| {
            run.each().map(|(row, key)| (row, run.of, key.parse::<u64>().unwrap()))
        });
        assert_eq!(again.collect::<Vec<_>>(), numbers);
        // P-codes may look like numbers.
        let codes = ["0102", "103", "0104", "XA01"];
        let repeat = |(row, code): (u32, &&str)| Repeat { row, of: 1, key: Text::from(*code) };
        let kept = runs(&(1..).zip(&codes).map(repeat).collect::<Vec<_>>());
        let again = kept.iter().flat_map(Run::each).map(|(_, key)| key).collect::<Vec<_>>();
        assert_eq!(again, codes);
    }
}
