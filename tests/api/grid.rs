//! What is filtered is what was answered: coordinates with six decimals.

use std::sync::Arc;

use geo::{Coord, MapCoords};
use lacuna::app::App;
use lacuna::domain::Snapshot;
use serde_json::Value;

use crate::fixture::{HOME, ask, rows};

/// The fixture, moved to where no coordinate has an end after six decimals.
fn moved() -> Arc<App> {
    let mut rows = rows();
    let by = |at: Coord<f64>| Coord { x: at.x + 1.0 / 3.0, y: at.y * 0.987_654_321 + 1.0 / 7.0 };
    for area in &mut rows.areas {
        area.geometry = area.geometry.as_ref().map(|shape| Arc::new(shape.map_coords(by)));
    }
    for site in &mut rows.sites {
        site.point = site.point.map(|point| point.map_coords(by));
    }
    for activity in &mut rows.activities {
        activity.point = activity.point.map(|point| point.map_coords(by));
    }
    let app = App::default();
    app.publish(Snapshot::build(rows));
    Arc::new(app)
}

async fn features(app: &Arc<App>, collection: &str, query: &str) -> Vec<Value> {
    let url = format!("{HOME}/collections/{collection}/items?{query}");
    let page = ask(app, "GET", &url, &[]).await.json();
    page["features"].as_array().unwrap_or_else(|| panic!("{url}: {page}")).clone()
}

fn has(found: &[Value], feature: &Value) -> bool {
    found.iter().any(|one| one["id"] == feature["id"])
}

#[tokio::test]
async fn a_point_is_found_where_it_was_answered() {
    let app = moved();
    for collection in ["sites", "activities"] {
        let all = features(&app, collection, "").await;
        let placed = all.iter().filter(|feature| feature["geometry"].is_object());
        let mut seen = 0;
        for feature in placed {
            let [x, y] = [0, 1].map(|at| &feature["geometry"]["coordinates"][at]);
            for query in [
                format!("bbox={x},{y},{x},{y}"),
                format!("filter=S_INTERSECTS(geometry,POINT({x}%20{y}))"),
                format!("filter=S_EQUALS(geometry,POINT({x}%20{y}))"),
                format!("filter=S_INTERSECTS(geometry,BBOX({x},{y},{x},{y}))"),
            ] {
                assert!(has(&features(&app, collection, &query).await, feature), "{query}");
            }
            seen += 1;
        }
        assert!(seen > 3, "{collection}");
    }
}

#[tokio::test]
async fn an_area_lies_within_its_own_box_and_meets_each_corner_that_was_answered() {
    let app = moved();
    for area in features(&app, "areas", "").await {
        let [west, south, east, north] =
            ["west", "south", "east", "north"].map(|side| area["properties"][side].to_string());
        for query in [
            format!("bbox={west},{south},{west},{south}"),
            format!("bbox={east},{north},{east},{north}"),
            format!("filter=S_WITHIN(geometry,BBOX({west},{south},{east},{north}))"),
        ] {
            assert!(has(&features(&app, "areas", &query).await, &area), "{query}");
        }
        let ring = area["geometry"]["coordinates"][0][0].as_array().unwrap();
        let corners = ring.iter().map(|at| format!("{} {}", at[0], at[1])).collect::<Vec<_>>();
        for corner in &corners {
            let query = format!("filter=S_TOUCHES(geometry,POINT({}))", corner.replace(' ', "%20"));
            assert!(has(&features(&app, "areas", &query).await, &area), "{query}");
        }
        let shape = corners.join(",").replace(' ', "%20");
        let query = format!("filter=S_EQUALS(geometry,POLYGON(({shape})))");
        assert!(has(&features(&app, "areas", &query).await, &area), "{query}");
    }
}
