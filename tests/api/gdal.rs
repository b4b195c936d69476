//! GDAL's `ogrinfo` against a served fixture: count, one geometry family, typed fields.

use std::process::Command;

use lacuna::formats::layer::GeometryKind;

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
            &["Feature Count: 3", "Geometry: Multi Polygon", "level: Integer", "gap: Real"],
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
        says(&text, &["Feature Count: 7", "Geometry: Point", "start_date: Date", "reached: Real"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_in_the_system_that_is_asked_for() {
    let (home, _stop) = serve().await;
    let epsg = |code: u32| format!("crs=http://www.opengis.net/def/crs/EPSG/0/{code}");
    for format in ["gpkg", "fgb", "geojson"] {
        let ask = |code: u32| {
            let address =
                format!("{home}/collections/areas/export.{format}?level=1&{}", epsg(code));
            vec![
                "-ro".to_owned(),
                "-al".to_owned(),
                "-so".to_owned(),
                format!("/vsicurl/{address}"),
            ]
        };
        let Some(text) = ogrinfo(ask(3857)).await else { return };
        says(&text, &["Pseudo-Mercator", "ID[\"EPSG\",3857]", "Feature Count: 2"]);
        let Some(text) = ogrinfo(ask(32636)).await else { return };
        says(&text, &["UTM zone 36N", "ID[\"EPSG\",32636]", "Feature Count: 2"]);
        let extent = text.lines().find_map(|line| line.strip_prefix("Extent: ")).unwrap();
        let sides: Vec<f64> = extent
            .split(|sign: char| !sign.is_ascii_digit() && sign != '.' && sign != '-')
            .filter_map(|side| side.parse().ok())
            .collect();
        // 30 to 32 degrees east of the zone's middle at 33, from the equator to 4 degrees north.
        let expected = [166_021.443, 0.0, 389_028.0, 442_700.0];
        let near = sides.iter().zip(expected).all(|(side, at)| (side - at).abs() < 600.0);
        assert!(sides.len() == 4 && near, "{format}: {extent}");
        // Longitude comes first in a file, whatever the order of the axes.
        let Some(text) = ogrinfo(ask(4326)).await else { return };
        says(&text, &["(30.000000, 0.000000) - (32.000000, 4.000000)"]);
    }
    // A zone elsewhere, and no coordinates that could be in it.
    for (format, code) in [("gpkg", 32701), ("csv", 3857)] {
        let address = format!("/collections/areas/export.{format}?{}", epsg(code));
        assert_eq!(crate::fixture::get(&address).await.status, 400, "{address}");
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

/// What `ogrinfo` says of a layer's features as a whole.
struct Read {
    count: String,
    extent: Option<[f64; 4]>,
    fields: Vec<String>,
    geometry: String,
}

async fn read(file: &std::path::Path, layer: &str) -> Option<Read> {
    let mut arguments: Vec<String> = ["-ro", "-so"].map(str::to_owned).into();
    let of_points = lacuna::app::collections::find(layer)
        .is_some_and(|collection| collection.geometry == GeometryKind::Point);
    if of_points && file.extension().is_some_and(|extension| extension == "csv") {
        arguments.extend(
            ["-oo", "AUTODETECT_TYPE=YES", "-oo", "X_POSSIBLE_NAMES=longitude"].map(str::to_owned),
        );
        arguments.extend(
            ["-oo", "Y_POSSIBLE_NAMES=latitude", "-oo", "KEEP_GEOM_COLUMNS=NO"].map(str::to_owned),
        );
    }
    arguments.extend([file.display().to_string(), layer.to_owned()]);
    let text = ogrinfo(arguments).await?;
    let after = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or("").trim().to_owned()
    };
    let numbers: Vec<f64> =
        after("Extent:").split(['(', ')', ',', ' ']).filter_map(|part| part.parse().ok()).collect();
    let is_field =
        |line: &&str| line.contains(" (") && line.contains(": ") && !line.starts_with(' ');
    let name = |line: &str| line.split(':').next().unwrap().to_owned();
    let fields = text.lines().filter(is_field).map(name);
    Some(Read {
        count: after("Feature Count:"),
        extent: numbers.try_into().ok(),
        fields: fields.filter(|line| !line.starts_with("Extent")).collect(),
        geometry: after("Geometry:"),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format_of_every_collection_holds_the_same() {
    let folder = tempfile::tempdir().unwrap();
    for collection in lacuna::app::collections::COLLECTIONS {
        let mut first: Option<Read> = None;
        // Tiles have features in parts, and are read in a test of their own.
        for format in lacuna::app::export::FORMATS.iter().filter(|format| !format.tiles) {
            let url = format!("/collections/{}/export.{}", collection.id, format.extension);
            let reply = crate::fixture::get(&url).await;
            assert_eq!(reply.status, 200, "{url}");
            assert_eq!(reply.header("content-type"), format.media);
            let file = folder.path().join(format!("{}.{}", collection.id, format.extension));
            std::fs::write(&file, &reply.body).unwrap();
            let Some(read) = read(&file, collection.id).await else { return };
            // A workbook has no geometry, and a table none to lose.
            let drawn = collection.geometry != GeometryKind::None
                && !["csv", "xlsx"].contains(&format.extension);
            let kind = match collection.geometry {
                GeometryKind::Point => "Point",
                GeometryKind::MultiPolygon => "Multi Polygon",
                GeometryKind::None => "None",
            };
            if drawn {
                assert_eq!(read.geometry, kind, "{url}");
            }
            let missing: Vec<_> = collection
                .fields
                .iter()
                .filter(|field| !read.fields.iter().any(|known| known == field.name))
                .collect();
            assert!(missing.is_empty(), "{url}: {missing:?} of {:?}", read.fields);
            match &first {
                None => first = Some(read),
                Some(first) => {
                    assert_eq!(read.count, first.count, "{url}");
                    if drawn {
                        let (own, other) = (read.extent.unwrap(), first.extent.unwrap());
                        let apart = own.iter().zip(other).map(|(a, b)| (a - b).abs());
                        assert!(apart.fold(0.0, f64::max) < 1e-5, "{url}: {own:?} {other:?}");
                    }
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_keep_their_types_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    for (extension, words) in [
        ("fgb", ["pcode: String", "level: Integer64", "gap: Real", "over_need: Integer(Boolean)"]),
        ("gpkg", ["pcode: String", "level: Integer64", "gap: Real", "over_need: Integer(Boolean)"]),
        ("xlsx", ["pcode: String", "level: Integer", "gap: Integer", "over_need: Integer"]),
    ] {
        let reply =
            crate::fixture::get(&format!("/collections/gaps/export.{extension}?sector=WSH")).await;
        let file = folder.path().join(format!("gaps.{extension}"));
        std::fs::write(&file, &reply.body).unwrap();
        let arguments = ["-ro", "-so", file.to_str().unwrap(), "gaps"].map(str::to_owned);
        let Some(text) = ogrinfo(arguments.into()).await else { return };
        says(&text, &words);
        says(&text, &["Feature Count: 3"]);
    }
    let reply = crate::fixture::get("/collections/activities/export.gpkg").await;
    let file = folder.path().join("activities.gpkg");
    std::fs::write(&file, &reply.body).unwrap();
    let arguments = ["-ro", "-so", file.to_str().unwrap(), "activities"].map(str::to_owned);
    let Some(text) = ogrinfo(arguments.into()).await else { return };
    says(&text, &["start_date: Date", "reached: Real", "Feature Count: 7"]);
    let reply = crate::fixture::get("/collections/activities/export.fgb").await;
    let index = flatgeobuf::FgbReader::open(&reply.body[..]).unwrap().header().index_node_size();
    assert!(index > 0, "a row without a place took the index away");
    let placed = folder.path().join("activities.fgb");
    std::fs::write(&placed, &reply.body).unwrap();
    for (side, count) in [("1.2", 1), ("0", 7)] {
        let (file, whole) = (placed.to_str().unwrap(), side == "0");
        let place = ["-spat", "30.4", side, "30.6", "1.3", file];
        let arguments = ["-ro", "-so", "-al"].into_iter().chain(match whole {
            true => vec![file],
            false => place.to_vec(),
        });
        let Some(text) = ogrinfo(arguments.map(str::to_owned).collect()).await else { return };
        says(&text, &[&format!("Feature Count: {count}")]);
    }
    // The index answers for the box.
    let arguments =
        ["-ro", "-so", "-spat", "30.4", "1.2", "30.6", "1.3", file.to_str().unwrap(), "activities"];
    let Some(text) = ogrinfo(arguments.map(str::to_owned).into()).await else { return };
    says(&text, &["Feature Count: 1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_layer_keeps_its_geometry_type() {
    let folder = tempfile::tempdir().unwrap();
    for (collection, kind) in [("sites", "Point"), ("areas", "Multi Polygon")] {
        for extension in ["fgb", "gpkg"] {
            let url = format!("/collections/{collection}/export.{extension}?bbox=100,50,101,51");
            let reply = crate::fixture::get(&url).await;
            let file = folder.path().join(format!("{collection}.{extension}"));
            std::fs::write(&file, &reply.body).unwrap();
            let arguments = ["-ro", "-so", file.to_str().unwrap(), collection].map(str::to_owned);
            let Some(text) = ogrinfo(arguments.into()).await else { return };
            says(&text, &["Feature Count: 0", &format!("Geometry: {kind}"), "name: String"]);
        }
    }
}
