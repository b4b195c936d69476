//! IPC and Cadre Harmonisé tables with columns for the people in each phase. Those in phase 3 and
//! above are in need: one column where the table has it, else the sum of phases 3, 4 and 5.

use super::{Head, title};
use crate::domain::fold;
use crate::intake::Kind;
use crate::intake::fields::Field;
use crate::intake::vocabulary::{List, list};

/// How sure it is what the columns of such a table are.
pub const SURE: f32 = 0.95;

/// What the columns of a table by phases are; positions are those of the heads.
#[derive(Debug, Default)]
pub struct Phases {
    /// The column of people in phase 3 and above, or those of phases 3, 4 and 5.
    pub in_need: Vec<usize>,
    /// The column of the area's own phase.
    pub area: Option<usize>,
    /// The other columns of such a table, which are not used.
    pub left: Vec<(usize, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Column {
    /// People in a phase.
    People(u8),
    /// People in phase 3 and above.
    Crisis,
    /// A share of people, in whatever phase.
    Share,
    /// The phase of the area.
    Area,
    /// Everybody in the country, not in the area.
    Country,
}

impl Phases {
    /// Looks over the columns that the sender says nothing of; `None` where they are no such table.
    pub fn find(kind: Kind, heads: &[Head], said: impl Fn(&Head) -> bool) -> Option<Phases> {
        if kind != Kind::Needs {
            return None;
        }
        let columns: Vec<Option<Column>> =
            heads.iter().map(|head| if said(head) { None } else { of_head(head) }).collect();
        let first = |wanted: Column| columns.iter().position(|column| *column == Some(wanted));
        let in_need = match first(Column::Crisis) {
            Some(at) => vec![at],
            None => (3..=5).map(|phase| first(Column::People(phase))).collect::<Option<_>>()?,
        };
        let mut found = Phases { in_need, area: first(Column::Area), left: Vec::new() };
        let one = found.in_need.len() == 1;
        for (at, column) in columns.iter().enumerate() {
            if found.in_need.contains(&at) || found.area == Some(at) {
                continue;
            }
            let again = |used: usize| {
                format!("the same as column {} of another period: not used", title(&heads[used]))
            };
            let note = match column {
                None => continue,
                Some(Column::Share) => "a share, not a number of people: not used".to_owned(),
                Some(Column::Country) => {
                    "everybody in the country, not in the area: not used".to_owned()
                }
                Some(Column::People(3..=5)) if one => {
                    format!("a part of column {}: not used", title(&heads[found.in_need[0]]))
                }
                Some(Column::People(phase @ 3..=5)) => again(found.in_need[usize::from(phase - 3)]),
                Some(Column::People(_)) => {
                    "people below phase 3 are not in need: not used".to_owned()
                }
                Some(Column::Crisis) => again(found.in_need[0]),
                Some(Column::Area) => again(found.area.unwrap_or(at)),
            };
            found.left.push((at, note));
        }
        Some(found)
    }

    /// What a column of the table is: one that fills a field, one that is added up, or one that is
    /// not used, with the reason. `None` where it is like the columns of any table.
    pub fn of(&self, at: usize) -> Option<Result<Option<Field>, &str>> {
        if self.area == Some(at) {
            return Some(Ok(Some(Field::Severity)));
        }
        if self.in_need.contains(&at) {
            return Some(Ok((self.in_need.len() == 1).then_some(Field::InNeed)));
        }
        let left = self.left.iter().find(|(left, _)| *left == at);
        left.map(|(_, note)| Err(note.as_str()))
    }

    /// What is made of the columns, for the report.
    pub fn remark(&self, heads: &[Head]) -> String {
        let columns: Vec<String> = self.in_need.iter().map(|at| title(&heads[*at])).collect();
        let people = match &columns[..] {
            [one] => format!("in need is the people in phase 3 and above, column {one}"),
            all => format!("in need is the sum of phases 3, 4 and 5, columns {}", all.join(", ")),
        };
        let severity = match self.area {
            Some(at) => format!("the severity is the area's phase, column {}", title(&heads[at])),
            None => "no column gives the area's phase, so the severity is unknown: add a column severity where it is to be known".to_owned(),
        };
        format!("IPC table: {people}; the sector is FSC unless you say another; {severity}.")
    }
}

/// By the header itself, else together with what stands above it.
fn of_head(head: &Head) -> Option<Column> {
    let own = std::iter::once(&head.header).chain(&head.others);
    own.chain(&head.combined).find_map(|text| of_text(text))
}

fn of_text(text: &str) -> Option<Column> {
    // `Phase 3+` is not `Phase 3`, and folding would make it that.
    let signs = text.replace('+', " plus ").replace('%', " perc ");
    let folded = fold(&signs);
    let words = words(&folded);
    if words.contains(&"country") && words.contains(&"population") {
        return Some(Column::Country);
    }
    if let ["phase", "class"] | ["overall" | "area", "phase"] | ["phase", "area"] = words[..] {
        return Some(Column::Area);
    }
    let at = words.iter().position(|word| matches!(*word, "phase" | "phases" | "ph" | "p"))?;
    let phase = *words.get(at + 1)?;
    let (of, rest) = match (phase, &words[at + 2..]) {
        ("35", rest) => (Column::Crisis, rest),
        ("3", ["plus" | "5", rest @ ..]) => (Column::Crisis, rest),
        (
            "3",
            [
                "to" | "a" | "and" | "et" | "y" | "e" | "or",
                "5" | "above" | "worse" | "plus" | "higher" | "mas" | "mais",
                rest @ ..,
            ],
        ) => (Column::Crisis, rest),
        ("1" | "2" | "3" | "4" | "5", rest) => (Column::People(phase.as_bytes()[0] - b'0'), rest),
        _ => return None,
    };
    // `P3` alone may be anything.
    if words[at] == "p" && of != Column::Crisis {
        return None;
    }
    let others = || words[..at].iter().chain(rest);
    if others().any(|word| SHARES.contains(word)) {
        return Some(Column::Share);
    }
    others().all(|word| COUNTS.contains(word)).then_some(of)
}

/// The words of a folded text, letters and digits apart.
fn words(folded: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for word in folded.split(|c: char| !c.is_alphanumeric()) {
        let is_digit = |c: &char| c.is_ascii_digit();
        words.extend(
            word.char_indices()
                .scan(false, |before, (at, c)| {
                    let is_new = at == 0 || is_digit(&c) != *before;
                    *before = is_digit(&c);
                    Some(is_new.then_some(at))
                })
                .flatten()
                .map(|at| {
                    let rest = &word[at..];
                    let first = rest.chars().next().is_some_and(|c| is_digit(&c));
                    rest.split(|c: char| is_digit(&c) != first).next().unwrap_or(rest)
                }),
        );
    }
    words
}

static SHARES: List = list("share");

/// Words beside the phase that leave a column a number of people.
static COUNTS: List = list("beside a phase of people");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_phase_of_a_column_is_read_from_its_words() {
        use Column::{Area, Country, Crisis, People, Share};
        for (text, column) in [
            ("phase3", People(3)),
            ("Phase 4 number", People(4)),
            ("phase5_population", People(5)),
            ("People in IPC phase 2", People(2)),
            ("phase3_plus_num", Crisis),
            ("Phase 3+ number current", Crisis),
            ("Population in phases 3 to 5", Crisis),
            ("phase35", Crisis),
            ("p3plus_num", Crisis),
            ("Phase 3 and above", Crisis),
            ("phase3_perc", Share),
            ("Phase 3+ %", Share),
            ("phase_class", Area),
            ("Overall phase", Area),
            ("Total country population", Country),
        ] {
            assert_eq!(of_text(text), Some(column), "{text}");
        }
        for text in
            ["Phase", "P3", "Project phase 2 budget", "phase 6", "Population", "phase 3 km2"]
        {
            assert_eq!(of_text(text), None, "{text}");
        }
    }
}
