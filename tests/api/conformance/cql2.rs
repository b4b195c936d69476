//! CQL2: the predicates of the abstract tests for every queryable of every collection, and what
//! their answers must have in common.

use serde_json::Value;

use super::{Client, id, items};

/// Name, type and format of every queryable.
async fn queryables(client: &Client, collection: &Value) -> Vec<(String, String)> {
    let path = format!("/collections/{}/queryables", id(collection));
    let schema = client.get(&path).await.json();
    let properties = schema["properties"].as_object().unwrap();
    let kind = |about: &Value| match (about["type"].as_str(), about["format"].as_str()) {
        (_, Some(format)) => format.to_owned(),
        (kind, None) => kind.unwrap_or_default().to_owned(),
    };
    properties.iter().map(|(name, about)| (format!("\"{name}\""), kind(about))).collect()
}

async fn found(client: &Client, collection: &Value, filter: &str) -> Vec<String> {
    client.ids(id(collection), &[("filter", filter)]).await
}

fn apart(a: &[String], b: &[String], about: &str) {
    assert!(a.iter().all(|one| !b.contains(one)), "{about}: {a:?} {b:?}");
}

#[tokio::test]
async fn comparisons_and_their_opposites_have_nothing_in_common() {
    let client = Client::new();
    for collection in client.collections().await {
        for (name, kind) in queryables(&client, &collection).await {
            let value = match &*kind {
                "string" => "'foo'",
                "boolean" => "true",
                "number" => "3.14",
                "integer" => "1",
                "date" => "DATE('2022-04-14')",
                _ => continue,
            };
            for (one, other) in [("=", "<>"), (">", "<="), ("<", ">=")] {
                let a = found(&client, &collection, &format!("{name} {one} {value}")).await;
                let b = found(&client, &collection, &format!("{name} {other} {value}")).await;
                apart(&a, &b, &name);
                let turned = found(&client, &collection, &format!("{value} {one} {name}")).await;
                let mirror = one.replace('>', "g").replace('<', ">").replace('g', "<");
                assert_eq!(
                    found(&client, &collection, &format!("{name} {mirror} {value}")).await,
                    turned
                );
            }
            let same = found(&client, &collection, &format!("{name} = {name}")).await;
            assert_eq!(found(&client, &collection, &format!("{name} IS NOT NULL")).await, same);
            assert!(found(&client, &collection, &format!("{name} <> {name}")).await.is_empty());
        }
    }
}

#[tokio::test]
async fn null_and_not_null_are_everything_and_have_nothing_in_common() {
    let client = Client::new();
    for collection in client.collections().await {
        let all = client.ids(id(&collection), &[]).await.len();
        for (name, _) in queryables(&client, &collection).await {
            let null = found(&client, &collection, &format!("{name} IS NULL")).await;
            let known = found(&client, &collection, &format!("{name} is not null")).await;
            apart(&null, &known, &name);
            assert_eq!(null.len() + known.len(), all, "{name}");
        }
        assert!(found(&client, &collection, "false").await.is_empty());
    }
}

#[tokio::test]
async fn like_casei_and_accenti_are_asked_of_every_text() {
    let client = Client::new();
    for collection in client.collections().await {
        for (name, _) in
            queryables(&client, &collection).await.iter().filter(|(_, kind)| kind == "string")
        {
            let one = |filter: String| {
                let (client, collection) = (&client, &collection);
                async move { found(client, collection, &filter).await }
            };
            let some = one(format!("{name} like '_%'")).await;
            apart(&some, &one(format!("{name} like ''")).await, name);
            assert_eq!(
                one(format!("{name} LIKE '%'")).await,
                one(format!("{name} like '%%'")).await
            );
            one(format!(r"{name} like '\%\_'")).await;
            one(format!("{name} in ('foo', 'bar')")).await;
            let (a, b) = (
                one(format!("CASEI({name}) = casei('foo')")).await,
                one(format!("CASEI({name}) <> casei('FOO')")).await,
            );
            apart(&a, &b, name);
            assert_eq!(
                one(format!("CASEI({name}) LIKE casei('s%')")).await,
                one(format!("CASEI({name}) LIKE casei('S%')")).await
            );
            assert_eq!(
                one(format!("ACCENTI({name}) LIKE accenti('Ä%')")).await,
                one(format!("ACCENTI({name}) LIKE accenti('A%')")).await
            );
            assert_eq!(
                one(format!("ACCENTI(CASEI({name})) = accenti(casei('ÄÉ'))")).await,
                one(format!("ACCENTI(CASEI({name})) = accenti(casei('ae'))")).await
            );
        }
    }
}

#[tokio::test]
async fn numbers_are_between_in_and_computed_with() {
    let client = Client::new();
    for collection in client.collections().await {
        for (name, kind) in queryables(&client, &collection).await {
            if !["number", "integer"].contains(&&*kind) {
                continue;
            }
            let inside = found(&client, &collection, &format!("{name} BETWEEN 0 AND 100")).await;
            let both = found(&client, &collection, &format!("{name} >= 0 AND {name} <= 100")).await;
            assert_eq!(inside, both);
            assert!(
                found(&client, &collection, &format!("{name} between 100.0 and 1.0"))
                    .await
                    .is_empty()
            );
            let list = found(&client, &collection, &format!("{name} IN (1, 2, 3)")).await;
            let sums =
                found(&client, &collection, &format!("{name} + 1 IN (2^1, 9/3, 9 div 2, 1)")).await;
            assert!(list.iter().all(|id| sums.contains(id)), "{name}");
        }
    }
}

