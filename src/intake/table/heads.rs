//! What stands above each column: header, second language, group, tag.

use super::Top;
use super::levels::{self, LEVELS, below_groups};
use crate::formats::sheet::{Merge, Sheet, limits};
use crate::intake::Kind;
use crate::intake::columns::Head;
use crate::intake::evidence;
use crate::intake::personal;
use crate::intake::returned::is_own;
use crate::intake::tags::is_tag;

/// Heads from the header rows `first..=last` and the tags.
pub(super) fn heads_of(
    kind: Kind,
    sheet: &Sheet<'_>,
    top: &[Top],
    first: usize,
    last: usize,
    tags: Option<&Top>,
) -> Vec<Head> {
    let tagged_only = tags.is_some_and(|tags| tags.number == top[first].number);
    let rows = if tagged_only { &top[0..0] } else { &top[first..=last] };
    let width = rows.iter().chain(tags).map(|row| row.cells.len()).max().unwrap_or(0);
    let merged_width =
        sheet.merges.iter().filter(|merge| rows.iter().any(|row| merge.rows.0 == row.number));
    let width = merged_width
        .map(|merge| merge.columns.1 as usize + 1)
        .max()
        .unwrap_or(0)
        .max(width)
        .min(limits::COLUMNS);
    // Rows right above the header, the nearest first.
    let rows_above = if tagged_only { &[] } else { &top[first.saturating_sub(LEVELS - 1)..first] };
    let follows = |(at, row): &(usize, &Top)| row.number + 1 + *at as u32 == top[first].number;
    let rows_above: Vec<&Top> =
        rows_above.iter().rev().enumerate().take_while(follows).map(|(_, row)| row).collect();
    let above = rows_above.first().copied();
    let outermost = &rows_above[rows_above.len().min(1)..];
    // The headers of the first columns may stand beside the outermost groups.
    let begins = |row: &Top| row.cells.iter().position(|cell| !cell.is_empty());
    let first_column =
        rows_above.iter().copied().chain([&top[first]]).filter_map(begins).min().unwrap_or(0);
    // The rows of the header that hold groups and what stands below them.
    let block = (0..rows.len()).map(|at| at..at + below_groups(sheet, &rows[at..]) + 1);
    let block = block.into_iter().find(|block| block.len() > 1).unwrap_or(0..0);
    let text = |row: &Top, column: usize| -> (String, bool) {
        let own = row.cells.get(column).cloned().unwrap_or_default();
        let wide = |merge: &&Merge| {
            merge.rows.0 <= row.number
                && row.number <= merge.rows.1
                && merge.columns.0 as usize <= column
                && column <= merge.columns.1 as usize
                && merge.columns.0 < merge.columns.1
        };
        let (written, shared) = match sheet.merges.iter().find(wide) {
            Some(merge) => {
                let left = row.cells.get(merge.columns.0 as usize).cloned().unwrap_or_default();
                (left, true)
            }
            None => (own, false),
        };
        (personal::mask_header(written), shared)
    };
    let head = |column: usize| {
        let mut head = Head { index: column, ..Head::default() };
        let mut groups: Vec<String> = Vec::new();
        let path = (!block.is_empty()).then(|| levels::path(sheet, &rows[block.clone()], column));
        let path = path.flatten();
        for (at, row) in rows.iter().enumerate() {
            let (written, shared) = match path.as_deref() {
                Some([over @ .., own]) if at == block.start => {
                    groups.extend_from_slice(over);
                    (own.clone(), false)
                }
                Some(_) if block.contains(&at) => continue,
                _ => text(row, column),
            };
            if written.is_empty() {
                continue;
            }
            let own = |row: &Top| Some(text(row, column)).filter(|(text, _)| !text.is_empty());
            if shared && rows[at + 1..].iter().filter_map(own).any(|(_, shared)| !shared) {
                groups.push(written);
                continue;
            }
            if head.header.is_empty() {
                (head.header, head.shared) = (written, shared);
            } else if !shared && written != head.header {
                head.others.push(written);
            }
        }
        head.group = groups.join(" ");
        head.levels = groups.iter().rev().cloned().collect();
        if !groups.is_empty() {
            head.combine(&groups.join(" "));
        } else if let Some(row) = above {
            let group = group_of(sheet, row, &top[first], column);
            let rows = [&rows_above[..], outermost];
            let outer = levels::outer_groups(sheet, rows, first_column, column);
            head.group = levels::together(kind, group.clone(), &outer);
            head.levels = std::iter::once(group).chain(outer).collect();
            head.levels.retain(|level| !level.is_empty());
            let (group, shared) = text(row, column);
            if shared && !group.is_empty() && !head.header.is_empty() && !head.shared {
                head.combine(&group);
            }
        }
        if head.header.is_empty()
            && let Some(row) = above.filter(|row| row.filled() > 1)
        {
            // A header that stands beside the groups, a row higher than the others.
            let (written, shared) = text(row, column);
            head.header = if shared { String::new() } else { written };
        }
        let tag = tags.and_then(|tags| tags.cells.get(column)).cloned().unwrap_or_default();
        if is_tag(&tag) {
            head.tag = tag;
        } else if !tag.is_empty() && head.header.is_empty() {
            // A word in the row of tags is all the header there is.
            head.header = tag;
        }
        head
    };
    let below = &top[last.max(first) + 1..];
    let says = |head: &Head| {
        !head.header.is_empty() || !head.tag.is_empty() || are_codes(below, head.index)
    };
    (0..width).map(head).filter(says).collect()
}

