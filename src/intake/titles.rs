//! What stands above a table for all of it: titles in rows of their own, and the name of the sheet.
//! Where they clearly say one measure, the columns that say none themselves have it.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::figures::{self, Measure, Role};
use super::slice::Months;
use super::table::Found;
use super::vocabulary::{self, List, list, normalise};
use super::{Kind, Unreadable, against, columns};
use crate::domain::Status;
use crate::formats::sheet::Sheet;

/// A longer text is no title.
const LENGTH: usize = 200;
/// One with more words is a sentence.
const WORDS: usize = 12;

/// What titles say of figures that say nothing themselves.
#[derive(Clone, Debug, PartialEq)]
pub struct Titled {
    /// The title, as it is written.
    pub title: String,
    /// `None` where it says something that is none of ours, such as those not reached.
    pub measure: Option<Measure>,
}

/// The titles of a table: the rows above its headers with nothing else in them, from its first column
/// on. What stands further on is over some of the columns.
pub fn above(sheet: &Sheet<'_>, found: &Found) -> Result<Vec<String>, Unreadable> {
    let headers = found.header_row.unwrap_or(found.first_row);
    let first = found.heads.first().map_or(0, |head| head.index);
    let mut titles = Vec::new();
    sheet.visit(1, |row| {
        if row.number >= headers {
            return ControlFlow::Break(());
        }
        let texts = row.cells().enumerate();
        let mut texts = texts.filter_map(|(at, cell)| Some((at, cell.text()?)));
        if let Some((at, title)) = texts.next()
            && at <= first
            && title.len() <= LENGTH
            && texts.all(|(_, text)| text == title)
        {
            titles.push(title.into_owned());
        }
        ControlFlow::Continue(())
    })?;
    Ok(titles)
}

/// What all texts that say anything of figures say: one measure, or one thing that is none. Where they
/// name several they say nothing.
pub fn measure(kind: Kind, texts: &[String]) -> Option<Titled> {
    if !matches!(kind, Kind::Activities | Kind::Needs) {
        return None;
    }
    let said: Vec<(&String, BTreeSet<Option<Measure>>)> =
        texts.iter().map(|text| (text, measures(kind, text))).collect();
    let all: BTreeSet<Option<Measure>> = said.iter().flat_map(|(_, said)| said).copied().collect();
    let (title, _) = said.iter().find(|(_, said)| !said.is_empty())?;
    let mut all = all.into_iter();
    let measure = all.next().filter(|_| all.next().is_none())?;
    Some(Titled { title: (*title).clone(), measure })
}

fn measures(kind: Kind, text: &str) -> BTreeSet<Option<Measure>> {
    // `Response plan` names a paper, `objective` what all of it is for.
    static NAMES: List = list("plan that is a name");
    let plain = columns::without_period(text);
    if let Some(figure) = figures::of_header_in(kind, &plain) {
        return figure.measure.map(Some).into_iter().collect();
    }
    let words = normalise(text);
    let words: Vec<&str> = words.split(' ').filter(|word| !NAMES.contains(word)).collect();
    if words.len() > WORDS {
        return BTreeSet::new();
    }
    let mut said: BTreeSet<Option<Measure>> =
        figures::measures(&words.join(" ")).into_iter().map(Some).collect();
    // In words that are not all known, only a target is clear: people in need may be an organisation,
    // and work goes on in affected areas.
    said.retain(|one| matches!(one, Some(Measure::Targeted | Measure::Reached)));
    let names_people = words
        .iter()
        .any(|word| matches!(figures::role_of(word), Some(Role::People | Role::Households)));
    if (names_people || !said.is_empty()) && against::counts_missed(text) {
        return [None].into();
    }
    let is_done =
        |word: &&str| matches!(vocabulary::status(word), Some(Status::Ongoing | Status::Completed));
    if !said.is_empty() && words.iter().any(is_done) {
        said.insert(Some(Measure::Reached));
    }
    said
}

/// The months that rows without a date are of, and who says it.
pub type Around = (Months, &'static str);

/// That the name of a file says it.
pub const FILE: &str = "as the file is called";

/// The one period that the titles of a table and the name of its file say; what there is to say where
/// they say several.
pub fn months(titles: &[String], file_name: &str) -> (Option<Around>, Option<String>) {
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem).to_owned();
    let texts = titles.iter().map(|title| (title, "as the title says"));
    let texts = texts.chain([(&stem, FILE)]);
    let said: Vec<(Months, &String, &str)> =
        texts.filter_map(|(text, who)| Some((columns::months_named(text)?, text, who))).collect();
    let Some((first, one, who)) = said.first() else { return (None, None) };
    match said.iter().find(|(months, ..)| months != first) {
        None => (Some((*first, who)), None),
        Some((_, other, _)) => {
            let remark = format!(
                "No column says when, and \"{one}\" and \"{other}\" name different periods: the rows have no date and count in every period. Give the month in a column."
            );
            (None, Some(remark))
        }
    }
}
