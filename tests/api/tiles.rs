//! `/collections/{c}/tiles` and `/tileMatrixSets`: described as the standard asks, and read back by
//! GDAL.

use std::process::Command;

use flate2::read::GzDecoder;
use lacuna::app::collections::COLLECTIONS;
use lacuna::formats::layer::GeometryKind;

use crate::fixture::{HOME, app, ask, get};

/// The tile that the whole fixture lies in.
const TILE: &str = "tiles/WebMercatorQuad/5/15/18";

/// What GDAL reads in a tile, or nothing where it is not installed.
fn ogrinfo(tile: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tile.mvt");
    std::fs::write(&file, tile).unwrap();
    let address = ["-oo", "Z=5", "-oo", "X=18", "-oo", "Y=15"];
    let run = Command::new("ogrinfo").args(["-ro", "-al"]).args(address).arg(&file).output();
    let Ok(output) = run else {
        eprintln!("skipped: ogrinfo is not installed");
        return None;
    };
    let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && !wrong.contains("ERROR"), "{wrong}");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[tokio::test]
async fn every_collection_with_geometry_has_tiles() {
    for collection in COLLECTIONS {
        let home = format!("/collections/{}", collection.id);
        let tile = get(&format!("{home}/{TILE}")).await;
        if collection.geometry == GeometryKind::None {
            assert_eq!(tile.status, 404, "{}", collection.id);
            assert_eq!(tile.header("content-type"), "application/problem+json");
            continue;
        }
        assert_eq!(tile.header("content-type"), "application/vnd.mapbox-vector-tile");
        let items = get(&format!("{home}/items")).await;
        let items = items.json();
        let drawn = items["features"].as_array().unwrap().iter();
        let drawn = drawn.filter(|feature| !feature["geometry"].is_null()).count();
        let Some(text) = ogrinfo(&tile.body) else { continue };
        assert!(text.contains(&format!("Feature Count: {drawn}")), "{}: {text}", collection.id);
        assert!(text.contains(&format!("Layer name: {}", collection.id)), "{text}");
    }
}

#[tokio::test]
async fn a_question_is_a_layer_of_tiles() {
    let url = format!("/collections/gaps/{TILE}?level=1&sector=WSH&properties=pcode,gap,status");
    let tile = get(&url).await;
    let Some(text) = ogrinfo(&tile.body) else { return };
    let words =
        ["Feature Count: 2", "pcode: String", "gap: Real", "id: String", "pcode (String) = 01"];
    for word in words {
        assert!(text.contains(word), "{word} is not in {text}");
    }
    assert!(!text.contains("in_need"), "{text}");
    // One square on each side of the parallel of 2 degrees.
    assert!(text.contains("Extent: (3339") && text.contains(") - (3562"), "{text}");
    let of = |query: &str| format!("/collections/gaps/{TILE}?{query}");
    assert_eq!(get(&of("sector=XYZ")).await.status, 400);
    assert_eq!(get(&of("bbox=1,2,3,4")).await.status, 400);
    let other = get(&of("datetime=2026-01-01/2026-01-31")).await;
    assert_eq!(other.status, 200);
}

#[tokio::test]
async fn a_tile_without_features_has_no_content() {
    let empty = get("/collections/areas/tiles/WebMercatorQuad/5/0/0").await;
    assert_eq!((empty.status.as_u16(), empty.body.len()), (204, 0));
    assert!(!empty.header("etag").is_empty());
    let gzip = [("accept-encoding", "gzip")];
    let url = format!("{HOME}/collections/areas/tiles/WebMercatorQuad/5/0/0");
    let empty = ask(&app(), "GET", &url, &gzip).await;
    assert_eq!((empty.status.as_u16(), empty.body.len()), (204, 0));
    let head = ask(&app(), "HEAD", &url, &[]).await;
    assert_eq!((head.status.as_u16(), head.header("content-length")), (204, ""));
}

#[tokio::test]
async fn what_is_no_tile_is_refused() {
    for (address, status) in [
        ("WebMercatorQuad/a/0/0", 400),
        ("WebMercatorQuad/1/-1/0", 400),
        ("WebMercatorQuad/1/0/1.5", 400),
        ("WebMercatorQuad/1/2/0", 404),
        ("WebMercatorQuad/1/0/2", 404),
        ("WebMercatorQuad/19/0/0", 404),
        ("WebMercatorQuad/99999999999999999999/0/0", 404),
        ("WorldCRS84Quad/0/0/0", 404),
    ] {
        let refused = get(&format!("/collections/areas/tiles/{address}")).await;
        assert_eq!(refused.status, status, "{address}");
        assert_eq!(refused.header("content-type"), "application/problem+json");
    }
}

