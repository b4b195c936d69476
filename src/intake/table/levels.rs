//! Groups over several columns, in as many rows as they are written in: measure, group of people, sex.

use super::Top;
use crate::formats::sheet::{Merge, Sheet};
use crate::intake::{Kind, figures, personal};

/// Rows of a header at most, from that of the outermost groups to that of single columns.
pub(super) const LEVELS: usize = 4;

/// Columns from the first to the last, both inside.
type Span = (usize, usize);

/// How many of the rows below a header hold what stands below groups of it: words under cells that
/// stand over several columns, with nothing behind them, and under no others.
pub(super) fn below_groups(sheet: &Sheet<'_>, header: &[Top]) -> usize {
    let most = header.len().min(LEVELS);
    let are = |rows: &usize| Block { sheet, rows: &header[..*rows] }.is_header();
    (2..=most).rev().find(are).map_or(0, |rows| rows - 1)
}

/// What stands above a column in such rows, the outermost group first and the column's own words
/// last; `None` for a column below no group.
pub(super) fn path(sheet: &Sheet<'_>, rows: &[Top], column: usize) -> Option<Vec<String>> {
    let path = Block { sheet, rows }.path(column)?;
    let text = |(row, span): (usize, Span)| {
        personal::mask_header(rows[row].cells.get(span.0).cloned().unwrap_or_default())
    };
    Some(path.into_iter().map(text).collect())
}

/// The groups over a column in the rows above, the nearest first.
pub(super) fn outer_groups(
    sheet: &Sheet<'_>,
    [below, above]: [&[&Top]; 2],
    first: usize,
    column: usize,
) -> Vec<String> {
    let text = |(below, row): (&&Top, &&Top)| {
        let at = outer(sheet, row, below, first, column)?;
        Some(personal::mask_header(row.cells[at].clone()))
    };
    below.iter().zip(above).filter_map(text).collect()
}

/// A group together with those over it, as far as they say more of the same figure.
pub(super) fn together(kind: Kind, group: String, outer: &[String]) -> String {
    outer.iter().fold(group, |group, outer| {
        let both = format!("{outer} {group}");
        let is_read = *outer != group && figures::of_header_in(kind, both.trim()).is_some();
        if is_read { both.trim().to_owned() } else { group }
    })
}

/// The cell of a row that stands over a column and others, behind the first column of the table: a
/// title is over that, too.
fn outer(sheet: &Sheet<'_>, row: &Top, below: &Top, first: usize, column: usize) -> Option<usize> {
    let mut wide = sheet.merges.iter().filter(|merge| is_wide(merge, row)).peekable();
    let at = match wide.peek() {
        Some(_) => {
            wide.find(|merge| covers(merge, column)).map(|merge| merge.columns.0 as usize)?
        }
        None => {
            // Behind the headers that stand in the outermost row.
            let cells = || (0..row.cells.len()).filter(|at| is_filled(row, *at));
            let cells = || cells().skip_while(|at| !is_filled(below, *at));
            let is_group = cells().count() >= 2
                && cells().all(|at| is_filled(below, at))
                && cells().count() * 2 <= below.filled() + 1;
            cells().take_while(|at| *at <= column).last().filter(|_| is_group)?
        }
    };
    (at > first && is_filled(row, at)).then_some(at)
}

fn is_filled(row: &Top, column: usize) -> bool {
    !row.cells.get(column).is_none_or(String::is_empty)
}

fn is_wide(merge: &Merge, row: &Top) -> bool {
    let rows = merge.rows.0..=merge.rows.1;
    rows.contains(&row.number) && merge.columns.0 < merge.columns.1
}

fn covers(merge: &Merge, column: usize) -> bool {
    (merge.columns.0 as usize..=merge.columns.1 as usize).contains(&column)
}

/// A header and the rows below it that may belong to it.
struct Block<'s> {
    sheet: &'s Sheet<'s>,
    rows: &'s [Top],
}

