#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Row};

use super::*;

/// What SQLite itself answers to a question about the file.
pub fn asked(bytes: &[u8], questions: &[&str]) -> Vec<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("made.sqlite");
    std::fs::write(&file, bytes).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(&file);
        let mut open = SqliteConnection::connect_with(&options).await.unwrap();
        let mut answers = Vec::new();
        for question in questions {
            let rows = sqlx::raw_sql(sqlx::AssertSqlSafe(*question)).fetch_all(&mut open).await;
            let rows = rows.unwrap_or_else(|error| panic!("{question}: {error}"));
            let texts = rows.iter().map(|row| row.get::<String, _>(0)).collect();
            answers.push(texts);
        }
        open.close().await.unwrap();
        answers
    })
}

fn check(rows: i64, length: usize) {
    let mut file = std::io::Cursor::new(Vec::new());
    let mut database = Database::new(&mut file);
    let text = "é".repeat(length / 2);
    let Ok(()) = database.table("t", "create table t (n integer primary key, a, b, c)", |table| {
        for number in 1..=rows {
            let number_squared =
                Value::Integer(number * number * if number % 2 == 0 { -1 } else { 1 });
            table.row(number, &[Value::Null, number_squared, Value::Real(0.5), Value::Text(&text)]);
        }
        Ok::<(), std::convert::Infallible>(())
    });
    database.small_table(
        "k",
        "create table k (a text primary key)",
        &[&[Value::Text("z")], &[Value::Text("b")]],
    );
    database.index("k", 1, vec![(vec!["z"], 1), (vec!["b"], 2)]);
    database.finish(1, 2).unwrap();
    let bytes = file.into_inner();
    let found = asked(
        &bytes,
        &[
            "pragma integrity_check",
            "select cast(count(*) as text) || ' ' || sum(abs(a)) || ' ' || sum(length(c)) from t",
            "select group_concat(n) from (select n from t order by n desc limit 3)",
            "select a from k order by a",
        ],
    );
    let squares = rows * (rows + 1) * (2 * rows + 1) / 6;
    assert_eq!(found[0], ["ok"]);
    assert_eq!(found[1], [format!("{rows} {squares} {}", rows * (length / 2) as i64)]);
    assert_eq!(found[2], [format!("{rows},{},{}", rows - 1, rows - 2)]);
    assert_eq!(found[3], ["b", "z"]);
}

#[test]
fn sqlite_finds_nothing_wrong_with_tables_of_any_size() {
    check(3, 10);
    check(1_000, 100);
    check(100_000, 20);
}

#[test]
fn long_rows_flow_over() {
    for length in [4_030, 4_040, 4_050, 4_060, 4_080, 8_170, 100_000] {
        check(5, length);
    }
}
