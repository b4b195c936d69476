//! What the two databases say differently.

use super::batch::KeyColumn;
use super::engine::{Engine, Tx};

/// The condition that columns together are among the lists of a parameter that is a JSON list.
pub fn rows_among(tx: &Tx, columns: &[KeyColumn], parameter: &str) -> String {
    let names = columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let part = |(at, (_, is_number)): (usize, &KeyColumn)| match (tx, is_number) {
        (Engine::Sqlite(_), _) => format!("json_extract(value, '$[{at}]')"),
        (Engine::Postgres(_), false) => format!("value ->> {at}"),
        (Engine::Postgres(_), true) => format!("(value ->> {at})::bigint"),
    };
    let parts = columns.iter().enumerate().map(part).collect::<Vec<_>>().join(", ");
    match tx {
        Engine::Sqlite(_) => format!("({names}) in (select {parts} from json_each({parameter}))"),
        // So it is a table of hashes; as a join of unknown size it would be a nested loop.
        Engine::Postgres(_) => format!(
            "(({names}) in (
               select {parts} from json_array_elements({parameter}::json) value)) is true"
        ),
    }
}

/// The condition that a column is among the integers of a parameter that is a JSON list.
pub fn among(tx: &Tx, column: &str, parameter: &str) -> String {
    match tx {
        Engine::Sqlite(_) => format!("{column} in (select value from json_each({parameter}))"),
        // As an array it is looked up in the index; a join of unknown size would be a nested loop.
        Engine::Postgres(_) => format!(
            "{column} = any (array(
               select value::bigint from json_array_elements_text({parameter}::json) value))"
        ),
    }
}
