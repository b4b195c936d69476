#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Row};

use super::*;

/// What SQLite itself answers to a question about the file.
pub fn asked(bytes: &[u8], questions: &[&str]) -> Vec<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("made.sqlite");
    std::fs::write(&file, bytes).unwrap();
    asked_of(&file, questions)
}

fn asked_of(file: &std::path::Path, questions: &[&str]) -> Vec<Vec<String>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(file);
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
fn a_file_goes_on_beyond_the_page_that_sqlite_locks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.sqlite");
    for length in [100, 9_000] {
        // Begun a few pages before it: what lies in front is a hole and takes no room.
        let mut file = std::fs::File::create(&path).unwrap();
        let mut database = Database::new(&mut file);
        let begun = LOCK_PAGE - 4;
        database.out.seek(SeekFrom::Start(u64::from(begun) * PAGE as u64)).unwrap();
        database.pages = begun;
        let text = "x".repeat(length);
        let Ok(()) = database.table("t", "create table t (n integer primary key, a)", |table| {
            (1..=500).for_each(|number| table.row(number, &[Value::Null, Value::Text(&text)]));
            Ok::<(), std::convert::Infallible>(())
        });
        database.finish(1, 2).unwrap();
        let sum = "select cast(count(*) as text) || ' ' || sum(length(a)) from t";
        assert_eq!(asked_of(&path, &[sum])[0], [format!("500 {}", 500 * length)]);
    }
}

#[test]
fn long_rows_flow_over() {
    for length in [4_030, 4_040, 4_050, 4_060, 4_080, 8_170, 100_000] {
        check(5, length);
    }
}
