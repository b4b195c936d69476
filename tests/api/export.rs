//! `/collections/{c}/export.geojson` and `export.csv`.

use lacuna::app::collections::COLLECTIONS;

use crate::fixture::{HOME, app, ask, get};

#[tokio::test]
async fn every_collection_is_exported_in_every_format() {
    for collection in COLLECTIONS {
        let id = collection.id;
        let items = get(&format!("/collections/{id}/items")).await;
        let geojson = get(&format!("/collections/{id}/export.geojson")).await;
        assert_eq!(geojson.status, 200, "{}", geojson.text());
        assert_eq!(geojson.ids(), items.ids());
        assert_eq!(geojson.json()["revision"], 3);
        let csv = get(&format!("/collections/{id}/export.csv")).await;
        let mut reader = csv::Reader::from_reader(&csv.body[..]);
        assert!(reader.headers().unwrap().len() >= collection.fields.len());
        let ids: Vec<String> =
            reader.records().map(|row| row.unwrap().get(0).unwrap().to_owned()).collect();
        assert_eq!(ids, items.ids(), "{id}");
    }
}

#[tokio::test]
async fn csv_is_readable_and_defused() {
    let csv = get("/collections/partners/export.csv").await;
    insta::assert_snapshot!("partners-csv", csv.text());
    let csv =
        get("/collections/activities/export.csv?properties=location,start_date,reached").await;
    insta::assert_snapshot!("activities-csv", csv.text());
}

#[tokio::test]
async fn a_row_of_hxl_tags_on_request() {
    let csv =
        get("/collections/gaps/export.csv?hxl=true&sector=WSH&properties=pcode,in_need").await;
    let lines: Vec<&str> = csv.text().lines().take(3).collect();
    assert_eq!(lines[..2], ["id,pcode,in_need", "#meta+id,#adm+code,#inneed"]);
    assert!(lines[2].starts_with("0101,"));
    let csv = get("/collections/sites/export.csv?hxl=true&properties=name").await;
    assert_eq!(csv.text().lines().nth(1), Some("#meta+id,#loc+name,#geo+lon,#geo+lat"));
    assert_eq!(get("/collections/sites/export.geojson?hxl=true").await.status, 400);
}

#[tokio::test]
async fn a_workbook_says_what_it_is() {
    let book = get("/collections/gaps/export.xlsx?level=1&sector=WSH").await;
    let mut book: calamine::Xlsx<_> =
        calamine::Reader::new(std::io::Cursor::new(book.body)).unwrap();
    use calamine::Reader;
    let readme = book.worksheet_range("readme").unwrap();
    let says = |name: &str| {
        let row = readme.rows().find(|row| row[0] == name);
        row.map(|row| row[1].to_string()).unwrap_or_else(|| panic!("{name} is missing"))
    };
    assert_eq!((&*says("revision"), &*says("parameters: sector")), ("3", "WSH"));
    assert_eq!(says("revised_at"), "2026-08-01T12:00:00Z");
    assert!(says("licence").contains("endorsement") && says("sources").contains("areas.csv"));
    assert_eq!(says("gap"), "People in need and not reached");
    assert_eq!(says("id"), "Id of the row, as the API has it");
    let rows = book.worksheet_range("gaps").unwrap();
    assert_eq!(rows.height(), 3);
    assert_eq!(rows.get_value((1, 3)), Some(&calamine::Data::Float(1.0)));
    // A name that begins like a formula is a text.
    let partners = get("/collections/partners/export.xlsx").await;
    let mut partners: calamine::Xlsx<_> =
        calamine::Reader::new(std::io::Cursor::new(partners.body)).unwrap();
    let rows = partners.worksheet_range("partners").unwrap();
    let water = rows.rows().flatten().find(|cell| **cell == "=Water Board");
    assert!(matches!(water, Some(calamine::Data::String(_))));
}