/// Whether a column has nothing but what P-codes of one country look like: nobody's data, whether
/// or not it has a header.
pub(super) fn are_codes(rows: &[Top], column: usize) -> bool {
    let cells = rows.iter().filter_map(|row| row.cells.get(column));
    let cells: Vec<&str> = cells.map(String::as_str).filter(|cell| !cell.is_empty()).collect();
    let country = |cell: &str| cell.get(..2).map(str::to_ascii_uppercase);
    let is_code = |cell: &&str| cell.len() <= 12 && evidence::is_code_shaped(cell);
    cells.len() > 1
        && cells.iter().all(is_code)
        && cells.iter().all(|cell| country(cell) == country(cells[0]))
}

/// What stands in the row above a header for a column: its own cell, or the one before it that has
/// nothing but blanks behind it, as a group over several columns is written. Where cells of that row
/// are merged, a group is as wide as its cell; a title is over all columns.
fn group_of(sheet: &Sheet<'_>, above: &Top, header: &Top, column: usize) -> String {
    let wide = |merge: &&Merge| merge.rows.0 == above.number && merge.columns.0 < merge.columns.1;
    let mut merges = sheet.merges.iter().filter(wide).peekable();
    let is_merged = merges.peek().is_some();
    if !is_merged && above.filled() * 2 > header.filled() + 1 {
        return String::new();
    }
    let until = above.cells.len().min(column + 1);
    let said = |at: &usize| !above.cells[*at].is_empty() && !is_own(&above.cells[*at]);
    let Some(at) = (0..until).rev().find(said) else { return String::new() };
    let ends = |merge: &Merge| merge.columns.0 as usize == at && column <= merge.columns.1 as usize;
    let is_title = above.filled() == 1;
    let is_over = is_title || !is_merged || merges.any(ends);
    if is_over { above.cells[at].clone() } else { String::new() }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use crate::formats::csv;
    use crate::formats::sheet::Merge;
    use crate::intake::table::{Found, find};
    use crate::intake::{Kind, Options};

    const ROWS: &str = "Organisation,Cluster,Admin1 Pcode,People targeted,,,People reached,,
,,,Men,Women,Total,Men,Women,Total
Care,WASH,XA01,100,120,220,10,20,30
";

    fn below(found: &Found) -> Vec<String> {
        assert_eq!((found.header_row, found.first_row), (Some(1), 3));
        let said = found.heads.iter().map(|head| format!("{}/{}", head.group, head.header));
        said.collect()
    }

    #[test]
    fn groups_over_several_columns_are_read_with_what_stands_below_them() {
        let expected = [
            "/Organisation",
            "/Cluster",
            "/Admin1 Pcode",
            "People targeted/Men",
            "People targeted/Women",
            "People targeted/Total",
            "People reached/Men",
            "People reached/Women",
            "People reached/Total",
        ];
        let mut book = csv::read(ROWS.as_bytes()).unwrap();
        for header_row in [None, Some(1)] {
            let options = Options { header_row, ..Options::default() };
            let found = find(&book, Kind::Activities, &options).unwrap();
            assert_eq!(below(&found), expected);
            assert!(found.heads[5].combined.iter().any(|text| text == "People targeted Total"));
        }
        // As a spreadsheet merges them: the groups over columns, the others over both rows.
        let wide = [(3, 5), (6, 8)].map(|columns| Merge { rows: (1, 1), columns });
        let tall = [0, 1, 2].map(|column| Merge { rows: (1, 2), columns: (column, column) });
        book.sheets[0].merges = wide.into_iter().chain(tall).collect();
        let found = find(&book, Kind::Activities, &Options::default()).unwrap();
        assert_eq!(below(&found), expected);
    }

    #[test]
    fn a_row_of_data_is_no_second_header() {
        let first = |text: &str| {
            let book = csv::read(text.as_bytes()).unwrap();
            find(&book, Kind::Activities, &Options::default()).unwrap().first_row
        };
        let header = "Organisation,Cluster,Admin1 Pcode,People reached,,";
        for row in ["Care,WASH,XA01,a,b,c", ",,,10,20,30", ",,,a,,", ",,XA01,a,b,c"] {
            assert_eq!(first(&format!("{header}\n{row}\nCare,WASH,XA01,1,2,3\n")), 2, "{row}");
        }
    }

    #[test]
    fn a_header_beside_merged_groups_is_one_and_groups_are_as_wide_as_their_cells() {
        let text = "P-Code,IDPs,,Host,,Total PiN\n,PiN,Target,PiN,Target,\nXA01,1,2,3,4,5\n";
        let mut book = csv::read(text.as_bytes()).unwrap();
        let wide = [(1, 2), (3, 4)].map(|columns| Merge { rows: (1, 1), columns });
        book.sheets[0].merges = wide.to_vec();
        let options = Options { header_row: Some(2), ..Options::default() };
        let found = find(&book, Kind::Needs, &options).unwrap();
        let said = found.heads.iter().map(|head| format!("{}/{}", head.group, head.header));
        let expected =
            ["/P-Code", "IDPs/PiN", "IDPs/Target", "Host/PiN", "Host/Target", "/Total PiN"];
        assert_eq!(said.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_column_of_codes_needs_no_header() {
        let heads = |rows: &str| {
            let text = format!(",sector,PiN,\n{rows}");
            let book = csv::read(text.as_bytes()).unwrap();
            let found = find(&book, Kind::Needs, &Options::default()).unwrap();
            found.heads.iter().map(|head| head.index).collect::<Vec<_>>()
        };
        assert_eq!(heads("XA01,WSH,1,x\nXA02,WSH,2,y\n"), [0, 1, 2]);
        assert_eq!(heads("Amina,WSH,1,x\nXA02,WSH,2,y\n"), [1, 2]);
        assert_eq!(heads("XA01,WSH,1,x\nYB02,WSH,2,y\n"), [1, 2]);
    }

    #[test]
    fn figures_below_groups_in_two_rows_make_a_table_whether_labels_are_merged_down_or_not() {
        let merge = |rows, columns| Merge { rows, columns };
        let find = |text: &str, merges: Vec<Merge>| {
            let mut book = csv::read(text.as_bytes()).unwrap();
            book.sheets[0].merges = merges;
            find(&book, Kind::Needs, &Options::default())
        };
        let wide = |at: u32| {
            let groups = [merge((1, 1), (at, at + 3)), merge((2, 2), (at, at + 1))];
            groups.into_iter().chain([merge((2, 2), (at + 2, at + 3))])
        };
        let tall = [merge((1, 3), (0, 0)), merge((1, 3), (1, 1))];
        for (outer, inner) in
            [(["PIN", "Target"], ["WASH", "Health"]), (["WASH", "Health"], ["PIN", "Target"])]
        {
            let groups = format!("{},,,,{},,,\n", outer[0], outer[1]);
            let below = format!("{0},,{1},,{0},,{1},\n", inner[0], inner[1]);
            let people =
                "Male,Female,Male,Female,Male,Female,Male,Female\nNorth,XA01,1,2,3,4,5,6,7,8\n";
            let labels = "District,District Pcode";
            let merged = format!("{labels},{groups}{labels},{below}{labels},{people}");
            let all: Vec<Merge> = wide(2).chain(wide(6)).collect();
            let found = find(&merged, tall.iter().cloned().chain(all.clone()).collect()).unwrap();
            assert_eq!(found.first_row, 4);
            let last = found.heads.last().unwrap();
            assert_eq!(
                (&*last.header, &*last.group),
                ("Female", &*format!("{} {}", outer[1], inner[1]))
            );
            let apart = format!("{labels},{groups},,{below},,{people}");
            assert_eq!(find(&apart, all).unwrap().first_row, 4);
        }
        // A list of places counts nobody.
        let title = "People in need,\nDistrict,District Pcode\nNorth,XA01\n";
        assert!(find(title, vec![merge((1, 1), (0, 1))]).is_err());
    }
}
