//! A small operation: two provinces, three districts, three partners, a few rows of each kind; and
//! a client without a network.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use geo::{MultiPolygon, Point, Rect, coord};
use lacuna::app::App;
use lacuna::domain::{
    Activity, Area, Group, Need, Operation, Partner, PartnerType, Period, Population,
    PopulationGroup, Revision, Rows, Sector, Site, SiteStatus, Snapshot, Source, Status,
    Submission,
};
use tower::ServiceExt;

pub const HOME: &str = "/api/delta";

pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The answer, with figures without a fraction as whole numbers: `200.0` is 200.
    pub fn json(&self) -> serde_json::Value {
        let read = serde_json::from_slice(&self.body);
        whole(read.unwrap_or_else(|bad| panic!("{bad}: {}", self.text())))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Ids of the features, in their order.
    pub fn ids(&self) -> Vec<String> {
        let json = self.json();
        let features = json["features"].as_array().unwrap_or_else(|| panic!("{json}"));
        features.iter().map(|feature| feature["id"].as_str().unwrap().to_owned()).collect()
    }
}

fn whole(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Array(all) => all.into_iter().map(whole).collect(),
        Value::Object(all) => all.into_iter().map(|(name, one)| (name, whole(one))).collect(),
        Value::Number(number) => match number.as_f64() {
            Some(figure) if number.is_f64() && figure.fract() == 0.0 && figure.abs() < 9e15 => {
                (figure as i64).into()
            }
            _ => number.into(),
        },
        other => other,
    }
}

pub fn app() -> Arc<App> {
    let app = App::default();
    app.publish(Snapshot::build(rows()));
    Arc::new(app)
}

/// GET of a path under the operation.
pub async fn get(path: &str) -> Reply {
    ask(&app(), "GET", &format!("{HOME}{path}"), &[]).await
}

pub async fn ask(app: &Arc<App>, method: &str, url: &str, headers: &[(&str, &str)]) -> Reply {
    let router = lacuna::http::router(app.clone(), &Default::default());
    through(router, method, url, headers).await
}

pub async fn through(
    router: axum::Router,
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
) -> Reply {
    with_body(router, method, url, headers, Body::empty()).await
}

pub async fn with_body(
    router: axum::Router,
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Body,
) -> Reply {
    let mut request = Request::builder().method(method).uri(url).header("host", "lacuna.test");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = router.oneshot(request.body(body).unwrap()).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec();
    Reply { status, headers, body }
}

pub fn rows() -> Rows {
    let operation = Operation {
        id: "delta".into(),
        name: "Delta floods".into(),
        note: Some("Made up for tests".into()),
        household_size: Some(5.0),
    };
    let mut rows = Rows::empty(operation);
    rows.revision = Revision { number: 3, at: "2026-08-01T12:00:00Z".into() };
    let kinds = ["areas", "activities", "sites", "needs", "population"];
    for (position, kind) in kinds.into_iter().enumerate() {
        let id = position as u32 + 1;
        rows.submissions.push(Submission {
            id,
            kind: kind.into(),
            file_name: format!("{kind}.csv").into(),
            sha256: "00".into(),
            at: "2026-08-01T12:00:00Z".into(),
            revision: u64::from(id.min(3)),
            replaces: None,
            undoes: None,
            sheet: None,
        });
    }
    rows.areas = vec![
        area("01", "North", 1, None, [30.0, 2.0, 32.0, 4.0]),
        area("02", "South", 1, None, [30.0, 0.0, 32.0, 2.0]),
        area("0101", "North West", 2, Some("01"), [30.0, 2.0, 31.0, 4.0]),
        area("0102", "North East", 2, Some("01"), [31.0, 2.0, 32.0, 4.0]),
        area("0201", "South \"Delta\"", 2, Some("02"), [30.0, 0.0, 32.0, 2.0]),
    ];
    rows.partners = vec![
        partner("hilfe", "Hilfe", Some("HLF"), PartnerType::InternationalNgo),
        partner("mercy local", "Mercy Local", None, PartnerType::LocalNgo),
        partner("water board", "=Water Board", None, PartnerType::Government),
    ];
    rows.activities = vec![
        activity(1, "hilfe", "latrines", Some("0101"), 300.0, "2026-01-10"),
        activity(2, "mercy local", "latrines", Some("0101"), 200.0, "2026-01-12"),
        activity(3, "hilfe", "hygiene kits", Some("0101"), 400.0, "2026-02-01"),
        activity(4, "water board", "latrines", Some("01"), 50.0, "2026-03-01"),
        Activity {
            reached: None,
            ..activity(5, "hilfe", "latrines", Some("0102"), 0.0, "2026-02-01")
        },
        Activity {
            point: Some(Point::new(30.5, 1.25)),
            location: Some("Old port".into()),
            status: Some(Status::Planned),
            group: Group { population: PopulationGroup::Idp, ..Group::ALL },
            ..activity(6, "hilfe", "latrines", Some("0201"), 10.0, "2026-05-01")
        },
        activity(10, "mercy local", "latrines", None, 7.0, "2026-02-01"),
    ];
    rows.sites = vec![
        site(1, "Well A", "hilfe", [30.5, 3.0], Some(5000.0)),
        site(2, "Well B", "mercy local", [30.52, 3.0], Some(5000.0)),
        Site {
            status: Some(SiteStatus::Closed),
            ..site(3, "Well C", "hilfe", [31.5, 1.0], Some(500.0))
        },
        site(4, "Well D", "hilfe", [31.5, 1.0], None),
    ];
    rows.needs = vec![
        need("0101", Sector::Wsh, 1000.0, 1),
        need("0102", Sector::Wsh, 500.0, 2),
        need("0201", Sector::Wsh, 0.0, 3),
        need("0101", Sector::Hea, 250.5, 4),
    ];
    rows.populations =
        vec![population("0101", 4000.0), population("0102", 3000.0), population("0201", 2000.0)];
    rows
}

