//! A server whose operations do not all fit the memory it may use.

use std::sync::Arc;

use axum::body::Body;
use lacuna::app::App;
use lacuna::http::{Settings, Token, Writes, router};

use crate::fixture::{through, with_body};

const BEARER: (&str, &str) = ("authorization", "Bearer a token for the tests");

fn rows(file: &str) -> Body {
    let head = "activity_id,partner,sector,activity_type,adm1_name,start_date,status,reached\n";
    format!("{head}{file},Alpha,WSH,latrines,North,2026-03-01,ongoing,1\n").into()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_leaves_the_memory_while_it_is_asked_for_is_answered_and_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("test.sqlite");
    let standards = lacuna::intake::standards::built_in();
    let app = App::create(file.to_str().unwrap(), standards).await.unwrap();
    let now = || "2026-09-01T12:00:00Z".into();
    let writes = Some(Writes { token: Token::new("a token for the tests"), now });
    let settings = Settings { writes, ..Settings::default() };
    let server = router(Arc::new(app.within(Some(1))), &settings);
    let send = {
        let server = server.clone();
        async move |operation: u32, file: String| {
            let path = format!("/api/op{operation}/imports?file={file}.csv&commit=true");
            let sent = with_body(server.clone(), "POST", &path, &[BEARER], rows(&file)).await;
            assert_eq!(sent.status, 201, "{}", sent.text());
            let told = sent.json();
            assert!(told["submission"].is_u64() && told["revision"].is_u64(), "{told}");
        }
    };
    for operation in 0..6 {
        send(operation, "first".to_owned()).await;
    }
    let mut asking = tokio::task::JoinSet::new();
    for reader in 0..8_u32 {
        let server = server.clone();
        asking.spawn(async move {
            for turn in 0..60_u32 {
                let operation = (turn * 5 + reader) % 6;
                let past = if turn % 4 == 0 { "&revision=1" } else { "" };
                let path = format!("/api/op{operation}/collections/activities/items?limit=1{past}");
                let answer = through(server.clone(), "GET", &path, &[]).await;
                assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            }
        });
    }
    for writer in 0..2_u32 {
        let send = send.clone();
        asking.spawn(async move {
            for turn in 0..12_u32 {
                send((turn + writer) % 6, format!("{writer}-{turn}")).await;
            }
        });
    }
    while let Some(asked) = asking.join_next().await {
        asked.unwrap();
    }
}
