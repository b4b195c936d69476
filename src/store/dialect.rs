//! What the two databases say differently.

use super::engine::{Engine, Tx};

/// The integers of a parameter that is a JSON list, as a subquery.
pub fn integers(tx: &Tx, parameter: &str) -> String {
    match tx {
        Engine::Sqlite(_) => format!("select value from json_each({parameter})"),
        Engine::Postgres(_) => {
            format!("select value::bigint from json_array_elements_text({parameter}::json) value")
        }
    }
}
