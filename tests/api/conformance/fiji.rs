//! An operation on both sides of the antimeridian.

use std::sync::Arc;

use geo::{MultiPolygon, Point, Rect, coord};
use lacuna::app::App;
use lacuna::domain::{Area, Operation, Rows, Site, Snapshot, Source};

use super::encoded;
use crate::fixture::{Reply, ask};

fn rect(west: f64, east: f64) -> MultiPolygon<f64> {
    let rect = Rect::new(coord! { x: west, y: -18.0 }, coord! { x: east, y: -16.0 });
    MultiPolygon::from(rect.to_polygon())
}

/// West of the line, across it, east of it; a site on each side and one on the line itself.
fn app() -> Arc<App> {
    let operation = Operation::new("isles", "Isles");
    let mut rows = Rows::empty(operation);
    let mut across = rect(179.0, 180.0);
    across.0.extend(rect(-180.0, -179.5).0);
    let shapes = [("W", rect(177.0, 179.0)), ("X", across), ("Z", rect(-179.5, -178.0))];
    let area = |(pcode, shape): (&str, MultiPolygon<f64>)| Area {
        pcode: pcode.into(),
        name: pcode.into(),
        level: 1,
        geometry: Some(Arc::new(shape)),
        source: Source { submission: 1, row: 1 },
        ..Area::default()
    };
    rows.areas = shapes.map(area).into();
    let at = [(1, 178.0), (2, 180.0), (3, -179.0)];
    rows.sites = at.map(|(id, longitude)| site(id, longitude)).into();
    let app = App::default();
    app.publish(Snapshot::build(rows));
    Arc::new(app)
}

fn site(id: u64, longitude: f64) -> Site {
    let known = crate::fixture::rows().sites.swap_remove(0);
    Site { id, point: Some(Point::new(longitude, -17.0)), area: None, partner: None, ..known }
}

async fn get(path: &str) -> Reply {
    let reply = ask(&app(), "GET", &format!("/api/isles{path}"), &[]).await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    reply
}

async fn found(collection: &str, query: &str) -> Vec<String> {
    get(&format!("/collections/{collection}/items?{query}")).await.ids()
}

#[tokio::test]
async fn the_extent_is_narrow_and_the_zones_are_those_of_both_sides() {
    let areas = get("/collections/areas").await.json();
    let extent = serde_json::json!([[177, -18, -178, -16]]);
    assert_eq!(areas["extent"]["spatial"]["bbox"], extent);
    let crs: Vec<&str> =
        areas["crs"].as_array().unwrap().iter().map(|uri| uri.as_str().unwrap()).collect();
    assert!(crs[3].ends_with("/32760") && crs[4].ends_with("/32701") && crs.len() == 5, "{crs:?}");
}

#[tokio::test]
async fn boxes_cross_the_line_in_every_way_they_can_be_written() {
    for (collection, all) in [("areas", ["W", "X", "Z"]), ("sites", ["1", "2", "3"])] {
        for bbox in ["177,-19,-178,-15", "177,-19,182,-15", "-183,-19,-178,-15", "-180,-90,180,90"]
        {
            assert_eq!(found(collection, &format!("bbox={bbox}")).await, all, "{bbox}");
            if !bbox.contains("182") && !bbox.contains("183") {
                let filter = encoded(&format!("S_INTERSECTS(geometry,BBOX({bbox}))"));
                assert_eq!(found(collection, &format!("filter={filter}")).await, all, "{bbox}");
            }
        }
    }
    assert_eq!(found("areas", "bbox=179.9,-19,-179.9,-15").await, ["X"]);
    assert_eq!(found("sites", "bbox=179.9,-19,-179.9,-15").await, ["2"]);
    assert_eq!(found("areas", "bbox=-179.4,-19,-178,-15").await, ["Z"]);
    assert_eq!(found("areas", "bbox=-178,-19,177,-15").await, ["W", "Z"]);
}

