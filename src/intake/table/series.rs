//! Of several sheets with the same headers, which is read: the latest month where they are called by
//! months, else the one that was open when the workbook was saved.

use std::collections::HashSet;

use super::Found;
use crate::intake::months::{self, Months};

/// A sheet that may be read.
pub(super) struct Member<'b> {
    pub name: &'b str,
    pub rows: usize,
    /// It was the open one when the workbook was saved.
    pub active: bool,
}

/// An open sheet with fewer of the rows of the best one than one in so many is an example or a test.
const FEW: usize = 10;

/// The one to read in place of the `best`, and why.
pub(super) fn preferred(members: &[Member<'_>], best: usize) -> Option<(usize, String)> {
    let months: Vec<Option<Months>> = members
        .iter()
        .map(|member| Some(months::named(member.name)?.months).filter(|_| member.rows > 0))
        .collect();
    let of_months = || months.iter().flatten().count();
    if of_months() > 1
        && months[best].is_some()
        && let Some((position, latest)) = latest(&months)
    {
        let sum: usize =
            (0..members.len()).filter(|at| months[*at].is_some()).map(|at| members[at].rows).sum();
        // A sheet of all months together has the rows of each.
        let whole = (0..members.len()).find(|at| months[*at].is_none() && members[*at].rows >= sum);
        return Some(match whole {
            Some(at) => (at, "has as many rows as the sheets of single months together".into()),
            None => (
                position,
                format!("is the latest ({latest}) of those of a month with the same headers"),
            ),
        });
    }
    let open = members.iter().position(|member| member.active)?;
    let enough = members[open].rows > 0 && members[open].rows * FEW >= members[best].rows;
    let reason = "was open when the file was saved, of those with the same headers";
    (open != best && enough).then(|| (open, reason.to_owned()))
}

/// The latest of some months; `None` where they do not say which, as `Dec, Jan` without years do not.
fn latest(months: &[Option<Months>]) -> Option<(usize, Months)> {
    let named: Vec<(usize, Months)> =
        months.iter().enumerate().filter_map(|(at, months)| Some((at, (*months)?))).collect();
    let years: HashSet<bool> = named.iter().map(|(_, months)| months.year.is_some()).collect();
    let turns = |pair: &[(usize, Months)]| {
        pair[0].1.year.is_none() && pair[0].1.last == 12 && pair[1].1.first == 1
    };
    if years.len() > 1 || named.windows(2).any(turns) {
        return None;
    }
    named.into_iter().max_by_key(|(at, months)| (months.year, months.last, usize::MAX - at))
}

impl Found {
    /// That other tables stay out, and how to have them.
    pub fn left_out(&self) -> Vec<String> {
        let mut said = Vec::new();
        if !self.alike.is_empty() {
            let names = listed(&self.alike);
            said.push(match self.alike.len() {
                1 => format!(
                    "Sheet {names} has the same headers and is not read: name it (--sheet) to read it by itself."
                ),
                _ => format!(
                    "The sheets {names} have the same headers and are not read: name one at a time (--sheet) to read it by itself."
                ),
            });
        }
        if !self.others.is_empty() {
            let names = listed(&self.others);
            said.push(match self.others.len() {
                1 => format!(
                    "The file also has {names}, which is not read: name it as the sheet (--sheet) to read it by itself."
                ),
                _ => format!(
                    "The file also has {names}, which are not read: name one at a time as the sheet (--sheet) to read it by itself."
                ),
            });
        }
        said
    }
}

/// Other sheets that are named.
const NAMED: usize = 12;

/// `"Jan" (12 rows), "Feb" (1 row) and "Mar" (0 rows)`.
fn listed(sheets: &[(String, usize)]) -> String {
    let rows = |rows: usize| if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") };
    let one = |(name, of_it): &(String, usize)| format!("\"{name}\" ({})", rows(*of_it));
    let mut named: Vec<String> = sheets.iter().take(NAMED + 1).map(one).collect();
    if let Some(more) = sheets.len().checked_sub(NAMED + 1).filter(|more| *more > 0) {
        named.push(format!("{more} more"));
    }
    match named.pop() {
        Some(last) if !named.is_empty() => format!("{} and {last}", named.join(", ")),
        last => last.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sheets: &[(&str, usize, bool)], best: usize) -> Option<usize> {
        let member = |(name, rows, active): &(&'static str, usize, bool)| Member {
            name,
            rows: *rows,
            active: *active,
        };
        let members: Vec<Member<'_>> = sheets.iter().map(member).collect();
        preferred(&members, best).map(|(at, _)| at)
    }

    #[test]
    fn the_latest_month_with_rows_comes_before_the_open_sheet() {
        assert_eq!(check(&[("Jan", 9, false), ("Feb", 8, false), ("Mar", 0, true)], 0), Some(1));
        assert_eq!(check(&[("déc 2023", 9, true), ("janv 2024", 8, false)], 0), Some(1));
        assert_eq!(check(&[("T1", 9, true), ("T2", 8, false)], 0), Some(1));
        assert_eq!(check(&[("5W_2024-02", 9, true), ("5W_2024-01", 8, false)], 1), Some(0));
        assert_eq!(check(&[("Dec", 9, false), ("Jan", 8, true)], 0), Some(1), "the open one");
        assert_eq!(check(&[("Jan", 9, false), ("Feb", 8, false), ("All", 17, false)], 0), Some(2));
        assert_eq!(check(&[("Nord", 9, false), ("Sud", 8, true)], 0), Some(1));
        assert_eq!(check(&[("Data", 900, false), ("Example", 2, true)], 0), None);
        assert_eq!(check(&[("Nord", 9, false), ("Sud", 8, false)], 0), None);
    }
}
