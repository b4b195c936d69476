//! GDAL's `ogrinfo` against a served fixture: count, one geometry family, typed fields.

use std::process::Command;

use crate::fixture::app;

async fn serve() -> (String, tokio::sync::oneshot::Sender<()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let home = format!("http://{}/api/delta", listener.local_addr().unwrap());
    let (stop, stopped) = tokio::sync::oneshot::channel();
    tokio::spawn(lacuna::http::serve(app(), Default::default(), listener, async {
        let _ = stopped.await;
    }));
    (home, stop)
}

/// What `ogrinfo` says, or nothing where it is not installed.
async fn ogrinfo(arguments: Vec<String>) -> Option<String> {
    let run = move || Command::new("ogrinfo").args(&arguments).env("no_proxy", "*").output();
    match tokio::task::spawn_blocking(run).await.unwrap() {
        Err(_) => {
            eprintln!("skipped: ogrinfo is not installed");
            None
        }
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{text}{wrong}");
            assert!(!wrong.contains("ERROR"), "{wrong}");
            Some(text)
        }
    }
}

fn says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "\"{word}\" is not in:\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn items_and_exports_are_layers() {
    let (home, _stop) = serve().await;
    let layer = |url: String| vec!["-ro".to_owned(), "-al".to_owned(), "-so".to_owned(), url];
    let gaps = format!("{home}/collections/gaps");
    for url in [format!("{gaps}/items?sector=WSH"), format!("{gaps}/export.geojson?sector=WSH")] {
        let Some(text) = ogrinfo(layer(url)).await else { return };
        says(
            &text,
            &["Feature Count: 3", "Geometry: Multi Polygon", "level: Integer", "gap: Integer"],
        );
        says(
            &text,
            &[
                "pcode: String",
                "over_need: Integer(Boolean)",
                "(30.000000, 0.000000) - (32.000000, 4.000000)",
            ],
        );
    }
    let activities = format!("{home}/collections/activities/export.geojson");
    if let Some(text) = ogrinfo(layer(format!("/vsicurl/{activities}"))).await {
        says(
            &text,
            &["Feature Count: 7", "Geometry: Point", "start_date: Date", "reached: Integer"],
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ogc_driver_opens_every_collection() {
    let (home, _stop) = serve().await;
    let arguments =
        vec!["-ro".to_owned(), "-al".to_owned(), "-so".to_owned(), format!("OAPIF:{home}")];
    let Some(text) = ogrinfo(arguments).await else { return };
    for collection in lacuna::app::collections::COLLECTIONS {
        says(&text, &[&format!("Layer name: {}", collection.id)]);
    }
    says(&text, &["Feature Count: 7", "Feature Count: 5"]);

    let mut arguments: Vec<String> = ["-ro", "-oo", "PAGE_SIZE=2"].map(str::to_owned).into();
    arguments.extend([format!("OAPIF:{home}"), "activities".to_owned()]);
    if let Some(text) = ogrinfo(arguments).await {
        let read = text.matches("OGRFeature(activities)").count();
        assert_eq!(read, 7, "pages lose or repeat features:\n{text}");
    }
}
