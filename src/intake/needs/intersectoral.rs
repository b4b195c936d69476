//! What there is to say of the figures of all sectors together (METHODS 14).

use crate::domain::{Need, Sector};
use crate::intake::fields::Field;
use crate::intake::report::ColumnReport;
use crate::intake::vocabulary::{List, list, normalise};

/// That rows of all sectors are there without anybody in need: while they are, nothing is made from
/// the sectors.
pub(super) fn without_need(needs: &[Need]) -> Option<String> {
    let is_all = |need: &&Need| need.sector == Sector::All;
    let counts = |need: &Need| need.in_need.is_some();
    let all = needs.iter().filter(is_all).count();
    let unknown = all > 0 && !needs.iter().filter(is_all).any(counts);
    let known = needs.iter().any(|need| need.sector != Sector::All && counts(need));
    (unknown && known).then(|| {
        "The rows of all sectors (ALL) say nobody in need, such as a severity or population alone: the people in need of ALL are unknown, and are not made from the sectors while these rows are there. Give the intersectoral people in need as well, or leave the columns of ALL out."
            .to_owned()
    })
}

/// That a column is read as of the sector of that name, where it may be of all sectors together.
pub(super) fn unclear(columns: &[ColumnReport]) -> Option<String> {
    static ADJECTIVES: List = list("multisectoral");
    let is_need = |column: &&ColumnReport| column.field.as_deref() == Some(Field::InNeed.name());
    let of = |column: &ColumnReport, sector: Sector| column.group == sector.code();
    if columns.iter().filter(is_need).any(|one| one.group.is_empty() || of(one, Sector::All)) {
        return None;
    }
    let mut unclear = columns.iter().filter(is_need).filter(|column| of(column, Sector::Ms));
    let is_adjective = |column: &&ColumnReport| {
        let words = normalise(&column.header);
        words.split(' ').any(|word| ADJECTIVES.contains(&word))
    };
    unclear.find(is_adjective).map(|column| {
        format!(
            "Column {} ({}) is read as the sector MS (multi-sector). If it is of all sectors together, call it intersectoral.",
            column.letters,
            column.title()
        )
    })
}