#[tokio::test]
async fn an_area_on_both_sides_is_within_a_box_across_the_line() {
    let filter = |text: &str| format!("filter={}", encoded(text));
    let across = "BBOX(178.9,-19,-179.4,-15)";
    assert_eq!(found("areas", &filter(&format!("S_WITHIN(geometry,{across})"))).await, ["X"]);
    assert_eq!(
        found("areas", &filter(&format!("S_DISJOINT(geometry,{across})"))).await,
        Vec::<String>::new()
    );
    assert_eq!(
        found("areas", &filter("S_TOUCHES(geometry,LINESTRING(-178 -17,-177 -17))")).await,
        ["Z"]
    );
}

#[tokio::test]
async fn what_lies_on_the_line_lies_on_both_sides_of_it() {
    let filter = |text: &str| format!("filter={}", encoded(text));
    let east = "POLYGON((-180 -18,-179.9 -18,-179.9 -16,-180 -16,-180 -18))";
    for (relation, sites, areas) in [
        ("S_INTERSECTS", &["2"][..], &["X"][..]),
        ("S_DISJOINT", &["1", "3"], &["W", "Z"]),
        ("S_TOUCHES", &["2"], &[]),
        ("S_WITHIN", &[], &[]),
    ] {
        let asked = filter(&format!("{relation}(geometry,{east})"));
        assert_eq!(found("sites", &asked).await, sites, "{relation}");
        assert_eq!(found("areas", &asked).await, areas, "{relation}");
        let turned = relation.replace("WITHIN", "CONTAINS");
        let turned = filter(&format!("{turned}({east},geometry)"));
        assert_eq!(found("sites", &turned).await, sites, "{relation} turned");
    }
    // Inside of a box across the line, and on the edge of one that ends there.
    let within = filter("S_WITHIN(geometry,BBOX(179,-19,-179.5,-15))");
    assert_eq!(found("sites", &within).await, ["2"]);
    assert_eq!(found("sites", &filter("S_WITHIN(geometry,BBOX(179,-19,180,-15))")).await, [""; 0]);
    for bbox in ["179.9,-19,180,-15", "-180,-19,-179.9,-15", "180,-17,180,-17", "-180,-17,-180,-17"]
    {
        assert_eq!(found("sites", &format!("bbox={bbox}")).await, ["2"], "{bbox}");
        assert_eq!(found("areas", &format!("bbox={bbox}")).await, ["X"], "{bbox}");
    }
}

#[tokio::test]
async fn boxes_of_the_zones_at_the_line_find_both_sides() {
    let uri = |code: u32| encoded(&format!("http://www.opengis.net/def/crs/EPSG/0/{code}"));
    // Zone 1 seen from the east: 179 degrees east lies at an easting of about 73 km.
    let east = format!("bbox=60000,8000000,600000,8250000&bbox-crs={}", uri(32701));
    assert_eq!(found("sites", &east).await, ["2", "3"]);
    let swapped = format!("bbox=-19,177,-15,-178&bbox-crs={}", uri(4326));
    assert_eq!(found("sites", &swapped).await, ["1", "2", "3"]);
    let in_zone = get(&format!("/collections/sites/items?crs={}", uri(32701))).await.json();
    for feature in in_zone["features"].as_array().unwrap() {
        let easting = feature["geometry"]["coordinates"][0].as_f64().unwrap();
        assert!((-200_000.0..500_000.0).contains(&easting), "{feature}");
    }
}

#[tokio::test]
async fn the_map_shows_the_isles_side_by_side() {
    let page = get("/collections/sites/items?f=html").await;
    let eastings: Vec<f64> = page
        .text()
        .split("cx=\"")
        .skip(1)
        .map(|part| part.split('"').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(eastings.len(), 3);
    assert!(eastings.is_sorted() && eastings[2] - eastings[0] < 7_200.0, "{eastings:?}");
}
