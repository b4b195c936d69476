#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::Arc;

use geo::{LineString, MultiPolygon, Polygon, wkt};

use super::*;
use crate::app::{App, demo};
use crate::domain::{
    Activity, Area, Day, Group, Need, Operation, Partner, Period, Point, Population, Revision,
    Rows, Sector, Site, Submission,
};
use crate::store::{
    Checksums, OwnWords, PackedCopy, Pruning, Repeats, Run, Sum, Summed, Sums, Version, databases,
};

const SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn submission(id: u32) -> Submission {
    Submission {
        id,
        kind: "activities".into(),
        file_name: "5w.xlsx".into(),
        sha256: SHA256.into(),
        at: format!("2026-07-0{id}T00:00:00Z").as_str().into(),
        revision: u64::from(id),
        replaces: (id > 1).then(|| id - 1),
        undoes: None,
        sheet: None,
    }
}

fn activity() -> Activity {
    Activity {
        id: 7,
        source: Source { submission: 2, row: 9 },
        partner: "alpha".into(),
        sector: Some(Sector::Wsh),
        area: Some("A1".into()),
        point: Some(Point::new(0.5, 0.5)),
        start: Some(Day(20_000)),
        end: Some(Day(20_000)),
        reached: Some(0.0),
        // Money may be given back.
        budget_usd: Some(-5.0),
        ..Activity::default()
    }
}

fn site() -> Site {
    Site {
        id: 3,
        source: Source { submission: 1, row: 4 },
        partner: Some("alpha".into()),
        ..Site::default()
    }
}

fn need() -> Need {
    Need {
        source: Source { submission: 1, row: 5 },
        sector: Sector::Wsh,
        group: Group::ALL,
        cycle: Period::year(2026).unwrap(),
        in_need: Some(1.0),
        severity: Some(5.0),
        ..Need::default()
    }
}

fn version(from_revision: i64, to_revision: Option<i64>) -> Version {
    let (table, key) = ("activities", "7".to_owned());
    Version { table, key, from_revision, to_revision, submission: from_revision, row: 9 }
}

/// An operation of two revisions in which nothing is wrong.
fn sound() -> Kept {
    let source = Source { submission: 1, row: 2 };
    let square = wkt!(MULTIPOLYGON(((0. 0., 1. 0., 1. 1., 0. 1., 0. 0.))));
    let rows = Rows {
        revision: Revision { number: 2, at: "2026-07-02T00:00:00Z".into() },
        submissions: vec![submission(1), submission(2)],
        areas: vec![Area {
            pcode: "A1".into(),
            name: "One".into(),
            level: 1,
            parent: Some("op".into()),
            geometry: Some(Arc::new(square)),
            area_km2: Some(12_000.0),
            source,
        }],
        partners: vec![Partner {
            id: "alpha".into(),
            name: "Alpha".into(),
            source,
            ..Partner::default()
        }],
        activities: vec![activity()],
        sites: vec![site()],
        needs: vec![need()],
        populations: vec![Population {
            source,
            area: Some("A1".into()),
            group: Group::ALL,
            people: 100.0,
            year: None,
        }],
        ..Rows::empty(Operation::new("op", "Op"))
    };
    Kept {
        rows,
        versions: vec![version(1, Some(2)), version(2, None)],
        reports: vec![(1, "{}".to_owned())],
        repeats: Vec::new(),
        copy: Some(PackedCopy { revision: 2, rows: Some(vec![activity()]) }),
        own: OwnWords { mappings: Some(Vec::new()), ..OwnWords::default() },
        changed_words: 0,
        revisions: Vec::new(),
        oldest: 1,
        prunings: Vec::new(),
        gaps_revision: Some(2),
        gaps: None,
        unreadable: Vec::new(),
    }
}

#[test]
fn an_operation_in_good_order_has_no_findings() {
    assert_eq!(format!("{:?}", check(&sound())), "[]");
}

