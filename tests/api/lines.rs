//! `/collections/gaps/items/{pcode}/lines`.

use crate::fixture::get;

#[tokio::test]
async fn the_contributions_of_the_lines_add_up_to_the_figure() {
    let reply = get("/collections/gaps/items/0101/lines?sector=WSH").await;
    let json = reply.json();
    insta::assert_snapshot!("lines", serde_json::to_string_pretty(&json).unwrap());
    let lines = json["lines"].as_array().unwrap();
    let sum: f64 = lines.iter().map(|line| line["contribution"].as_f64().unwrap()).sum();
    assert_eq!(Some(sum), json["figures"]["reached"].as_f64());
}

#[tokio::test]
async fn lines_are_paged() {
    let first = get("/collections/gaps/items/delta/lines?limit=2").await.json();
    assert_eq!(first["lines"].as_array().unwrap().len(), 2);
    let next = first["links"][1]["href"].as_str().unwrap();
    let next = next.strip_prefix("http://lacuna.test/api/delta").unwrap();
    let second = get(next).await.json();
    assert_ne!(first["lines"][0], second["lines"][0]);
    assert_eq!(first["total"], second["total"]);
}

#[tokio::test]
async fn only_gaps_have_lines() {
    assert_eq!(get("/collections/areas/items/0101/lines").await.status, 404);
    assert_eq!(get("/collections/gaps/items/9999/lines").await.status, 404);
}
