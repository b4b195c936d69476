//! Map layers of every format, as they come.

use lacuna::domain::Area;
use lacuna::intake::{self, Options, Report};

use crate::{assert_complete, empty, file, name_of};

#[test]
fn zz_dump() {
    let none = empty();
    for path in std::fs::read_to_string("/tmp/list").unwrap().lines() {
        let Some(bytes) = file(path) else { return };
        for kind in ["areas", "sites", "population"] {
            let start = std::time::Instant::now();
            let report = match kind {
                "areas" => intake::areas(name_of(path), &bytes, &none.areas, &Options::default())
                    .map(|r| r.1),
                "sites" => intake::sites(
                    name_of(path),
                    &bytes,
                    &none,
                    &intake::standards::built_in(),
                    &Options::default(),
                )
                .map(|r| r.1),
                _ => intake::population(name_of(path), &bytes, &none, &Options::default())
                    .map(|r| r.1),
            };
            let took = start.elapsed().as_millis();
            match report {
                Ok(report) => {
                    let issues: Vec<_> = report
                        .issues
                        .iter()
                        .map(|i| {
                            format!("{}{} {}", if i.rejects { "!" } else { "" }, i.code, i.count)
                        })
                        .collect();
                    println!(
                        "{path} [{kind}] {took}ms {} | sheet {} | {:?} | {issues:?} | {:?} | {} | {:?}",
                        report.format,
                        report.sheet,
                        (
                            report.counts.rows,
                            report.counts.accepted,
                            report.counts.accepted_with_warnings,
                            report.counts.rejected
                        ),
                        report.remarks,
                        report.choice,
                        report
                            .columns
                            .iter()
                            .filter_map(|c| Some(format!("{}={}", c.header, c.field.as_ref()?)))
                            .collect::<Vec<_>>()
                    );
                    assert_complete(&report);
                }
                Err(refusal) => println!("{path} [{kind}] {took}ms REFUSED {refusal}"),
            }
        }
    }
}
