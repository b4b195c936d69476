//! Files sent, read, corrected, looked at and committed over HTTP, against a database in memory.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use lacuna::app::App;
use lacuna::app::drafts::Sent;
use lacuna::app::drafts::asked::Asked;
use lacuna::app::import::Said;
use lacuna::config::Limits;
use lacuna::http::{Settings, Token, Writes, router};
use serde_json::{Value, json};

use crate::fixture::{Reply, app, ask, through, with_body};

const TOKEN: &str = "a token for the tests";
const BEARER: (&str, &str) = ("authorization", "Bearer a token for the tests");

const ADM1: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"adm1_pcode":"XA01","adm1_name":"North"},"geometry":{"type":"Polygon","coordinates":[[[30,2],[32,2],[32,4],[30,4],[30,2]]]}},
{"type":"Feature","properties":{"adm1_pcode":"XA02","adm1_name":"South"},"geometry":{"type":"Polygon","coordinates":[[[30,0],[32,0],[32,2],[30,2],[30,0]]]}}]}"#;
const NEEDS: &str = "adm1_pcode,sector,in_need,cycle_start,cycle_end\nXA01,WSH,1000,2026-01-01,2026-12-31\nXA02,WSH,500,2026-01-01,2026-12-31\n";
pub(crate) const WORK: &str = "Organisation,Sector,Province code,People served,Start,Contact phone\nHilfe,WASH,XA01,300,2026-02-01,+258 84 123 4567\nMercy,WASH,XA02,200,2026-02-01,+258 84 123 4568\nMercy,WASH,XA09,many,2026-02-01,+258 84 123 4569\n";

async fn empty() -> Arc<App> {
    let standards = lacuna::intake::standards::built_in();
    Arc::new(App::create("sqlite::memory:", standards).await.unwrap())
}

/// A server with a database and nothing in it.
pub(crate) struct Server(Router);

impl Server {
    pub async fn new() -> Server {
        Server::with(Limits::default()).await
    }

    async fn with(limits: Limits) -> Server {
        Server::of(empty().await, limits)
    }

    fn of(app: Arc<App>, limits: Limits) -> Server {
        let writes = Writes { token: Token::new(TOKEN), now: || "2026-08-01T12:00:00Z".into() };
        Server(router(app, &Settings { limits, writes: Some(writes), ..Settings::default() }))
    }

    /// Without the token.
    async fn public(&self, path: &str) -> Reply {
        through(self.0.clone(), "GET", &format!("/api/{path}"), &[]).await
    }

    pub async fn ask(&self, method: &str, path: &str, body: impl Into<Body>) -> Reply {
        with_body(self.0.clone(), method, &format!("/api/{path}"), &[BEARER], body.into()).await
    }

    pub async fn send(&self, query: &str, body: &'static str) -> Value {
        let reply = self.ask("POST", &format!("delta/imports?{query}"), body).await;
        assert_eq!(reply.status, 201, "{query}: {}", reply.text());
        let document = reply.json();
        let home = "http://lacuna.test/api/delta/imports/";
        let id = document["id"].as_str().unwrap();
        assert_eq!(reply.header("location"), format!("{home}{id}"));
        document
    }

    /// Areas and needs are committed; the operation is there.
    pub async fn with_operation() -> Server {
        let server = Server::new().await;
        server.send("file=adm1.geojson&kind=areas&commit=true&name=Delta%20floods", ADM1).await;
        server.send("file=needs.csv&kind=needs&commit=true", NEEDS).await;
        server
    }
}

fn id(document: &Value) -> &str {
    document["id"].as_str().unwrap()
}

#[tokio::test]
async fn the_first_commit_makes_the_operation() {
    let server = Server::new().await;
    assert_eq!(server.public("delta").await.status, 404);
    let draft = server.send("file=adm1.geojson&name=Delta%20floods", ADM1).await;
    assert_eq!((&draft["state"], &draft["kind"]), (&json!("ready"), &json!("areas")));
    assert!(!draft["kind_reason"].as_str().unwrap().is_empty());
    assert_eq!(draft["changes"]["new"], 2);
    assert_eq!(server.public("delta").await.status, 404, "a draft makes no operation");

    let commit = server.ask("POST", &format!("delta/imports/{}/commit", id(&draft)), "").await;
    assert_eq!(commit.status, 200, "{}", commit.text());
    let committed = commit.json();
    assert_eq!((&committed["state"], &committed["revision"]), (&json!("committed"), &json!(1)));
    assert_eq!(server.public("delta").await.json()["title"], "Delta floods");

    let list = server.ask("GET", "delta/imports", "").await.json();
    let imports = list["imports"].as_array().unwrap();
    assert_eq!(imports.len(), 1, "what is committed is listed once: {list}");
    assert_eq!((&imports[0]["id"], &imports[0]["file"]), (&json!("1"), &json!("adm1.geojson")));
    let stored = server.ask("GET", "delta/imports/1", "").await.json();
    assert_eq!((&stored["counts"]["accepted"], &stored["placed"][1]), (&json!(2), &json!(2)));
}