impl Block<'_> {
    fn width(&self) -> usize {
        self.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0)
    }

    /// The columns that the cell over a column stands over, within those of the cell above it: as
    /// far as it is merged, else as far as nothing stands behind it.
    fn over(&self, row: usize, column: usize, within: Span) -> Option<Span> {
        let row = &self.rows[row];
        let mut merges = self.sheet.merges.iter().filter(|merge| is_wide(merge, row));
        if let Some(merge) = merges.find(|merge| covers(merge, column)) {
            let (from, to) = (merge.columns.0 as usize, merge.columns.1 as usize);
            return is_filled(row, from).then_some((from, to.min(within.1)));
        }
        let from = (within.0..=column).rev().find(|at| is_filled(row, *at))?;
        let next = (column + 1..=within.1).find(|at| is_filled(row, *at));
        Some((from, next.map_or(within.1, |next| next - 1)))
    }

    /// The cells over a column from the header down to its own, with their rows.
    fn path(&self, column: usize) -> Option<Vec<(usize, Span)>> {
        let last = (1..self.rows.len()).rev().find(|row| is_filled(&self.rows[*row], column))?;
        let mut path: Vec<(usize, Span)> = Vec::new();
        for row in 0..=last {
            let within = path.last().map_or((0, self.width() - 1), |(_, span)| *span);
            match self.over(row, column, within) {
                // Below a cell that stands over several columns only.
                Some(_) if row > 0 && within.0 == within.1 => return None,
                Some(span) => path.push((row, span)),
                None if row == 0 || row == last => return None,
                None => {}
            }
        }
        Some(path)
    }

    fn is_header(&self) -> bool {
        let (header, below) = (&self.rows[0], &self.rows[1..]);
        let follow = self.rows.windows(2).all(|two| two[0].number + 1 == two[1].number);
        let cells = |row: &Top| (0..row.cells.len()).filter(|at| is_filled(row, *at)).count();
        let has_words = |row: &Top| row.cells.iter().all(|cell| is_word(cell));
        if !follow
            || !below.iter().all(|row| cells(row) > 0 && has_words(row))
            || below.last().is_none_or(|last| cells(last) < 2)
        {
            return false;
        }
        let is_below = |column: &usize| below.iter().any(|row| is_filled(row, *column));
        let mut groups: Vec<(Span, usize)> = Vec::new();
        for column in (0..self.width()).filter(is_below) {
            let Some(path) = self.path(column) else { return false };
            let span = path[0].1;
            match groups.iter_mut().find(|(known, _)| *known == span) {
                // With nothing between them.
                Some((_, last)) if *last + 1 == column => *last = column,
                None if span.0 == column => groups.push((span, column)),
                _ => return false,
            }
        }
        let several = groups.iter().all(|((from, _), last)| from < last);
        let others = (0..header.cells.len()).filter(|at| is_filled(header, *at));
        let others = others.filter(|at| !groups.iter().any(|((from, _), _)| from == at)).count();
        several && (others >= 2 || others == 1 && self.is_sure(&groups))
    }

    /// Whether the groups are merged cells, or what stands below them says of whom figures are.
    fn is_sure(&self, groups: &[(Span, usize)]) -> bool {
        let wide = || self.sheet.merges.iter().filter(|merge| is_wide(merge, &self.rows[0]));
        let merged = groups.iter().all(|((from, _), _)| wide().any(|merge| covers(merge, *from)));
        let cells = self.rows[1..].iter().flat_map(|row| &row.cells);
        let mut words = cells.filter(|cell| !cell.is_empty());
        merged || words.all(|cell| figures::of_header(cell).is_some())
    }
}