/// Breaks one thing and expects one finding, whose weight, table, words and row are given.
#[track_caller]
fn broken(expected: (&str, &str, &str), key: &str, change: impl FnOnce(&mut Kept)) {
    let mut kept = sound();
    change(&mut kept);
    let found = check(&kept);
    let [one] = &found[..] else { panic!("not one finding: {found:#?}") };
    let weight = if one.fault { "fault" } else { "remark" };
    let (wanted, table, words) = expected;
    assert_eq!((weight, one.table), (wanted, Some(table)));
    let said = format!("{} {}", one.what, one.named[0].says);
    assert!(said.contains(words), "{said}");
    assert_eq!(one.named[0].key, key);
    assert!(one.remedy.ends_with('.') && one.what.ends_with('.'));
}

fn first(kept: &mut Kept) -> &mut Activity {
    // The copy of it would differ.
    kept.copy = None;
    &mut kept.rows.activities[0]
}

#[test]
fn rows_that_name_what_is_not_there_are_named() {
    let fault = |words| ("fault", "activities", words);
    broken(fault("\"nobody\""), "activity 7", |kept| first(kept).partner = "nobody".into());
    broken(fault("\"who\""), "activity 7", |kept| {
        first(kept).implementing_partner = Some("who".into());
    });
    broken(fault("area that is not there. A9"), "activity 7", |kept| {
        first(kept).area = Some("A9".into());
    });
    broken(("fault", "sites", "\"who\""), "site 3", |kept| {
        kept.rows.sites[0].partner = Some("who".into());
    });
    // A rollback of boundaries leaves figures behind, and says so.
    broken(("remark", "needs", "counts nowhere"), "A9", |kept| {
        kept.rows.needs[0].area = Some("A9".into());
    });
    broken(("remark", "areas", "parent that is not there"), "A1", |kept| {
        kept.rows.areas[0].parent = Some("A".into());
    });
}

#[test]
fn figures_dates_and_positions_that_cannot_be_are_named() {
    let fault = |words| ("fault", "activities", words);
    broken(fault("reached -1"), "activity 7", |kept| first(kept).reached = Some(-1.0));
    broken(fault("not a number. targeted inf"), "activity 7", |kept| {
        first(kept).targeted = Some(f64::INFINITY);
    });
    broken(fault("not a number. budget_usd NaN"), "activity 7", |kept| {
        first(kept).budget_usd = Some(f64::NAN);
    });
    broken(fault("latitude 95"), "activity 7", |kept| {
        first(kept).point = Some(Point::new(0.0, 95.0));
    });
    broken(("remark", "activities", "2024-10-04 to 2024-10-03"), "activity 7", |kept| {
        first(kept).end = Some(Day(19_999));
    });
    broken(("fault", "populations", "people NaN"), "A1, all/all/all/all", |kept| {
        kept.rows.populations[0].people = f64::NAN;
    });
    let need = "the operation, WSH, all/all/all/all, 2026-01-01/2026-12-31";
    broken(("fault", "needs", "severity 6"), need, |kept| {
        kept.rows.needs[0].severity = Some(6.0);
    });
}

#[test]
fn boundaries_that_are_not_valid_are_named() {
    fn shape(kept: &mut Kept, shape: MultiPolygon<f64>) {
        kept.rows.areas[0].geometry = Some(Arc::new(shape));
    }
    let fault = |words| ("fault", "areas", words);
    broken(fault("crosses or touches itself"), "A1", |kept| {
        shape(kept, wkt!(MULTIPOLYGON(((0. 0., 2. 2., 2. 0., 0. 2., 0. 0.)))));
    });
    broken(fault("longitude 190"), "A1", |kept| {
        shape(kept, wkt!(MULTIPOLYGON(((170. 0., 190. 0., 190. 1., 170. 0.)))));
    });
    broken(fault("longitude NaN"), "A1", |kept| {
        shape(kept, wkt!(MULTIPOLYGON(((0. 0., 1. 0., 1. 1., 0. 0.)))));
        let ring = LineString::from(vec![(f64::NAN, 0.0), (1.0, 0.0), (1.0, 1.0)]);
        shape(kept, Polygon::new(ring, Vec::new()).into());
    });
    broken(fault("four positions"), "A1", |kept| {
        let ring = LineString::from(vec![(0.0, 0.0), (1.0, 0.0)]);
        shape(kept, Polygon::new(ring, Vec::new()).into());
    });
    broken(fault("level 7"), "A1", |kept| kept.rows.areas[0].level = 7);
}

