//! Servers that follow an operation change by change answer as one that reads it whole.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::io::Cursor;

use super::*;
use crate::analysis::{Basis, GapQuery, lines};
use crate::app::collections::{COLLECTIONS, Params, View};
use crate::app::export::{FORMATS, export};
use crate::app::import::{Import, Said};
use crate::domain::{AreaIx, Group, Period, Sector, Submission, Tally, undone};
use crate::intake::{Kind, Options};

const AT: &str = "2026-07-01T00:00:00Z";
const STEPS: u64 = 60;

/// Numbers that look thrown.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) % end
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len() as u64) as usize]
    }
}

/// One row; `what` decides which, `figure` what it states.
fn row(what: u64, figure: u64) -> String {
    let mut dice = Dice(what.wrapping_mul(977) + 5);
    let (province, district) = (dice.below(3), dice.below(3));
    let place = match dice.below(4) {
        0 => ",,".to_owned(),
        1 => format!("A{province},,"),
        2 => format!("A{province},A{province}{district},"),
        _ => format!(",,Province {province}"),
    };
    let point = if dice.below(3) == 0 { format!("{district}.5,{province}.5") } else { ",".into() };
    let partner = dice.of(&["Alpha", "Beta", "Gamma", "Delta"]);
    let sector = dice.of(&["WSH", "HEA", "PRO-GBV", "PRO", ""]);
    let kind = dice.of(&["kits", "Kits ", "latrines", ""]);
    let month = dice.below(8) + 1;
    let status = dice.of(&["ongoing", "ongoing", "planned", ""]);
    format!(
        "{what},{partner},{sector},{kind},{place},{point},2026-{month:02}-03,{status},{figure}\n"
    )
}

fn activities(rows: impl Iterator<Item = (u64, u64)>) -> String {
    let head = "activity_id,partner,sector,activity_type,adm1_pcode,adm2_pcode,adm1_name,latitude,longitude,start_date,status,reached\n";
    head.to_owned() + &rows.map(|(what, figure)| row(what, figure)).collect::<String>()
}