#[tokio::test]
async fn spatial_functions_agree_with_one_another() {
    const WORLD: &str = "POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90))";
    let client = Client::new();
    for collection in client.collections().await.iter().filter(|one| !one["geometry"].is_null()) {
        let one = |filter: String| {
            let client = &client;
            async move { found(client, collection, &filter).await }
        };
        let known = one("geometry IS NOT NULL".to_owned()).await;
        assert_eq!(one("S_INTERSECTS(geometry,BBOX(-180,-90,180,90))".to_owned()).await, known);
        assert_eq!(one(format!("S_INTERSECTS(geometry,{WORLD})")).await, known);
        assert_eq!(one(format!("S_WITHIN(geometry,{WORLD})")).await, known);
        assert!(one(format!("S_DISJOINT(geometry,{WORLD})")).await.is_empty());
        for shape in ["LINESTRING(30 1,31 3)", "POINT(30.5 3)", "BBOX(30,2,31,3)"] {
            let meets = one(format!("S_INTERSECTS(geometry,{shape})")).await;
            let apart_from = one(format!("S_DISJOINT(geometry,{shape})")).await;
            apart(&meets, &apart_from, shape);
            assert_eq!(meets.len() + apart_from.len(), known.len(), "{shape}");
            for name in ["EQUALS", "TOUCHES", "WITHIN", "OVERLAPS", "CROSSES", "CONTAINS"] {
                let found = one(format!("S_{name}(geometry,{shape})")).await;
                assert!(found.iter().all(|id| meets.contains(id)), "{name} {shape}");
            }
        }
        for bad in ["POINT(90 180)", "POLYGON((0 0,1 1))", "BBOX(1,2,3)"] {
            let filter = format!("S_INTERSECTS(geometry,{bad})");
            let refused = client.refused(&items(id(collection), &[("filter", &filter)])).await;
            assert_eq!(refused["parameter"], "filter");
        }
    }
}

#[tokio::test]
async fn temporal_functions_are_asked_of_every_date_and_pair_of_dates() {
    let client = Client::new();
    for collection in client.collections().await {
        let dates: Vec<String> = queryables(&client, &collection)
            .await
            .into_iter()
            .filter(|(_, kind)| kind == "date")
            .map(|(name, _)| name)
            .collect();
        for name in &dates {
            for other in ["DATE('2026-02-01')", "INTERVAL('2026-01-01','2026-12-31')"] {
                let one = |function: &str| {
                    let filter = format!("{function}({name},{other})");
                    let (client, collection) = (&client, &collection);
                    async move { found(client, collection, &filter).await }
                };
                let (meets, apart_from) = (one("T_INTERSECTS").await, one("T_DISJOINT").await);
                apart(&meets, &apart_from, name);
                let (mut outside, after) = (one("T_BEFORE").await, one("T_AFTER").await);
                outside.extend(after);
                assert_eq!(outside.len(), apart_from.len());
                assert!(one("T_EQUALS").await.iter().all(|id| meets.contains(id)));
            }
            let during = format!("T_DURING({name},INTERVAL('2026-01-01','..'))");
            client.refused(&items(id(&collection), &[("filter", &during)])).await;
        }
        let [start, end] = &dates[..] else { continue };
        for function in [
            "AFTER",
            "BEFORE",
            "DISJOINT",
            "EQUALS",
            "INTERSECTS",
            "CONTAINS",
            "DURING",
            "FINISHEDBY",
            "FINISHES",
            "MEETS",
            "METBY",
            "OVERLAPPEDBY",
            "OVERLAPS",
            "STARTEDBY",
            "STARTS",
        ] {
            let filter = format!(
                "T_{function}(INTERVAL({start},{end}),INTERVAL('2026-01-01','2026-12-31'))"
            );
            found(&client, &collection, &filter).await;
        }
        // The same as the parameter of time.
        let filter =
            format!("T_INTERSECTS(INTERVAL({start},{end}),INTERVAL('2026-02-01','2026-03-31'))");
        let by_time = client.ids(id(&collection), &[("datetime", "2026-02-01/2026-03-31")]).await;
        let dated = format!("({start} IS NOT NULL OR {end} IS NOT NULL)");
        let both = [("datetime", "2026-02-01/2026-03-31"), ("filter", &*dated)];
        if collection["id"] != "sites" {
            assert_eq!(
                found(&client, &collection, &filter).await,
                client.ids(id(&collection), &both).await
            );
        }
        assert!(by_time.len() >= found(&client, &collection, &filter).await.len());
    }
}

#[tokio::test]
async fn conditions_join_as_logic_says() {
    let client = Client::new();
    let collection =
        client.collections().await.into_iter().find(|one| id(one) == "activities").unwrap();
    let all = client.ids("activities", &[]).await;
    let parts =
        ["reached > 100", "start_date < DATE('2026-02-01')", "area IS NULL", "partner = 'hilfe'"];
    for first in parts {
        for second in parts {
            let one = |filter: String| {
                let (client, collection) = (&client, &collection);
                async move { found(client, collection, &filter).await }
            };
            let (a, b) = (one(first.to_owned()).await, one(second.to_owned()).await);
            let both: Vec<&String> =
                all.iter().filter(|id| a.contains(id) && b.contains(id)).collect();
            let either: Vec<&String> =
                all.iter().filter(|id| a.contains(id) || b.contains(id)).collect();
            assert_eq!(one(format!("{first} AND {second}")).await.iter().collect::<Vec<_>>(), both);
            assert_eq!(
                one(format!("({first}) or ({second})")).await.iter().collect::<Vec<_>>(),
                either
            );
            let neither = one(format!("NOT ({first} OR {second})")).await;
            assert_eq!(one(format!("NOT {first} AND NOT {second}")).await, neither);
        }
    }
}