#[tokio::test]
async fn every_column_of_a_workbook_is_explained_in_it() {
    use calamine::Reader;
    for collection in COLLECTIONS {
        let id = collection.id;
        let book = get(&format!("/collections/{id}/export.xlsx")).await;
        let mut book: calamine::Xlsx<_> = Reader::new(std::io::Cursor::new(book.body)).unwrap();
        let header = book.worksheet_range(id).unwrap();
        let header: Vec<String> =
            header.rows().next().unwrap().iter().map(ToString::to_string).collect();
        let readme = book.worksheet_range("readme").unwrap();
        let lines = readme.rows().map(|row| row[0].to_string());
        let explained: Vec<String> = lines.skip_while(|name| name != "Column").skip(1).collect();
        assert_eq!(header, explained, "{id}");
    }
}

#[tokio::test]
async fn what_is_compressed_already_is_not_compressed_again() {
    for (extension, encoding) in
        [("xlsx", ""), ("pmtiles", ""), ("geojson", "gzip"), ("gpkg", "gzip"), ("fgb", "gzip")]
    {
        let url = format!("{HOME}/collections/areas/export.{extension}");
        let reply = ask(&app(), "GET", &url, &[("accept-encoding", "gzip")]).await;
        assert_eq!(reply.header("content-encoding"), encoding, "{extension}");
    }
}

#[tokio::test]
async fn tiles_say_whose_they_are() {
    let mut rows = crate::fixture::rows();
    rows.operation.name = "Delta <b>floods</b>".into();
    let app = lacuna::app::App::default();
    app.publish(lacuna::domain::Snapshot::build(rows));
    let app = std::sync::Arc::new(app);
    let home = format!("{HOME}/collections/areas");
    let set = ask(&app, "GET", &format!("{home}/tiles/WebMercatorQuad"), &[]).await.json();
    let said = set["attribution"].as_str().unwrap();
    assert!(
        said.starts_with("Delta &lt;b&gt;floods&lt;/b&gt; (areas.csv, population.csv)."),
        "{said}"
    );
    assert!(said.contains("licence"), "{said}");
    let file = ask(&app, "GET", &format!("{home}/export.pmtiles"), &[]).await.body;
    let number = |at: usize| u64::from_le_bytes(file[at..at + 8].try_into().unwrap()) as usize;
    let (start, length) = (number(24), number(32));
    let mut metadata = String::new();
    let mut read = flate2::read::GzDecoder::new(&file[start..start + length]);
    std::io::Read::read_to_string(&mut read, &mut metadata).unwrap();
    let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
    assert_eq!(metadata["attribution"], said);
}

#[tokio::test]
async fn the_question_is_inside_the_file() {
    let url = "/collections/gaps/export.geojson?level=1&sector=WSH&datetime=2026-01-01/2026-03-31";
    let json = get(url).await.json();
    assert_eq!(json["parameters"]["sector"], "WSH");
    assert_eq!(json["query"]["datetime"], "2026-01-01/2026-03-31");
    assert_eq!(json["operation"], "delta");
    assert!(json["sources"].as_array().unwrap().len() > 3);
}

#[tokio::test]
async fn parts_are_served_with_their_place() {
    let app = app();
    let url = format!("{HOME}/collections/areas/export.geojson");
    let whole = ask(&app, "GET", &url, &[]).await;
    let size = whole.body.len();
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert_eq!(
        whole.header("content-disposition"),
        "attachment; filename=\"delta-areas-r3.geojson\""
    );
    let head = ask(&app, "HEAD", &url, &[]).await;
    assert_eq!(head.header("content-length"), size.to_string());

    let part =
        ask(&app, "GET", &url, &[("range", "bytes=10-19"), ("accept-encoding", "gzip")]).await;
    assert_eq!(part.status, 206);
    assert_eq!(part.header("content-range"), format!("bytes 10-19/{size}"));
    assert_eq!(part.body, whole.body[10..20]);
    let tail = ask(&app, "GET", &url, &[("range", "bytes=-5")]).await;
    assert_eq!(tail.body, whole.body[size - 5..]);
    let beyond = ask(&app, "GET", &url, &[("range", "bytes=99999999-")]).await;
    assert_eq!(beyond.status, 416);
    assert_eq!(beyond.header("content-range"), format!("bytes */{size}"));
    let other = [("range", "bytes=0-1"), ("if-range", "\"other\"")];
    assert_eq!(ask(&app, "GET", &url, &other).await.status, 200);
}
