//! What the two databases say differently.

use super::engine::{Engine, Tx};

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