/// Squares: provinces side by side, or their districts; without those that `gone` leaves out.
fn areas(districts: bool, mut gone: impl FnMut() -> bool) -> String {
    let mut features = Vec::new();
    for x in 0..3 {
        for y in 0..if districts { 3 } else { 1 } {
            if gone() {
                continue;
            }
            let (east, north) = (x + 1, if districts { y + 1 } else { 3 });
            let said = match districts {
                true => {
                    format!(r#""adm2_pcode":"A{x}{y}","adm2_name":"D {x} {y}","adm1_pcode":"A{x}""#)
                }
                false => format!(r#""adm1_pcode":"A{x}","adm1_name":"Province {x}""#),
            };
            features.push(format!(
                r#"{{"type":"Feature","properties":{{{said}}},"geometry":{{"type":"Polygon","coordinates":[[[{x},{y}],[{east},{y}],[{east},{north}],[{x},{north}],[{x},{y}]]]}}}}"#
            ));
        }
    }
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

fn needs(dice: &mut Dice) -> String {
    let mut text =
        "adm1_pcode,adm2_pcode,sector,in_need,targeted,cycle_start,cycle_end\n".to_owned();
    for place in ["A0,A00", "A0,A01", "A1,A11", "A2,A22", "A2,"] {
        let (sector, people) = (dice.of(&["WSH", "HEA", "ALL"]), dice.below(900));
        text += &format!("{place},{sector},{people},{},2026-01-01,2026-12-31\n", people / 2);
    }
    text
}

/// Everything a view answers, each part with its name.
fn said(view: &View) -> Vec<(String, String)> {
    let snapshot = &view.snapshot;
    let mut all = vec![
        ("summary".to_owned(), format!("{:?}", view.summary())),
        ("partners".to_owned(), format!("{:?}", view.partner_work())),
    ];
    assert_eq!(*snapshot.tally(), Tally::of(snapshot.activities.iter()));
    let csv = FORMATS.iter().find(|format| format.extension == "csv").unwrap();
    let asked = [Params::default(), Params::default().with("bbox", "0.4,0.4,1.6,2.6".into())];
    for (collection, params) in
        COLLECTIONS.iter().flat_map(|one| asked.iter().map(move |q| (one, q)))
    {
        let mut file = Cursor::new(Vec::new());
        export(view, collection, csv, params, &mut file).unwrap();
        let text = String::from_utf8(file.into_inner()).unwrap();
        all.push((format!("{} {params:?}", collection.id), text));
    }
    let (group, basis, period) = (Group::ALL, Basis::InNeed, Period::ALWAYS);
    for sector in [Sector::All, Sector::Wsh, Sector::Pro] {
        for (level, area) in [(0, 0), (1, 1), (2, snapshot.areas.len() as u32 - 1)] {
            let query = GapQuery { level, sector, period, group, basis };
            let gaps = view.gaps(&query);
            let lines = lines(snapshot, &query, AreaIx(area), 0..20);
            all.push((format!("{query:?}"), format!("{gaps:?} {lines:?}")));
        }
    }
    all
}

/// The last submission of a kind that is in use.
fn last(submissions: &[Submission], kind: &str) -> Option<u32> {
    let undone = undone(submissions);
    let good = |one: &&Submission| *one.kind == *kind && !undone.contains(&one.id);
    submissions.iter().rfind(good).map(|one| one.id)
}

fn file(kind: Kind, text: String) -> Import {
    Import {
        operation: Said::of("op"),
        kind,
        file_name: "file".into(),
        content: text.into(),
        options: Options::default(),
        replaces: None,
        dry_run: false,
        expected: None,
        at: AT.into(),
    }
}

async fn change(app: &Arc<App>, dice: &mut Dice, newest: &mut u64) {
    let submissions = app.snapshot("op").unwrap().submissions.clone();
    let import = match dice.below(12) {
        0..=5 => {
            let count = dice.below(4) + 1;
            let mut rows = Vec::new();
            for _ in 0..count {
                *newest += dice.below(2);
                rows.push((dice.below(*newest + 1), dice.below(500)));
            }
            let mut import = file(Kind::Activities, activities(rows.into_iter()));
            import.replaces = last(&submissions, "activities").filter(|_| dice.below(5) == 0);
            import.operation.household_size = (dice.below(6) == 0).then_some(4.0);
            import
        }
        6 | 7 => {
            let one = submissions[dice.below(submissions.len() as u64) as usize].id;
            // What was undone before is refused.
            let _ = app.rollback("op", one, false, AT.into()).await;
            return;
        }
        8 => file(Kind::Needs, needs(dice)),
        9 => file(Kind::Areas, areas(false, || dice.below(4) == 0)),
        10 => {
            let mut import = file(Kind::Areas, areas(true, || dice.below(5) == 0));
            import.replaces = last(&submissions, "areas").filter(|_| dice.below(2) == 0);
            import
        }
        _ => {
            let from = *newest + 1;
            *newest += 150;
            file(Kind::Activities, activities((from..*newest).map(|what| (what, what % 90))))
        }
    };
    // A file may be refused, as when it replaces everything by nothing.
    let _ = app.import(import, &|_| ()).await;
}

#[tokio::test]
async fn servers_that_follow_change_by_change_answer_as_one_that_reads_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shared.sqlite");
    let open = || async {
        Arc::new(App::create(path.to_str().unwrap(), Default::default()).await.unwrap())
    };
    let view = |before: Option<&View>, app: &App| {
        let snapshot = app.snapshot("op").unwrap();
        match before {
            Some(before) => before.next(snapshot, Default::default()),
            None => View::new(snapshot, Default::default()),
        }
    };
    let (left, right) = (open().await, open().await);
    let (mut dice, mut newest) = (Dice(20_261_122), 300);
    let first = activities((0..newest).map(|what| (what, what % 70)));
    let begin = [
        (Kind::Areas, areas(false, || false)),
        (Kind::Areas, areas(true, || false)),
        (Kind::Activities, first),
    ];
    for (kind, text) in begin {
        left.import(file(kind, text), &|_| ()).await.unwrap();
    }
    let (mut of_left, mut of_right): (Option<View>, Option<View>) = (None, None);
    let mut shared = 0;
    for step in 0..STEPS {
        let before = left.snapshot("op").unwrap();
        change(&left, &mut dice, &mut newest).await;
        let now = left.snapshot("op").unwrap();
        shared += u64::from(now.activities.shares_base(&before.activities));
        of_left = Some(view(of_left.as_ref(), &left));
        if dice.below(3) > 0 {
            continue;
        }
        let whole = open().await;
        whole.load("op").await.unwrap();
        right.current("op").await.unwrap();
        of_right = Some(view(of_right.as_ref(), &right));
        let expected = said(&view(None, &whole));
        for server in [&of_left, &of_right] {
            for (said, expected) in said(server.as_ref().unwrap()).iter().zip(&expected) {
                assert_eq!(said, expected, "step {step}, revision {}", now.revision.number);
            }
        }
    }
    assert!(shared > STEPS / 2, "only {shared} changes were followed");
}
