//! Part 2: reference systems.

use serde_json::Value;

use super::{Client, encoded, id, items};

const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

fn epsg(code: u32) -> String {
    format!("http://www.opengis.net/def/crs/EPSG/0/{code}")
}

fn systems(collection: &Value) -> Vec<String> {
    let listed = collection["crs"].as_array().unwrap();
    listed.iter().map(|uri| uri.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_collection_lists_its_systems_the_default_first_and_how_it_is_stored() {
    let client = Client::new();
    for collection in client.collections().await {
        let listed = systems(&collection);
        // The operation lies between 30 and 32 degrees east, north of the equator.
        assert_eq!(listed, [CRS84.to_owned(), epsg(4326), epsg(3857), epsg(32636)]);
        assert_eq!(collection["storageCrs"], CRS84);
    }
}

#[tokio::test]
async fn every_answer_with_features_names_its_system() {
    let client = Client::new();
    for collection in client.collections().await {
        let plain = client.get(&items(id(&collection), &[])).await;
        assert_eq!(plain.header("content-crs"), format!("<{CRS84}>"));
        for crs in systems(&collection) {
            let page = client.get(&items(id(&collection), &[("crs", &crs)])).await;
            assert_eq!(page.header("content-crs"), format!("<{crs}>"));
            assert_eq!(page.ids(), plain.ids());
            if let Some(feature) = plain.ids().first() {
                let (feature, crs) = (encoded(feature), encoded(&crs));
                let path = format!("/collections/{}/items/{feature}?crs={crs}", id(&collection));
                let alone = client.get(&path).await;
                let json = page.json();
                assert_eq!(alone.header("content-crs"), page.header("content-crs"));
                assert_eq!(alone.json()["geometry"], json["features"][0]["geometry"]);
            }
        }
        // The default is the same whether it is named or not.
        let named = client.get(&items(id(&collection), &[("crs", CRS84)])).await;
        assert_eq!(named.json()["features"], plain.json()["features"]);
    }
}

#[tokio::test]
async fn coordinates_are_in_the_order_of_the_axes_of_the_system() {
    let client = Client::new();
    let at = |crs: String| {
        let client = &client;
        async move {
            let page = client.get(&items("sites", &[("crs", &crs), ("limit", "1")])).await.json();
            let numbers =
                page["features"][0]["geometry"]["coordinates"].as_array().unwrap().clone();
            [numbers[0].as_f64().unwrap(), numbers[1].as_f64().unwrap()]
        }
    };
    assert_eq!(at(CRS84.to_owned()).await, [30.5, 3.0]);
    assert_eq!(at(epsg(4326)).await, [3.0, 30.5]);
    // Figures of PROJ 9.
    let near = |[x, y]: [f64; 2], [east, north]: [f64; 2]| {
        assert!((x - east).abs() < 0.01 && (y - north).abs() < 0.01, "{x} {y}");
    };
    near(at(epsg(3857)).await, [3_395_244.469, 334_111.171]);
    near(at(epsg(32636)).await, [222_102.990, 331_910.634]);
}

#[tokio::test]
async fn areas_in_another_system_keep_their_rings() {
    let client = Client::new();
    let rings = |crs: String| {
        let client = &client;
        async move {
            let page =
                client.get(&items("areas", &[("crs", &crs), ("pcode", "0101")])).await.json();
            page["features"][0]["geometry"]["coordinates"][0][0].as_array().unwrap().clone()
        }
    };
    let (plain, swapped) = (rings(CRS84.to_owned()).await, rings(epsg(4326)).await);
    assert_eq!(plain.len(), swapped.len());
    for (one, other) in plain.iter().zip(&swapped) {
        assert_eq!((&one[0], &one[1]), (&other[1], &other[0]));
    }
    assert_eq!(rings(epsg(32636)).await.len(), plain.len());
}

#[tokio::test]
async fn a_system_that_is_not_offered_is_refused_with_those_that_are() {
    let client = Client::new();
    for collection in client.collections().await {
        for name in ["crs", "bbox-crs", "filter-crs"] {
            let far = epsg(32701);
            for bad in ["http://www.opengis.net/def/crs/EPSG/0/1", "EPSG:4326", "x", &far] {
                let pairs = [(name, bad), ("bbox", "1,1,2,2"), ("filter", "true")];
                let refused = client.refused(&items(id(&collection), &pairs)).await;
                assert_eq!(refused["parameter"], name);
                assert!(refused["detail"].as_str().unwrap().contains(&epsg(32636)), "{refused}");
            }
        }
    }
}

#[tokio::test]
async fn a_box_in_any_system_finds_the_same() {
    let client = Client::new();
    // 30.4,2.9 to 30.51,3.1 in each.
    let boxes = [
        (CRS84.to_owned(), "30.4,2.9,30.51,3.1"),
        (epsg(4326), "2.9,30.4,3.1,30.51"),
        (epsg(3857), "3384112,322950,3396358,345251"),
        (epsg(32636), "211000,320800,223300,343000"),
    ];
    for (crs, bbox) in boxes {
        assert_eq!(
            client.ids("sites", &[("bbox", bbox), ("bbox-crs", &crs)]).await,
            ["1"],
            "{crs}"
        );
        let filter = format!("S_INTERSECTS(geometry,BBOX({bbox}))");
        let pairs = [("filter", &*filter), ("filter-crs", &crs)];
        assert_eq!(client.ids("sites", &pairs).await, ["1"], "{crs}");
    }
    let swapped = [("bbox", "30.4,200,30.5,201"), ("bbox-crs", &*epsg(4326))];
    client.get(&items("sites", &[("bbox", "-10,170,10,-170"), ("bbox-crs", &epsg(4326))])).await;
    assert_eq!(client.ids("sites", &swapped).await, Vec::<String>::new());
}