#[test]
fn versions_that_do_not_follow_each_other_are_named() {
    let fault = |words| ("fault", "activities", words);
    broken(fault("ends before it begins"), "7", |kept| {
        kept.versions = vec![version(2, Some(2))];
    });
    broken(fault("current at once. from revision 1 on, and from revision 2 on"), "7", |kept| {
        kept.versions[0].to_revision = None;
    });
    broken(fault("has not reached. from revision 2 to 3"), "7", |kept| {
        kept.versions[1].to_revision = Some(3);
    });
    broken(fault("submission that is not there"), "7", |kept| kept.versions[1].submission = 9);
    broken(fault("came after it"), "7", |kept| kept.versions[0].submission = 2);
}

#[test]
fn what_is_said_again_must_have_been_there() {
    let again = |of: u32, key: &str| {
        let runs = vec![Run { row: 5, of, key: key.into(), rows: 1 }];
        vec![(3, Some(Repeats::from([("activities".to_owned(), runs)])))]
    };
    let third = |kept: &mut Kept| {
        kept.rows.submissions.push(submission(3));
        kept.rows.revision.number = 3;
        kept.copy = None;
        kept.gaps_revision = Some(3);
    };
    let fault = |words| ("fault", "submissions", words);
    broken(fault("not there when it came. a row of submission 1"), "activities 7", |kept| {
        third(kept);
        kept.repeats = again(1, "7");
    });
    broken(fault("a row of submission 2"), "activities 8", |kept| {
        third(kept);
        kept.repeats = again(2, "8");
    });
    let mut kept = sound();
    third(&mut kept);
    kept.repeats = again(2, "7");
    assert_eq!(format!("{:?}", check(&kept)), "[]");
}

#[test]
fn rows_that_are_not_what_a_revision_wrote_are_counted() {
    let table = |rows, hashes| {
        let sum = Sum { rows, hashes };
        Checksums::from([("activities".to_owned(), Sums { added: sum, ended: Sum::default() })])
    };
    let summed = |wrote| Summed { submission: 4, revision: 2, wrote, found: table(3, 5) };
    let fault = |words| ("fault", "activities", words);
    broken(fault("submission 4 added 4 rows, and there are 3 of them"), "revision 2", |kept| {
        kept.revisions = vec![summed(Some(table(4, 9)))];
    });
    broken(fault("added 3 rows, and some of them are others now"), "revision 2", |kept| {
        kept.revisions = vec![summed(Some(table(3, 9)))];
    });
    broken(fault("added 0 rows, and there are 3 of them"), "revision 2", |kept| {
        kept.revisions = vec![summed(Some(Checksums::new()))];
    });
    broken(("remark", "submissions", "before checksums"), "revision 2", |kept| {
        kept.revisions = vec![summed(None)];
    });
    let mut good = sound();
    good.revisions = vec![summed(Some(table(3, 5)))];
    assert!(check(&good).is_empty());
    good.revisions = vec![summed(Some(table(4, 9)))];
    good.unreadable = vec![("activities", "a page is damaged".to_owned())];
    assert_eq!(check(&good).len(), 1, "of a table that cannot be read nothing else is said");
}

#[test]
fn submissions_that_do_not_make_the_revisions_one_by_one_are_named() {
    let fault = |words| ("fault", "submissions", words);
    broken(fault("0 submissions made it"), "revision 2", |kept| {
        kept.rows.submissions.pop();
        kept.versions.pop();
    });
    broken(fault("submission 5"), "2", |kept| kept.rows.submissions[1].undoes = Some(5));
    broken(fault("SHA-256"), "1", |kept| kept.rows.submissions[0].sha256 = "00".into());
    broken(fault("\"yesterday\""), "1", |kept| {
        kept.rows.submissions[0].at = "yesterday".into();
    });
    broken(("remark", "submissions", "a clock was set back"), "2", |kept| {
        kept.rows.submissions[1].at = "2026-06-30T23:59:59Z".into();
    });
    broken(fault("is not JSON"), "1", |kept| kept.reports[0].1 = "{".to_owned());
    let mut decided = sound();
    decided.rows.submissions[1].kind = "review".into();
    decided.rows.submissions[1].sha256 = "".into();
    assert!(check(&decided).is_empty(), "a decision has no file");
}