#[tokio::test]
async fn a_tile_is_compressed_once_and_asked_for_again_by_its_tag() {
    let app = app();
    let url = format!("{HOME}/collections/areas/{TILE}");
    let plain = ask(&app, "GET", &url, &[]).await;
    let gzip = ask(&app, "GET", &url, &[("accept-encoding", "gzip")]).await;
    assert_eq!(gzip.header("content-encoding"), "gzip");
    assert_ne!(gzip.header("etag"), plain.header("etag"));
    let mut unpacked = Vec::new();
    std::io::Read::read_to_end(&mut GzDecoder::new(&gzip.body[..]), &mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
    let again = ask(&app, "GET", &url, &[("if-none-match", plain.header("etag"))]).await;
    assert_eq!(again.status, 304);
    let head = ask(&app, "HEAD", &url, &[]).await;
    assert_eq!(head.header("content-length"), plain.body.len().to_string());
}

#[tokio::test]
async fn tilesets_are_described_for_clients_of_both_kinds() {
    let list = get("/collections/gaps/tiles?level=2").await.json();
    let set = &list["tilesets"][0];
    assert_eq!(
        set["tileMatrixSetURI"],
        "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
    );
    assert_eq!(set["dataType"], "vector");
    let own = set["links"][0]["href"].as_str().unwrap();
    assert!(own.ends_with("/collections/gaps/tiles/WebMercatorQuad?level=2"), "{own}");

    let few = "/collections/gaps/tiles/WebMercatorQuad?properties=pcode,gap";
    let few = get(few).await.json();
    let fields = &few["vector_layers"][0]["fields"];
    assert_eq!(*fields, serde_json::json!({"id": "String", "pcode": "String", "gap": "Number"}));
    let schema = few["layers"][0]["propertiesSchema"]["properties"].as_object().unwrap();
    assert!(schema.contains_key("gap") && !schema.contains_key("in_need"), "{schema:?}");

    for format in ["", "&f=json", "&f=tilejson"] {
        let about =
            get(&format!("/collections/gaps/tiles/WebMercatorQuad?level=2{format}")).await.json();
        let tiles = about["tiles"][0].as_str().unwrap();
        assert!(tiles.ends_with("/tiles/WebMercatorQuad/{z}/{y}/{x}?level=2"), "{tiles}");
        assert_eq!(about["tilejson"], "3.0.0");
        assert_eq!(about["bounds"], serde_json::json!([30, 0, 32, 4]));
        assert_eq!(about["vector_layers"][0]["fields"]["gap"], "Number");
        let template = about["links"].as_array().unwrap().iter().find(|link| link["rel"] == "item");
        let template = template.unwrap();
        assert_eq!(template["templated"], true);
        let href = template["href"].as_str().unwrap();
        assert!(href.ends_with("/{tileMatrix}/{tileRow}/{tileCol}?level=2"), "{href}");
        let limits = &about["tileMatrixSetLimits"][5];
        assert_eq!(limits["tileMatrix"], "5");
        assert_eq!((&limits["minTileCol"], &limits["maxTileRow"]), (&18.into(), &16.into()));
    }
    let refused = get("/collections/gaps/tiles/WebMercatorQuad?level=9").await;
    assert_eq!(refused.status, 400);
    assert_eq!(get("/collections/needs/tiles").await.status, 404);
}

#[tokio::test]
async fn the_tile_matrix_set_is_the_known_one() {
    let list = get("/tileMatrixSets").await.json();
    assert_eq!(list["tileMatrixSets"][0]["id"], "WebMercatorQuad");
    let set = get("/tileMatrixSets/WebMercatorQuad").await.json();
    let first = &set["tileMatrices"][0];
    assert_eq!(first["id"], "0");
    assert_eq!(first["scaleDenominator"], 559_082_264.028_717_8);
    assert_eq!(set["tileMatrices"][3]["matrixWidth"], 8);
    assert_eq!(get("/tileMatrixSets/other").await.status, 404);
    let home = get("").await.json();
    let rel = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes";
    assert!(home["links"].as_array().unwrap().iter().any(|link| link["rel"] == rel));
}