fn area(pcode: &str, name: &str, level: u8, parent: Option<&str>, sides: [f64; 4]) -> Area {
    let [west, south, east, north] = sides;
    let rect = Rect::new(coord! { x: west, y: south }, coord! { x: east, y: north });
    let shape = MultiPolygon::from(rect.to_polygon());
    Area {
        pcode: pcode.into(),
        name: name.into(),
        level,
        parent: parent.map(Into::into),
        area_km2: Some(lacuna::analysis::measure::area_km2(&shape)),
        geometry: Some(Arc::new(shape)),
        source: Source { submission: 1, row: 1 },
    }
}

fn partner(id: &str, name: &str, acronym: Option<&str>, kind: PartnerType) -> Partner {
    Partner {
        id: id.into(),
        name: name.into(),
        acronym: acronym.map(Into::into),
        kind: Some(kind),
        source: Source { submission: 2, row: 2 },
    }
}

fn activity(
    id: u64,
    partner: &str,
    kind: &str,
    area: Option<&str>,
    reached: f64,
    start: &str,
) -> Activity {
    Activity {
        id,
        source: Source { submission: 2, row: id as u32 + 1 },
        activity_id: Some(format!("A-{id}").into()),
        partner: partner.into(),
        sector: Some(Sector::Wsh),
        activity_type: Some(kind.into()),
        area: area.map(Into::into),
        start: Some(start.parse().unwrap()),
        status: Some(Status::Ongoing),
        targeted: Some(600.0),
        reached: Some(reached),
        ..Activity::default()
    }
}

fn site(id: u64, name: &str, partner: &str, at: [f64; 2], radius_m: Option<f64>) -> Site {
    Site {
        id,
        source: Source { submission: 3, row: id as u32 + 1 },
        site_id: Some(format!("S{id}").into()),
        name: Some(name.into()),
        kind: Some("water point".into()),
        sector: Some(Sector::Wsh),
        partner: Some(partner.into()),
        point: Some(Point::new(at[0], at[1])),
        status: Some(SiteStatus::Functional),
        capacity_people: Some(250.0),
        radius_m,
        ..Site::default()
    }
}

fn need(area: &str, sector: Sector, in_need: f64, row: u32) -> Need {
    Need {
        source: Source { submission: 4, row },
        area: Some(area.into()),
        sector,
        group: Group::ALL,
        cycle: Period::year(2026).unwrap(),
        in_need: Some(in_need),
        targeted: Some(in_need / 2.0),
        severity: Some(3.0),
        ..Need::default()
    }
}

fn population(area: &str, people: f64) -> Population {
    Population {
        source: Source { submission: 5, row: 1 },
        area: Some(area.into()),
        group: Group::ALL,
        people,
        year: Some(2025),
    }
}