#[tokio::test]
async fn a_draft_says_how_it_was_read_and_can_be_corrected() {
    let server = Server::with_operation().await;
    let draft = server.send("file=3w.csv&kind=activities", WORK).await;
    let column = |document: &Value, header: &str| {
        let columns = document["columns"].as_array().unwrap().clone();
        columns.into_iter().find(|column| column["header"] == header).unwrap()
    };
    assert_eq!(column(&draft, "Organisation")["field"], "partner");
    assert_eq!(column(&draft, "Organisation")["values"], json!(["Hilfe", "Mercy"]));
    assert_eq!(draft["preview"][0]["row"], 2);
    assert_eq!(draft["preview"][0]["cells"][0], "Hilfe");
    assert_eq!(column(&draft, "Contact phone")["personal"], true);
    assert!(!draft.to_string().contains("+258"), "personal data are not shown");
    assert!(draft["fields"].as_array().unwrap().iter().any(|field| field["name"] == "reached"));
    assert_eq!(draft["header_row"], 1);
    assert_eq!(draft["counts"]["rows"], 3);

    let path = format!("delta/imports/{}", id(&draft));
    let change = |body: &'static str| server.ask("PATCH", &path, body);
    let corrected = change(r#"{"columns":{"People served":"targeted","Start":null}}"#).await;
    assert_eq!(corrected.status, 200, "{}", corrected.text());
    let corrected = corrected.json();
    assert_eq!(column(&corrected, "People served")["field"], "targeted");
    assert_eq!(column(&corrected, "Start")["field"], Value::Null);
    assert_eq!(corrected["asked"]["columns"], json!({"People served":"targeted","Start":null}));
    let restored = change(r#"{"columns":{"Start":"auto"}}"#).await.json();
    assert_eq!(column(&restored, "Start")["field"], "start_date");

    // What fails leaves it as it was.
    let refused = change(r#"{"header_row":77}"#).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    let same = server.ask("GET", &path, "").await.json();
    assert_eq!((&same["state"], &same["header_row"]), (&json!("ready"), &json!(1)));
    assert_eq!(column(&same, "People served")["field"], "targeted");

    for (body, word) in [
        (r#"{"kind":"cars"}"#, "activities"),
        (r#"{"columns":{"Start":"begin"}}"#, "start_date"),
        (r#"{"columns":[]}"#, "object"),
        (r#"{"colour":"red"}"#, "header_row"),
        (r#"{"level":{}}"#, "number"),
        ("[]", "object"),
        ("{", "JSON"),
    ] {
        let refused = change(body).await;
        assert_eq!(refused.status, 400, "{body}: {}", refused.text());
        assert!(refused.text().contains(word), "{body}: {}", refused.text());
    }
}

#[tokio::test]
async fn the_gaps_after_a_commit_are_seen_before_it_by_the_sender_only() {
    let server = Server::with_operation().await;
    let gaps = "delta/collections/gaps/items?sector=WSH&level=1";
    let gap = |reply: &Reply| reply.json()["features"][0]["properties"]["gap"].clone();
    let before = server.public(gaps).await;
    assert_eq!(gap(&before), 1000.0);

    let draft = server.send("file=3w.csv&kind=activities", WORK).await;
    let with = format!("{gaps}&draft={}", id(&draft));
    let preview = server.ask("GET", &with, "").await;
    assert_eq!(gap(&preview), 700.0);
    assert_eq!(preview.header("cache-control"), "no-store, private");
    assert_eq!(preview.header("etag"), "");
    assert_eq!(preview.json()["revision"], 3);
    assert_eq!(server.public(&with).await.status, 401);

    let public = server.public(gaps).await;
    assert_eq!(gap(&public), 1000.0);
    assert_eq!(public.header("etag"), before.header("etag"));
    for path in ["", "/collections/gaps/items/XA01", "/collections/gaps/items/XA01/lines"] {
        let path = format!("delta{path}?draft={}", id(&draft));
        let reply = server.ask("GET", &path, "").await;
        assert_eq!((reply.status.as_u16(), reply.json()["revision"].clone()), (200, json!(3)));
        assert_eq!(server.public(&path).await.status, 401, "{path}");
    }
    let csv = format!("delta/collections/activities/export.csv?draft={}", id(&draft));
    assert!(server.ask("GET", &csv, "").await.text().contains("Hilfe"));
    assert_eq!(server.public("delta").await.json()["revision"], 2);

    let unknown = server.ask("GET", &format!("{gaps}&draft=d-0"), "").await;
    assert_eq!(unknown.status, 404, "{}", unknown.text());

    // Read again in another way, it shows the other way.
    let path = format!("delta/imports/{}", id(&draft));
    server.ask("PATCH", &path, r#"{"columns":{"People served":"targeted"}}"#).await;
    assert_eq!(gap(&server.ask("GET", &with, "").await), 1000.0);
}

#[tokio::test]
async fn links_of_a_preview_stay_in_the_preview() {
    let server = Server::with_operation().await;
    let draft = server.send("file=3w.csv&kind=activities", WORK).await;
    let path = format!("delta/collections/activities/items?limit=1&draft={}", id(&draft));
    let page = server.ask("GET", &path, "").await.json();
    let next = page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next");
    assert!(next.unwrap()["href"].as_str().unwrap().contains(id(&draft)));
}

#[tokio::test]
async fn the_report_comes_as_json_and_as_csv_before_and_after_the_commit() {
    let server = Server::with_operation().await;
    let draft = server.send("file=3w.csv&kind=activities", WORK).await;
    let report = |id: &str, format: &str| format!("delta/imports/{id}/report{format}");
    let csv = server.ask("GET", &report(id(&draft), "?f=csv"), "").await;
    assert!(csv.header("content-disposition").contains("3w-report.csv"));
    assert!(csv.text().starts_with("row,column,value,outcome"), "{}", csv.text());
    assert!(csv.text().contains("4,People served,many"), "{}", csv.text());
    let workbook = server.ask("GET", &report(id(&draft), "?f=xlsx"), "").await;
    assert!(
        workbook.body.starts_with(b"PK")
            && workbook.header("content-disposition").contains("3w-report.xlsx")
    );
    let commit = server.ask("POST", &format!("delta/imports/{}/commit", id(&draft)), "").await;
    let number = commit.json()["submission"].to_string();
    assert_eq!(number, "3");
    let after = server.ask("GET", &report(&number, "?f=csv"), "").await;
    assert_eq!(after.text(), csv.text());
    let json = server.ask("GET", &report(&number, ""), "").await.json();
    assert_eq!(json["counts"]["rows"], 3);
    assert_eq!(server.ask("GET", &report(&number, "?f=pdf"), "").await.status, 400);
    assert_eq!(server.ask("GET", &report("9", ""), "").await.status, 404);
}

#[tokio::test]
async fn the_same_file_again_changes_nothing_and_makes_no_revision() {
    let server = Server::with_operation().await;
    let again = server.send("file=needs.csv&kind=needs&commit=true", NEEDS).await;
    assert_eq!((&again["state"], &again["revision"]), (&json!("committed"), &json!(2)));
    assert_eq!((&again["changes"]["unchanged"], &again["submission"]), (&json!(2), &Value::Null));
}

#[tokio::test]
async fn a_draft_that_means_something_else_by_now_is_not_committed() {
    let server = Server::with_operation().await;
    let first = server.send("file=3w.csv&kind=activities", WORK).await;
    let second = server.send("file=3w.csv&kind=activities", WORK).await;
    let other = server
        .send(
            "file=needs2.csv&kind=needs",
            "adm1_pcode,sector,in_need,cycle_start,cycle_end\nXA01,HEA,10,2026-01-01,2026-12-31\n",
        )
        .await;
    let commit = async |draft: &Value| {
        server.ask("POST", &format!("delta/imports/{}/commit", id(draft)), "").await
    };
    assert_eq!(commit(&first).await.status, 200);
    let document = server.ask("GET", &format!("delta/imports/{}", id(&second)), "").await.json();
    assert_eq!(document["outdated"], true);
    // It still means what was shown.
    assert_eq!(commit(&other).await.status, 200);
    let refused = commit(&second).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert!(refused.text().contains("changed meanwhile"), "{}", refused.text());
    // It is compared anew, and then it can be.
    let document =
        server.ask("PATCH", &format!("delta/imports/{}", id(&second)), "{}").await.json();
    assert_eq!(
        (&document["changes"]["unchanged"], &document["outdated"]),
        (&json!(3), &json!(false))
    );
    assert_eq!(commit(&second).await.status, 200);
    assert_eq!(commit(&second).await.status, 409, "once");
}

#[tokio::test]
async fn a_file_that_several_commit_at_once_is_taken_from_each() {
    let server = Server::with_operation().await;
    let send = || server.send("file=3w.csv&kind=activities&commit=true", WORK);
    let sent = tokio::join!(send(), send(), send(), send());
    let sent = [sent.0, sent.1, sent.2, sent.3];
    let new: Vec<_> = sent.iter().map(|one| one["changes"]["new"].as_u64().unwrap()).collect();
    assert_eq!(new.iter().sum::<u64>(), 3, "what each is told is what it did: {new:?}");
}

#[tokio::test]
async fn a_rollback_brings_back_what_was_and_is_in_the_list() {
    let server = Server::with_operation().await;
    let gaps = "delta/collections/gaps/items?sector=WSH&level=1";
    let gap = async || server.public(gaps).await.json()["features"][0]["properties"]["gap"].clone();
    server.send("file=3w.csv&kind=activities&commit=true", WORK).await;
    assert_eq!(gap().await, 700.0);
    let done = server.ask("POST", "delta/imports/3/rollback", "").await;
    assert_eq!(
        (done.status.as_u16(), &done.json()["revision"]),
        (200, &json!(4)),
        "{}",
        done.text()
    );
    assert_eq!(gap().await, 1000.0);
    let list = server.ask("GET", "delta/imports", "").await.json();
    let found = |at: usize, name: &str| list["imports"][at][name].clone();
    assert_eq!((found(0, "kind"), found(0, "undoes")), (json!("rollback"), json!(3)));
    assert_eq!((found(1, "rolled_back"), found(1, "rows_current")), (json!(4), json!(0)));
    assert_eq!((found(2, "rolled_back"), found(2, "rows_current")), (Value::Null, json!(2)));
    assert_eq!(server.ask("POST", "delta/imports/3/rollback", "").await.status, 409);
    assert_eq!(server.ask("POST", "delta/imports/9/rollback", "").await.status, 404);
    let url = "/api/delta/imports/1/rollback";
    assert_eq!(through(server.0.clone(), "POST", url, &[]).await.status, 401);
}

#[tokio::test]
async fn names_are_decided_about_once_and_rows_follow() {
    let server = Server::with_operation().await;
    let work = "Organisation,Sector,Province,People served,Start\nHilfe,WASH,North,300,2026-02-01\nMercy,WASH,Sowth,200,2026-02-01\n";
    server.send("file=3w.csv&kind=activities&commit=true", work).await;
    let queue = server.ask("GET", "delta/review", "").await;
    assert_eq!((queue.status.as_u16(), queue.header("cache-control")), (200, "no-store, private"));
    let items = queue.json()["items"].as_array().unwrap().clone();
    let place = items
        .iter()
        .find(|item| item["said"] == "Sowth")
        .unwrap_or_else(|| panic!("{}", queue.text()));
    assert_eq!(place["candidates"][0]["value"], "XA02");
    let key = place["key"].as_str().unwrap();

    let body = json!({"decisions": [{"kind": "place", "key": key, "value": "XA01"}, {"kind": "partner", "key": "mercy", "value": "hilfe"}]});
    let done = server.ask("POST", "delta/review", body.to_string()).await;
    assert_eq!(
        (done.status.as_u16(), &done.json()["revision"]),
        (200, &json!(4)),
        "{}",
        done.text()
    );
    let list = server.ask("GET", "delta/imports", "").await.json();
    let (reviewed, file) = (&list["imports"][0], &list["imports"][1]);
    assert_eq!((&reviewed["decisions"], &reviewed["rows_current"]), (&json!(2), &json!(2)));
    assert_eq!((&file["decisions"], &file["rows_current"]), (&Value::Null, &json!(2)));
    let gaps = server.public("delta/collections/gaps/items?sector=WSH&level=1").await.json();
    let north = &gaps["features"][0]["properties"];
    assert_eq!((north["reached"].as_f64(), &north["partners"]), (Some(500.0), &json!(1)));
    let after = server.ask("GET", "delta/review", "").await.json();
    let states = after["items"].as_array().unwrap().iter().map(|item| item["state"].clone());
    assert!(states.clone().all(|state| state == "confirmed"), "{after}");

    // What is undone waits as before.
    let body = json!({"decisions": [{"kind": "place", "key": key, "undo": true}, {"kind": "partner", "key": "mercy", "undo": true}]});
    let done = server.ask("POST", "delta/review", body.to_string()).await;
    assert_eq!(done.status, 200, "{}", done.text());
    let mut undone = server.ask("GET", "delta/review", "").await.json();
    assert_eq!(undone["items"].take(), Value::Array(items.clone()));

    let unknown = r#"{"decisions":[{"kind":"partner","key":"mercy","value":"nobody"}]}"#;
    let odd = r#"{"decisions":[{"kind":"car","key":"a","value":null}]}"#;
    let note = r#"{"decisions":[{"kind":"partner","key":"mercy","value":null,"note":1}]}"#;
    let both = r#"{"decisions":[{"kind":"partner","key":"mercy","value":null,"undo":true}]}"#;
    let bad = [("{}", 400), ("[", 400), (odd, 400), (note, 400), (both, 400), (unknown, 422)];
    for (body, status) in bad {
        let refused = server.ask("POST", "delta/review", body).await;
        assert_eq!(refused.status, status, "{body}: {}", refused.text());
    }
    for method in ["GET", "POST"] {
        assert_eq!(through(server.0.clone(), method, "/api/delta/review", &[]).await.status, 401);
    }
}

#[tokio::test]
async fn a_corrected_file_is_recognised_and_can_replace_the_earlier_one() {
    let server = Server::with_operation().await;
    server.send("file=3w_may.csv&kind=activities&commit=true", WORK).await;
    let less = "Organisation,Sector,Province code,People served,Start\nHilfe,WASH,XA01,350,2026-02-01\nMercy,WASH,XA02,200,2026-02-01\n";
    let draft = server.send("file=3w_may_v2.csv&kind=activities", less).await;
    assert_eq!(
        (&draft["earlier"]["submission"], &draft["earlier"]["missing"]),
        (&json!(3), &json!(1))
    );
    assert_eq!(draft["changes"]["gone"], 0);
    let path = format!("delta/imports/{}", id(&draft));
    let replaced = server.ask("PATCH", &path, r#"{"replaces":3}"#).await.json();
    assert_eq!(
        (&replaced["changes"]["gone"], &replaced["asked"]["replaces"]),
        (&json!(1), &json!(3))
    );
    assert!(replaced["differences"].as_array().unwrap().iter().any(|one| one["happens"] == "gone"));
}

#[tokio::test]
async fn a_dropped_draft_is_gone() {
    let server = Server::with_operation().await;
    let draft = server.send("file=3w.csv&kind=activities", WORK).await;
    let path = format!("delta/imports/{}", id(&draft));
    assert_eq!(server.ask("GET", "elsewhere/imports/1", "").await.status, 404);
    assert_eq!(server.ask("GET", &path.replace("delta", "other"), "").await.status, 404);
    assert_eq!(server.ask("DELETE", &path, "").await.status, 204);
    for (method, path) in
        [("GET", path.clone()), ("DELETE", path.clone()), ("POST", format!("{path}/commit"))]
    {
        let reply = server.ask(method, &path, "").await;
        assert_eq!(reply.status, 404, "{method} {path}");
        assert!(reply.text().contains("send it again"), "{}", reply.text());
    }
    assert_eq!(server.ask("DELETE", "delta/imports/1", "").await.status, 409);
}

#[tokio::test]
async fn nothing_is_written_or_told_without_the_token() {
    let server = Server::with_operation().await;
    let draft = server.send("file=3w.csv&kind=activities", WORK).await;
    let own = format!("imports/{}", id(&draft));
    for (method, path) in [
        ("GET", "imports".to_owned()),
        ("POST", "imports?file=a.csv".to_owned()),
        ("GET", own.clone()),
        ("PATCH", own.clone()),
        ("DELETE", own.clone()),
        ("POST", format!("{own}/commit")),
        ("GET", format!("{own}/report")),
        ("GET", "imports/1/report".to_owned()),
        ("GET", "imports/1".to_owned()),
    ] {
        for headers in [&[][..], &[("authorization", "Bearer something else")]] {
            let url = format!("/api/delta/{path}");
            let reply = with_body(server.0.clone(), method, &url, headers, WORK.into()).await;
            assert_eq!(reply.status, 401, "{method} {path}");
            assert_eq!(reply.header("www-authenticate"), "Bearer", "{method} {path}");
            assert_eq!(reply.header("content-type"), "application/problem+json");
        }
    }
    let own = server.ask("GET", &format!("delta/{own}"), "").await;
    assert_eq!(own.json()["state"], "ready");
    // A server without a token, or without a database, takes nothing.
    let closed = ask(&app(), "POST", "/api/delta/imports?file=a.csv", &[BEARER]).await;
    assert_eq!(closed.status, 403);
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_with_what_would_be_right() {
    let server = Server::new().await;
    for (query, body, status, word) in [
        ("file=a.csv&kind=cars", WORK, 400, "activities"),
        ("file=a.csv&column=Start", WORK, 400, "HEADER=FIELD"),
        ("file=a.csv&column=Start=begin", WORK, 400, "start_date"),
        ("file=a.csv&level=7", WORK, 400, "1 to 4"),
        ("file=a.csv&sector=XYZ", WORK, 400, "WSH"),
        ("file=a.csv&cycle=soon", WORK, 400, "2026"),
        ("file=a.csv&commit=perhaps", WORK, 400, "true"),
        ("file=a.csv&household_size=0", WORK, 400, "household"),
        ("file=a.csv&colour=red", WORK, 400, "known are"),
        ("kind=needs", NEEDS, 400, "file"),
        ("file=a.csv", "", 400, "--data-binary"),
        ("file=a.xlsx", "%PDF-1.7", 422, "PDF"),
        ("file=a.csv&kind=activities", "colour,shape\nred,round\n", 422, "No table of activities"),
        ("file=a.csv&kind=activities&column=Nope=reached", WORK, 422, "no column"),
        ("file=a.csv&kind=activities&commit=true", "<html>", 422, "web page"),
    ] {
        let reply = server.ask("POST", &format!("delta/imports?{query}"), body).await;
        assert_eq!(reply.status, status, "{query}: {}", reply.text());
        assert!(reply.text().contains(word), "{query}: {}", reply.text());
        assert_eq!(reply.header("content-type"), "application/problem+json");
    }
    let reply = server.ask("POST", "Not%20an%20id/imports?file=a.csv", WORK).await;
    assert_eq!(reply.status, 400, "{}", reply.text());
    assert!(reply.text().contains("lower-case"), "{}", reply.text());
    let list = server.ask("GET", "delta/imports", "").await.json();
    assert_eq!(list["imports"], json!([]), "what is refused is not kept");
}

#[tokio::test]
async fn a_file_above_the_budget_is_refused_and_one_below_passes_the_limit_of_other_bodies() {
    let server = Server::with(Limits { upload_mb: 1, ..Limits::default() }).await;
    let rows =
        |count: usize| format!("{NEEDS}{}", "XA01,WSH,1000,2026-01-01,2026-12-31\n".repeat(count));
    let reply = server.ask("POST", "delta/imports?file=a.csv&kind=needs", rows(40_000)).await;
    assert_eq!(reply.status, 413, "{}", reply.text());
    assert!(reply.text().contains("--upload-mb"), "{}", reply.text());
    let reply = server.ask("POST", "delta/imports?file=a.csv&kind=needs", rows(4_000)).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let id = reply.json()["id"].as_str().unwrap().to_owned();
    let long = " ".repeat(70_000);
    assert_eq!(server.ask("PATCH", &format!("delta/imports/{id}"), long).await.status, 413);
}

#[tokio::test]
async fn a_page_of_another_origin_may_ask_with_the_token() {
    let server = Server::new().await;
    let headers = [("access-control-request-method", "PATCH"), ("origin", "https://a.example")];
    let reply = through(server.0.clone(), "OPTIONS", "/api/delta/imports/d-1", &headers).await;
    assert_eq!(reply.status, 204);
    let methods = reply.header("access-control-allow-methods");
    assert!(["GET", "PATCH", "DELETE"].iter().all(|one| methods.contains(one)), "{methods}");
    assert!(reply.header("access-control-allow-headers").contains("authorization"));
    let reply = through(server.0.clone(), "OPTIONS", "/api/delta/imports", &headers).await;
    assert!(reply.header("access-control-allow-methods").contains("POST"));
}

#[tokio::test]
async fn a_corrected_file_is_pointed_out_replaces_when_told_to_and_is_rolled_back() {
    let server = Server::with_operation().await;
    server.send("file=3w_march.csv&kind=activities&commit=true", WORK).await;
    const LESS: &str = "Organisation,Sector,Province code,People served,Start,Contact phone\nHilfe,WASH,XA01,350,2026-02-01,+258 84 123 4567\n";
    let draft = server.send("file=3w_march_v2.csv&kind=activities", LESS).await;
    let earlier = &draft["earlier"];
    assert_eq!((&earlier["submission"], &earlier["missing"]), (&json!(3), &json!(2)));
    assert_eq!(draft["differences"][0]["happens"], "changed");
    let reached = json!({"field": "reached", "before": "300", "after": "350"});
    assert_eq!(draft["differences"][0]["fields"][0], reached);
    let own = format!("delta/imports/{}", id(&draft));
    let changed = server.ask("PATCH", &own, r#"{"replaces": 3}"#).await.json();
    assert_eq!((&changed["changes"]["gone"], &changed["earlier"]), (&json!(2), &Value::Null));
    let refused = server.ask("PATCH", &own, r#"{"replaces": 1}"#).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("the last one is 3"), "{}", refused.text());

    let commit = server.ask("POST", &format!("{own}/commit"), "").await;
    assert_eq!(commit.json()["submission"], 4);
    let items = "delta/collections/activities/items";
    assert_eq!(server.public(items).await.json()["numberMatched"], 1);
    assert_eq!(server.public("delta/imports/4/rollback").await.status, 405);
    let done = server.ask("POST", "delta/imports/4/rollback", "").await;
    assert_eq!(done.status, 200);
    assert_eq!(done.json()["revision"], 5);
    assert_eq!(server.public(items).await.json()["numberMatched"], 3);
    assert_eq!(server.ask("POST", "delta/imports/4/rollback", "").await.status, 409);
    assert_eq!(server.ask("POST", "delta/imports/9/rollback", "").await.status, 404);
}

#[tokio::test]
async fn the_report_of_a_draft_is_a_workbook_with_its_rows_and_quality_is_for_those_with_the_token()
{
    let server = Server::with_operation().await;
    let draft = server.send("file=3w.csv&kind=activities", WORK).await;
    let report = format!("delta/imports/{}/report?f=xlsx", id(&draft));
    let workbook = server.ask("GET", &report, "").await;
    assert!(workbook.header("content-disposition").contains("3w-report.xlsx"));
    assert!(workbook.body.starts_with(b"PK"));
    server.ask("POST", &format!("delta/imports/{}/commit", id(&draft)), "").await;
    assert_eq!(server.public("delta/quality").await.status, 401);
    let quality = server.ask("GET", "delta/quality", "").await.json();
    let partners = quality["partners"].as_array().unwrap();
    assert_eq!((partners.len(), &partners[1]["name"]), (2, &json!("Hilfe")));
    assert_eq!(partners[1]["completeness"], 0.8);
    assert_eq!(server.ask("GET", "nowhere/quality", "").await.status, 404);
}

#[tokio::test]
async fn a_wrong_correction_is_refused_and_a_draft_outlives_it_even_before_it_was_read() {
    let app = empty().await;
    let server = Server::of(app.clone(), Limits::default());
    server.send("file=adm1.geojson&kind=areas&commit=true", ADM1).await;
    // As sent, but not read yet, as a long workbook is for a while.
    let sent = Sent {
        id: "d-1".into(),
        operation: Said::of("delta"),
        file_name: "3w.csv".into(),
        bytes: WORK.into(),
        at: "2026-08-01T12:00:00Z".into(),
    };
    app.send(sent, Asked::default()).unwrap();
    for _ in 0..2 {
        let wrong = r#"{"columns":{"Total":"reached"}}"#;
        let refused = server.ask("PATCH", "delta/imports/d-1", wrong).await;
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert!(refused.text().contains("Total"), "{}", refused.text());
        assert_eq!(refused.header("content-type"), "application/problem+json");
        let same = server.ask("GET", "delta/imports/d-1", "").await.json();
        assert_eq!((&same["state"], &same["error"]), (&json!("ready"), &Value::Null));
        assert_eq!((&same["asked"]["columns"], &same["counts"]["rows"]), (&json!({}), &json!(3)));
    }
    let right = r#"{"columns":{"People served":"reached"}}"#;
    assert_eq!(server.ask("PATCH", "delta/imports/d-1", right).await.status, 200);
}

#[tokio::test]
async fn a_file_of_which_every_row_is_rejected_is_not_committed() {
    let server = Server::with_operation().await;
    const LOST: &str = "adm1_pcode,sector,in_need,cycle_start,cycle_end\nXZ01,WSH,100,2026-01-01,2026-12-31\nXZ02,WSH,200,2026-01-01,2026-12-31\n";
    let draft = server.send("file=lost.csv&kind=needs", LOST).await;
    assert_eq!(draft["counts"]["rejected"], 2, "{}", draft["issues"]);
    let why = draft["nothing_accepted"].as_str().unwrap();
    assert!(why.starts_with("All 2 rows were rejected"), "{why}");
    assert!(why.contains(draft["issues"][0]["message"].as_str().unwrap()), "{why}");
    let commit = server.ask("POST", &format!("delta/imports/{}/commit", id(&draft)), "").await;
    assert_eq!(commit.status, 422, "{}", commit.text());
    assert!(commit.text().contains("All 2 rows"), "{}", commit.text());
    let same = server.ask("GET", &format!("delta/imports/{}", id(&draft)), "").await.json();
    assert_eq!(same["state"], "ready", "its report can still be looked at");
    let at_once = server.ask("POST", "delta/imports?file=a.csv&kind=needs&commit=true", LOST).await;
    assert_eq!(at_once.status, 422, "{}", at_once.text());
    let list = server.ask("GET", "delta/imports", "").await.json();
    assert_eq!(
        list["imports"].as_array().unwrap().len(),
        3,
        "the draft and what was there: {list}"
    );
}

#[tokio::test]
async fn boundaries_without_a_known_code_offer_their_properties() {
    const ODD: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"key":"K1","label":"North"},"geometry":{"type":"Polygon","coordinates":[[[30,2],[32,2],[32,4],[30,4],[30,2]]]}},
{"type":"Feature","properties":{"key":"K2","label":"South"},"geometry":{"type":"Polygon","coordinates":[[[30,0],[32,0],[32,2],[30,2],[30,0]]]}}]}"#;
    let server = Server::new().await;
    let refused = server.ask("POST", "delta/imports?file=odd.geojson", ODD).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    let columns = json!([{"header": "key", "values": ["K1", "K2"]}, {"header": "label", "values": ["North", "South"]}]);
    assert_eq!(refused.json()["columns"], columns);
    let query = "file=odd.geojson&kind=areas&column=key=pcode&column=label=name&level=1";
    let draft = server.send(query, ODD).await;
    assert_eq!((&draft["counts"]["accepted"], &draft["placed"][1]), (&json!(2), &json!(2)));
}

#[tokio::test]
async fn other_sheets_with_the_same_headers_become_drafts_of_their_own() {
    let server = Server::with_operation().await;
    let sheet = |people: u32| {
        [
            ["Organisation", "Sector", "Province code", "People served", "Start"].map(String::from),
            ["Hilfe", "WASH", "XA01", &people.to_string(), "2026-02-01"].map(String::from),
        ]
    };
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, people) in [("Jan", 300), ("Feb", 200), ("Mar", 100)] {
        let to = book.add_worksheet().set_name(name).unwrap();
        for (at, row) in sheet(people).iter().enumerate() {
            to.write_row(at as u32, 0, row).unwrap();
        }
    }
    let book = book.save_to_buffer().unwrap();
    let reply = server.ask("POST", "delta/imports?file=5w.xlsx&column=Start=", book).await;
    let first = reply.json();
    assert_eq!(first["alike"], json!(["Feb", "Mar"]), "{first}");
    assert_eq!(first["asked_sheet"], json!(null));
    let copies = format!("delta/imports/{}/copy", id(&first));

    let reply = server.ask("POST", &format!("{copies}?sheet=Feb"), "").await;
    let second = reply.json();
    assert_eq!(reply.status, 201, "{second}");
    assert_eq!(reply.header("location"), second["links"][0]["href"].as_str().unwrap());
    assert_eq!((&second["file"], &second["sheet"]), (&json!("5w.xlsx"), &json!("Feb")));
    assert_eq!((&second["asked_sheet"], &second["alike"]), (&json!("Feb"), &json!([])));
    // What was said of the columns holds for this sheet too.
    let start = |draft: &Value| draft["columns"][4]["field"].clone();
    assert_eq!((start(&first), start(&second)), (json!(null), json!(null)));
    for draft in [&first, &second] {
        let reply = server.ask("POST", &format!("delta/imports/{}/commit", id(draft)), "").await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        assert_eq!(reply.json()["changes"]["new"], 1);
    }
    let rows = server.public("delta/collections/activities/items").await.json();
    assert_eq!(rows["numberMatched"], 2, "no sheet takes the place of another");

    let refused = server.ask("POST", &format!("{copies}?sheet=Mar"), "").await;
    assert_eq!(refused.status, 409, "the file is gone once it is committed: {}", refused.text());
    let draft = server.send("file=needs.csv&kind=needs", NEEDS).await;
    let copies = format!("delta/imports/{}/copy", id(&draft));
    for (query, words) in
        [("", "sheet"), ("?sheet=", "name of a sheet"), ("?sheets=Feb", "known is sheet")]
    {
        let refused = server.ask("POST", &format!("{copies}{query}"), "").await;
        assert_eq!(refused.status, 400, "{query}");
        assert!(refused.text().contains(words), "{query}: {}", refused.text());
    }
    let refused = server.ask("POST", &format!("{copies}?sheet=none"), "").await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert_eq!(server.ask("POST", "delta/imports/d-none/copy?sheet=a", "").await.status, 404);
    let list = server.ask("GET", "delta/imports", "").await.json();
    let drafts = list["imports"].as_array().unwrap().iter();
    let drafts = drafts.filter(|one| one["state"] == "ready").count();
    assert_eq!(drafts, 1, "what cannot be read leaves nothing: {list}");
}
