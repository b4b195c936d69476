#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::Arc;

use proptest::prelude::*;

use crate::app::App;
use crate::app::import::{Import, Said};
use crate::domain::{Activity, Layered, Site};
use crate::intake::{Kind, Options};

fn areas(level: u8, areas: &[(&str, &str, &str, [i32; 4])]) -> String {
    let feature = |(code, name, parent, [x0, y0, x1, y1]): &(&str, &str, &str, [i32; 4])| {
        let above = match *parent {
            "" => String::new(),
            parent => format!(r#","adm{}_pcode":"{parent}""#, level - 1),
        };
        format!(
            r#"{{"type":"Feature","properties":{{"adm{level}_pcode":"{code}","adm{level}_name":"{name}"{above}}},"geometry":{{"type":"Polygon","coordinates":[[[{x0},{y0}],[{x1},{y0}],[{x1},{y1}],[{x0},{y1}],[{x0},{y0}]]]}}}}"#
        )
    };
    let features: Vec<String> = areas.iter().map(feature).collect();
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

fn provinces() -> String {
    areas(1, &[("XA01", "North", "", [10, 0, 12, 2]), ("XA02", "South", "", [10, -2, 12, 0])])
}

fn districts() -> String {
    areas(
        2,
        &[
            ("XA0101", "Alba", "XA01", [10, 0, 11, 2]),
            ("XA0102", "Bruma", "XA01", [11, 0, 12, 2]),
            ("XA0201", "Alba", "XA02", [10, -2, 12, 0]),
        ],
    )
}

/// What a row says of its place: code and name of the province, of the district, and a point.
fn said() -> impl Strategy<Value = String> {
    let any = |words: &'static [&'static str]| prop::sample::select(words.to_vec());
    (
        any(&["", "XA01", "XA02", "XA09", "01"]),
        any(&["", "North", "south", "Nowhere"]),
        any(&["", "XA0101", "XA0201", "XA0999", "0102"]),
        any(&["", "Alba", "BRUMA", "Brumma", "Nowhere"]),
        any(&[",", "0.5,10.5", "1,11.5", "-1,11", "50,50"]),
    )
        .prop_map(|(code, name, finer, district, point)| {
            format!("{code},{name},{finer},{district},{point}")
        })
}

/// The rows after imports of these files, one after the other.
async fn imported(files: &[(Kind, String)]) -> (Vec<Activity>, Vec<Site>) {
    let app = Arc::new(App::create("sqlite::memory:", Default::default()).await.unwrap());
    for (kind, text) in files {
        let import = Import {
            operation: Said::of("op"),
            kind: *kind,
            file_name: "file".into(),
            content: text.clone().into(),
            options: Options::default(),
            replaces: None,
            dry_run: false,
            expected: None,
            at: "2026-07-01T00:00:00Z".into(),
        };
        app.import(import, &|_| ()).await.unwrap();
    }
    let stored = app.store.as_ref().unwrap().rows("op").await.unwrap().unwrap();
    let snapshot = app.snapshot("op").unwrap();
    assert_eq!(Layered::from(stored.activities.clone()), snapshot.activities);
    assert_eq!(stored.sites, *snapshot.sites);
    let (mut activities, mut sites) = (stored.activities, stored.sites);
    // The numbers of submissions differ, and nothing else may.
    activities.iter_mut().for_each(|row| row.source.submission = 0);
    sites.iter_mut().for_each(|row| row.source.submission = 0);
    (activities, sites)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, ..ProptestConfig::default() })]

    #[test]
    fn it_does_not_matter_whether_boundaries_come_before_or_after_the_rows(
        rows in prop::collection::vec(said(), 1..10),
    ) {
        let place = "adm1_pcode,adm1_name,adm2_pcode,adm2_name,latitude,longitude";
        let mut work = format!("activity_id,partner,sector,{place}\n");
        let mut sites = format!("site_id,type,sector,{place}\n");
        for (at, said) in rows.iter().enumerate() {
            work += &format!("{at},Alpha,WSH,{said}\n");
            sites += &format!("{at},school,EDU,{said}\n");
        }
        let work = || (Kind::Activities, work.clone());
        let sites = || (Kind::Sites, sites.clone());
        let (first, second) = (|| (Kind::Areas, provinces()), || (Kind::Areas, districts()));
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let usual = imported(&[first(), second(), work(), sites()]).await;
            assert_eq!(imported(&[work(), sites(), first(), second()]).await, usual);
            assert_eq!(imported(&[first(), work(), sites(), second()]).await, usual);
            // And what is sent again afterwards changes nothing.
            let again = imported(&[work(), first(), second(), work(), sites(), sites()]).await;
            assert_eq!(again, usual);
        });
    }
}