/// Whether a cell is no figure; a year may stand above figures.
pub(super) fn is_word(cell: &str) -> bool {
    let number = cell.parse::<f64>();
    number.is_err() || number.is_ok_and(|year| (1990.0..2100.0).contains(&year))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use crate::formats::csv;
    use crate::formats::sheet::Merge;
    use crate::intake::table::find;
    use crate::intake::{Kind, Options};

    /// Header row, first row of data, and what is said of the last columns.
    fn check(
        kind: Kind,
        text: &str,
        wide: &[(u32, u32, u32)],
        header_row: Option<u32>,
    ) -> (Option<u32>, u32, Vec<String>) {
        let mut book = csv::read(text.as_bytes()).unwrap();
        let merge =
            |(row, from, to): &(u32, u32, u32)| Merge { rows: (*row, *row), columns: (*from, *to) };
        book.sheets[0].merges = wide.iter().map(merge).collect();
        let options = Options { header_row, ..Options::default() };
        let found = find(&book, kind, &options).unwrap();
        let said = found.heads.iter().map(|head| format!("{}/{}", head.group, head.header));
        let first = found.heads.iter().position(|head| !head.group.is_empty()).unwrap();
        (found.header_row, found.first_row, said.skip(first).collect())
    }

    const SAID: [&str; 8] = [
        "Targeted IDPs/M",
        "Targeted IDPs/F",
        "Targeted Host/M",
        "Targeted Host/F",
        "Reached IDPs/M",
        "Reached IDPs/F",
        "Reached Host/M",
        "Reached Host/F",
    ];
    const GROUPS: [&str; 3] =
        ["Targeted,,,,Reached,,,", "IDPs,,Host,,IDPs,,Host,", "M,F,M,F,M,F,M,F"];
    const WIDE: [(u32, u32, u32); 6] =
        [(1, 3, 6), (1, 7, 10), (2, 3, 4), (2, 5, 6), (2, 7, 8), (2, 9, 10)];

    fn rows(labels: usize) -> String {
        let before = |at: usize| if at == labels { "Partner,Sector,Admin1" } else { ",," };
        let rows = GROUPS.iter().enumerate().map(|(at, row)| format!("{},{row}\n", before(at)));
        rows.collect::<String>() + "Care,WASH,North,10,20,30,40,1,2,3,4\n"
    }

    #[test]
    fn groups_in_two_rows_are_read_whether_they_are_merged_and_wherever_the_other_headers_are() {
        for (labels, header_row) in [(0, None), (0, Some(1)), (2, None), (2, Some(3))] {
            for wide in [&WIDE[..], &[]] {
                let found = check(Kind::Activities, &rows(labels), wide, header_row);
                let header = Some(labels as u32 + 1);
                assert_eq!(found, (header, 4, SAID.map(str::to_owned).to_vec()), "{labels}");
            }
        }
        // As a spreadsheet fills in cells that are merged down.
        let labels = "Partner,Sector,Admin1";
        let filled = [
            "Targeted,Targeted,Targeted,Targeted,Reached,Reached,Reached,Reached",
            "IDPs,IDPs,Host,Host,IDPs,IDPs,Host,Host",
            GROUPS[2],
        ];
        for before in [[labels, ",,", ",,"], [labels; 3]] {
            for header_row in [None, Some(1)] {
                let rows =
                    before.iter().zip(filled).map(|(before, row)| format!("{before},{row}\n"));
                let text = rows.collect::<String>() + "Care,WASH,North,10,20,30,40,1,2,3,4\n";
                let found = check(Kind::Activities, &text, &[], header_row);
                assert_eq!(found, (Some(1), 4, SAID.map(str::to_owned).to_vec()), "{text}");
            }
        }
        let text: String = GROUPS.iter().map(|row| format!("{labels},{row}\n")).collect();
        let text = text + "Care,WASH,North,10,20,30,40,1,2,3,4\n";
        assert_eq!(check(Kind::Activities, &text, &WIDE, None).2, SAID);
    }

    #[test]
    fn a_total_beside_groups_belongs_to_the_group_over_all_of_them() {
        let text = "Partner,Sector,Admin1,Reached,,,,\n,,,IDPs,,Host,,Total\n,,,M,F,M,F,\nCare,WASH,North,1,2,3,4,10\n";
        let said = ["Reached IDPs/M", "Reached IDPs/F", "Reached Host/M", "Reached Host/F"];
        for wide in [&[(1, 3, 7), (2, 3, 4), (2, 5, 6)][..], &[]] {
            let (.., first, found) = check(Kind::Activities, text, wide, None);
            assert_eq!(
                (first, &found[..4], &*found[4]),
                (4, &said.map(str::to_owned)[..], "Reached/Total")
            );
        }
    }

    #[test]
    fn titles_and_groups_of_other_columns_stay_out_of_the_groups() {
        let above = |first: &str, wide: &[(u32, u32, u32)]| {
            let text = format!(
                "{first}\n,,,Targeted,,Reached,\nPartner,Sector,Admin1,M,F,M,F\nCare,WASH,North,1,2,3,4\n"
            );
            let groups = [(2, 3, 4), (2, 5, 6)];
            check(Kind::Activities, &text, &[wide, &groups[..]].concat(), None).2
        };
        let said = ["Targeted/M", "Targeted/F", "Reached/M", "Reached/F"];
        assert_eq!(above("IDPs,,,,,,", &[(1, 0, 6)]), said);
        assert_eq!(above("WHO,,,FIGURES OF MARCH,,,", &[(1, 0, 2), (1, 3, 6)]), said);
        assert_eq!(above("4W of March,,,,,,", &[]), said);
    }

    #[test]
    fn one_column_before_a_group_is_enough_where_the_group_is_merged_or_of_people() {
        let people = "ADM2_PCODE,Population,,\n,Male,Female,Total\nXA01,1,2,3\nXA02,1,2,3\n";
        for wide in [&[(1, 1, 3)][..], &[]] {
            let (_, first, said) = check(Kind::Population, people, wide, None);
            assert_eq!(first, 3);
            assert_eq!(said, ["Population/Male", "Population/Female", "Population/Total"]);
        }
        let needs = "Admin2 Pcode,PiN,,\n,Zone A,Zone B,All\nXA01,1,2,3\nXA02,1,2,3\n";
        assert_eq!(check(Kind::Needs, needs, &[(1, 1, 3)], None).1, 3);
    }
}
