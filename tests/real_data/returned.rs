//! Files that go back to their senders as workbooks, and come again.

use lacuna::intake::{self, Options, Report, returned};

use crate::{empty, file, name_of};

fn check(path: &str) {
    let Some(bytes) = file(path) else { return };
    let known = empty();
    let read = |name: &str, bytes: &[u8]| {
        intake::activities(name, bytes, &known, &Options::default()).map(|read| read.1)
    };
    let first = read(name_of(path), &bytes).unwrap();
    let workbook = returned::workbook(&bytes, &[&first]).unwrap();
    let again = read(name_of(path), &workbook).unwrap();
    // Contacts that were cut out of texts and formulas that failed are not there to warn about.
    let failed = |report: &Report| report.notes.iter().filter(|n| n.value.starts_with('#')).count();
    let cut = first.count("personal-data-removed") + failed(&first) as u32;
    let (before, after) = (first.counts, again.counts);
    assert_eq!((after.rows, after.rejected), (before.rows, before.rejected), "{path}");
    assert!(before.accepted_with_warnings - after.accepted_with_warnings <= cut, "{path}");
    assert!(cut > 0 || again.outcomes == first.outcomes, "{path}");
    assert_eq!((again.header_row, again.first_row), (first.header_row, first.first_row), "{path}");
    let fields = |report: &Report| {
        let mapped = report.columns.iter().filter(|column| column.field.is_some());
        mapped.map(|column| (column.index, column.field.clone())).collect::<Vec<_>>()
    };
    assert_eq!(fields(&again), fields(&first), "{path}");
}

#[test]
fn headers_over_several_columns_come_back_as_they_were() {
    check(
        "mozambique/activities/20190731_ocha_moz_response_tracking_matrix_consolidated_20190909.xlsx",
    );
}

#[test]
fn a_file_that_comes_back_corrected_is_read_as_it_was() {
    for name in ["hnd_345w.csv", "sdn_3w_2021.xlsx", "yem_education_5w_2019.xlsx"] {
        check(&format!("messy/activities/{name}"));
    }
}