#[test]
fn what_is_said_beside_the_rows_is_what_was_written() {
    broken(("fault", "submissions", "not as it was written"), "2", |kept| {
        kept.own.submissions = vec![(1, Some(true)), (2, Some(false))];
    });
    broken(("remark", "submissions", "its own words"), "2", |kept| {
        kept.own.submissions = vec![(1, Some(true)), (2, None)];
    });
    broken(("fault", "mappings", "it is gone"), "mapping 3", |kept| {
        kept.own.mappings = Some(vec![(3, "it is gone")]);
    });
    broken(("remark", "mappings", "before checksums"), "", |kept| kept.own.mappings = None);
    broken(("fault", "operations", "its name"), "", |kept| kept.own.operation = vec!["its name"]);
}

#[test]
fn what_stands_beside_the_rows_is_held_against_them() {
    let fault = ("fault", "packed_activities", "the first that differs is activity 7");
    broken(fault, "", |kept| kept.rows.activities[0].reached = Some(1.0));
    let fault = ("fault", "packed_activities", "cannot be unpacked");
    broken(fault, "", |kept| kept.copy = Some(PackedCopy { revision: 1, rows: None }));
    let mut older = sound();
    older.copy = Some(PackedCopy { revision: 1, rows: Some(vec![activity()]) });
    assert!(check(&older).is_empty(), "an older copy is brought up to date when it is read");
    let fault = ("fault", "packed_activities", "in the table activity 7");
    broken(fault, "", |kept| kept.copy = Some(PackedCopy { revision: 1, rows: Some(Vec::new()) }));
    let pruned = Pruning {
        oldest: 2,
        at: "2026-07-03T00:00:00Z".into(),
        who: "Ada".into(),
        policy: "".into(),
        removed: 0,
    };
    broken(("fault", "prunings", "1 is the oldest, 2 was written down"), "", |kept| {
        kept.prunings = vec![pruned.clone()];
    });
    broken(("fault", "activities", "ended at revision 2, and 2 is the oldest"), "7", |kept| {
        (kept.oldest, kept.prunings) = (2, vec![pruned.clone()]);
    });
    broken(("remark", "gaps", "it shows 1"), "", |kept| kept.gaps_revision = Some(1));
    broken(("fault", "gaps", "it shows 3"), "", |kept| kept.gaps_revision = Some(3));
}

#[test]
fn of_many_rows_the_first_are_named_and_all_are_counted() {
    let mut kept = sound();
    kept.copy = None;
    let bad = Activity { partner: "nobody".into(), ..activity() };
    kept.rows.activities = vec![bad; 100];
    let found = check(&kept);
    assert_eq!((found.len(), found[0].count, found[0].named.len()), (1, 100, NAMED));
}

#[test]
fn a_table_that_cannot_be_read_is_said_once_and_no_row_is_blamed_for_it() {
    let mut kept = sound();
    kept.rows.partners.clear();
    kept.unreadable = vec![("partners", "a page is damaged".to_owned())];
    let found = check(&kept);
    assert_eq!((found.len(), found[0].table), (1, Some("partners")));
}

#[tokio::test]
async fn the_demo_operation_is_sound_on_both_databases() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("demo.sqlite").to_str().unwrap().to_owned();
    for database in [Some(file), databases::postgres().await].into_iter().flatten() {
        let app = Arc::new(App::create(&database, Default::default()).await.unwrap());
        demo::load(&app, "2026-11-01T00:00:00Z".into()).await.unwrap();
        app.close().await;
        let verified = verify(&database, None).await.unwrap();
        assert_eq!(verified.operations.len(), 1);
        assert_eq!(format!("{:#?}", verified.findings), "[]");
        let refused = verify(&database, Some("other")).await.unwrap_err().to_string();
        assert!(refused.contains("there is: demo"), "{refused}");
    }
}
