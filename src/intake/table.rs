//! Where in a workbook the table is: any sheet, the header in any row, titles and groups above it,
//! headers in two languages, HXL tags with or without a header. The choice is explained.

use std::collections::HashSet;
use std::ops::ControlFlow;

mod summary;
pub mod totals;

use super::columns::Head;
use super::figures::{self, Measure};
use super::headers::words;
use super::report::SheetReport;
use super::returned::is_own;
use super::tags::{is_tag, of_tag};
use super::vocabulary::normalise;
use super::{Field, Kind, Options, Unreadable};
use crate::formats::sheet::{Cell, Merge, Sheet, Workbook};

/// Rows of a sheet that are searched for its header.
const SEARCHED_ROWS: usize = 200;

/// The table of a workbook.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Position in the workbook.
    pub sheet: usize,
    pub header_row: Option<u32>,
    pub hxl_row: Option<u32>,
    pub first_row: u32,
    pub heads: Vec<Head>,
    /// Why this sheet and these rows.
    pub choice: String,
    /// Every sheet of the workbook, and why it was taken or not.
    pub sheets: Vec<SheetReport>,
    /// Other sheets that have the same headers: their names, and how many rows stay out.
    pub alike: Vec<(String, usize)>,
    score: f32,
}

impl Found {
    /// That rows of other sheets stay out, and how to have them.
    pub fn left_out(&self) -> Option<String> {
        let (first, more) = self.alike.split_first()?;
        let rows =
            |rows: usize| if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") };
        let mut text = format!("\"{}\" ({})", first.0, rows(first.1));
        for (at, (name, of_it)) in more.iter().take(ALIKE_NAMED).enumerate() {
            let last = at + 1 == more.len();
            let mark = if last { " and" } else { "," };
            text.push_str(&format!("{mark} \"{name}\" ({})", rows(*of_it)));
        }
        if more.len() > ALIKE_NAMED {
            text.push_str(&format!(" and {} more", more.len() - ALIKE_NAMED));
        }
        Some(match more.is_empty() {
            true => format!(
                "Sheet {text} has the same headers and is not read: name it (--sheet) to read it by itself."
            ),
            false => format!(
                "The sheets {text} have the same headers and are not read: name one at a time (--sheet) to read it by itself."
            ),
        })
    }
}

/// Other sheets with the same headers that are named.
const ALIKE_NAMED: usize = 12;

/// One of the first rows of a sheet, as text.
struct Top {
    number: u32,
    cells: Vec<String>,
    numbers: usize,
}

impl Top {
    /// Cells with something in them, without the headers that a report added.
    fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.is_empty() && !is_own(cell)).count()
    }
}

/// Finds the table of a kind in a workbook.
pub fn find(book: &Workbook<'_>, kind: Kind, options: &Options) -> Result<Found, Unreadable> {
    let mut best: Option<Found> = None;
    let mut sheets: Vec<SheetReport> = Vec::new();
    let mut summary: Option<(String, &'static str)> = None;
    let mut tables: Vec<(usize, u32, HashSet<String>)> = Vec::new();
    for (position, sheet) in book.sheets.iter().enumerate() {
        let mut seen = SheetReport {
            name: sheet.name.clone(),
            rows: sheet.rows(),
            chosen: false,
            reason: String::new(),
        };
        if options
            .sheet
            .as_ref()
            .is_some_and(|name| !name.trim().eq_ignore_ascii_case(sheet.name.trim()))
        {
            seen.reason = "you named another sheet".to_owned();
            sheets.push(seen);
            continue;
        }
        let top = top_of(sheet)?;
        let made_of = summary::of(&top);
        if let Some(what) = made_of {
            summary.get_or_insert((sheet.name.clone(), what));
        }
        let Some(mut found) = in_sheet(sheet, &top, kind, options) else {
            seen.reason = match (made_of, top.is_empty()) {
                (Some(what), _) => format!("is {what}"),
                (None, true) => "is empty".to_owned(),
                _ => format!("has no headers that are known for {}", kind.name()),
            };
            sheets.push(seen);
            continue;
        };
        found.sheet = position;
        found.score *= weight(kind, sheet, &found, made_of.is_some());
        let (known, first) = (found.choice.as_str(), found.first_row);
        seen.reason = match (made_of, sheet.hidden) {
            (Some(what), _) => format!("is {what}"),
            (None, true) => format!("is hidden; {known}"),
            (None, false) => known.to_owned(),
        };
        if !has_decisive(kind, &found.heads) {
            seen.reason =
                format!("{}, but none that makes a table of {}", seen.reason, kind.name());
        } else if sheet.rows().is_some_and(|rows| rows < first as usize) {
            seen.reason = format!("{}, but there is no row below", seen.reason);
        } else if made_of.is_none() {
            tables.push((position, first, names_of(&found.heads)));
        }
        sheets.push(seen);
        if best.as_ref().is_none_or(|best| found.score > best.score) {
            best = Some(found);
        }
    }
    let Some(mut found) = best else {
        return Err(nothing(book, kind, options, summary));
    };
    if kind == Kind::Activities
        && options.columns.is_empty()
        && !has_decisive(kind, &found.heads)
        && let Some((name, what)) = summary
    {
        return Err(only_a_summary(&name, what));
    }
    if let Some(seen) = sheets.get_mut(found.sheet) {
        seen.chosen = true;
    }
    if book.sheets.len() > 1 && options.sheet.is_none() {
        let sheets = book.sheets.len();
        let name = &book.sheets[found.sheet].name;
        found.choice = format!(
            "of {sheets} sheets, \"{name}\" looks most like a table of {}; {}",
            kind.name(),
            found.choice
        );
    }
    found.sheets = sheets;
    let own = names_of(&found.heads);
    for (position, first_row, names) in tables {
        let common = own.intersection(&names).count();
        if position != found.sheet && common * 5 >= own.len().max(names.len()) * 3 && common > 1 {
            let sheet = &book.sheets[position];
            found.alike.push((sheet.name.clone(), rows_below(sheet, first_row)?));
        }
    }
    Ok(found)
}

fn names_of(heads: &[Head]) -> HashSet<String> {
    heads.iter().map(|head| normalise(&head.header)).filter(|name| !name.is_empty()).collect()
}

fn rows_below(sheet: &Sheet<'_>, first_row: u32) -> Result<usize, Unreadable> {
    let mut rows = 0;
    sheet.visit(first_row, |row| {
        rows += usize::from(!row.is_blank());
        ControlFlow::Continue(())
    })?;
    Ok(rows)
}

/// How much a sheet with a header deserves it: a look-up list has few rows, a hidden sheet is rarely
/// the data, a summary never, and what makes a table of the kind must be there.
fn weight(kind: Kind, sheet: &Sheet<'_>, found: &Found, is_summary: bool) -> f32 {
    let rows = sheet.rows().unwrap_or(1000).saturating_sub(found.first_row as usize - 1);
    let mut weight = (0.3 + 0.7 * (rows.max(1) as f32).log10() / 3.0).min(1.0);
    if rows == 0 {
        weight *= 0.1;
    }
    if sheet.hidden {
        weight *= 0.6;
    }
    if is_summary {
        weight *= 0.15;
    }
    if !has_decisive(kind, &found.heads) {
        weight *= 0.3;
    }
    weight
}

/// Whether a column is there without which the rows are of another kind.
fn has_decisive(kind: Kind, heads: &[Head]) -> bool {
    let is = |field: Field| match kind {
        Kind::Activities => {
            matches!(field, Field::Partner | Field::PartnerAcronym | Field::ImplementingPartner)
        }
        Kind::Sites => matches!(
            field,
            Field::Latitude
                | Field::Longitude
                | Field::Coordinates
                | Field::SiteType
                | Field::SiteId
                | Field::Name
                | Field::Location
        ),
        Kind::Needs => {
            matches!(field, Field::InNeed | Field::Affected | Field::Targeted | Field::Severity)
        }
        Kind::Population => field == Field::Population,
        Kind::Areas => true,
    };
    heads.iter().any(|head| {
        let texts = std::iter::once(&head.header).chain(&head.others);
        let words = texts.filter_map(|text| words(kind, text)).map(|(field, _)| field);
        let tagged = if head.tag.is_empty() { Vec::new() } else { of_tag(kind, &head.tag).0 };
        words.chain(tagged).any(is) || counted(kind, &head.header, &head.tag).is_some_and(is)
    })
}

/// The field that a header counts, as a whole or a part of everybody.
fn counted(kind: Kind, header: &str, tag: &str) -> Option<Field> {
    let figure = figures::of_header(header).or_else(|| figures::of_tag(kind, tag))?;
    let measure = (kind == Kind::Population && figure.is_part()).then_some(Measure::Population);
    figure.field(kind, measure)
}

fn only_a_summary(sheet: &str, what: &str) -> Unreadable {
    let sheet =
        if sheet.is_empty() { "The table".to_owned() } else { format!("Sheet \"{sheet}\"") };
    Unreadable::new(format!(
        "{sheet} is {what}, a summary: send the list it was made from, one row for each organisation, activity and place."
    ))
}

fn nothing(
    book: &Workbook<'_>,
    kind: Kind,
    options: &Options,
    summary: Option<(String, &'static str)>,
) -> Unreadable {
    let names: Vec<_> = book.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    let asked =
        |name: &String| !names.iter().any(|known| known.trim().eq_ignore_ascii_case(name.trim()));
    match (&options.sheet, summary) {
        (Some(name), _) if asked(name) => Unreadable::new(format!(
            "There is no sheet \"{name}\": the file has {}.",
            names.join(", ")
        )),
        (_, Some((name, what))) if options.columns.is_empty() => only_a_summary(&name, what),
        _ if book.sheets.iter().all(is_layer) => {
            let kind = kind.name();
            Unreadable::new(format!(
                "No layer of {kind} was found: beside places, no property has a name that is known for {kind}; say what the properties are, or import boundaries as areas.",
            ))
        }
        _ => {
            let kind = kind.name();
            Unreadable::new(format!(
                "No table of {kind} was found: no row has headers or HXL tags that are known for {kind}; name the header row, or say what the columns are.",
            ))
        }
    }
}

/// Whether a sheet is a map layer, whose row of names is row 0.
fn is_layer(sheet: &Sheet<'_>) -> bool {
    let mut first = None;
    let read = sheet.visit(0, |row| {
        first = Some(row.number);
        ControlFlow::Break(())
    });
    read.is_ok() && first == Some(0)
}

fn top_of(sheet: &Sheet<'_>) -> Result<Vec<Top>, Unreadable> {
    let mut top = Vec::new();
    sheet.visit(0, |row| {
        if !row.is_blank() {
            let text = |cell: Cell<'_>| cell.text().unwrap_or_default().into_owned();
            let numbers = row.cells().filter(is_number).count();
            top.push(Top { number: row.number, cells: row.cells().map(text).collect(), numbers });
        }
        if top.len() < SEARCHED_ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(top)
}

fn is_number(cell: &Cell<'_>) -> bool {
    match cell {
        Cell::Number(_) | Cell::Date(_) => true,
        Cell::Text(text) => text.trim().parse::<f64>().is_ok(),
        _ => false,
    }
}

fn in_sheet(sheet: &Sheet<'_>, top: &[Top], kind: Kind, options: &Options) -> Option<Found> {
    if top.first().is_some_and(|row| row.number == 0) {
        return of_layer(sheet, top, kind, options);
    }
    if let Some(wanted) = options.header_row {
        let at = top.iter().position(|row| row.number == wanted)?;
        return Some(told(sheet, top, at, kind));
    }
    let tags = top.iter().position(is_tag_row);
    if let Some(at) = tags {
        return with_tags(sheet, top, at, kind);
    }
    let scores: Vec<f32> = top.iter().map(|row| score(row, kind)).collect();
    let (at, best) = scores
        .iter()
        .copied()
        .enumerate()
        .reduce(|best, next| if next.1 > best.1 { next } else { best })?;
    let fields = known_fields(&top[at], kind);
    let told = options.columns.len();
    if fields + told < 2 || (kind != Kind::Areas && told == 0 && only_places(&top[at], kind)) {
        return None;
    }
    // A second language directly below.
    let mut last = at;
    while scores
        .get(last + 1)
        .is_some_and(|next| *next >= 0.5 * best && known_fields(&top[last + 1], kind) >= 3)
    {
        last += 1;
    }
    // A header cell merged over two rows makes the row below part of the header.
    let over = |row: &Top, next: &Top| {
        let spans = |merge: &Merge| merge.rows.0 <= row.number && next.number <= merge.rows.1;
        sheet.merges.iter().any(spans)
    };
    while last < at + 3 && top.get(last + 1).is_some_and(|next| over(&top[last], next)) {
        last += 1;
    }
    let heads = heads_of(sheet, top, at, last, None);
    let choice = format!("row {} has {fields} known headers", top[at].number);
    let first_row = top[last].number + 1;
    let header_row = Some(top[at].number);
    Some(Found { header_row, first_row, heads, choice, score: best, ..Found::default() })
}

/// A map layer: its property names are row 0, and nothing else can be the header.
fn of_layer(sheet: &Sheet<'_>, top: &[Top], kind: Kind, options: &Options) -> Option<Found> {
    let names = &top[0];
    let tags = is_tag_row(names).then_some(names);
    let tagged = names.cells.iter().filter(|cell| !of_tag(kind, cell).0.is_empty()).count();
    let fields = if tags.is_some() { tagged } else { known_fields(names, kind) };
    let told = options.columns.len();
    if fields + told < 2 || (told == 0 && only_places_named(names, kind)) {
        return None;
    }
    Some(Found {
        first_row: 1,
        heads: heads_of(sheet, top, 0, 0, tags),
        choice: format!("{fields} properties of the layer are known"),
        score: score(names, kind).max(tagged as f32),
        ..Found::default()
    })
}

/// A header row the sender named; tags below it are still tags.
fn told(sheet: &Sheet<'_>, top: &[Top], at: usize, kind: Kind) -> Found {
    let tags = (at..top.len().min(at + 4)).find(|at| is_tag_row(&top[*at]));
    let last = tags.unwrap_or(at);
    let heads = heads_of(
        sheet,
        top,
        at,
        last.saturating_sub(usize::from(tags.is_some())).max(at),
        tags.map(|at| &top[at]),
    );
    Found {
        header_row: (tags != Some(at)).then_some(top[at].number),
        hxl_row: tags.map(|at| top[at].number),
        first_row: top[last].number + 1,
        heads,
        choice: format!("you named row {} as the header", top[at].number),
        score: 1.0 + score(&top[at], kind),
        ..Found::default()
    }
}

/// A row of HXL tags, with the header, if there is one, in the rows right above.
fn with_tags(sheet: &Sheet<'_>, top: &[Top], at: usize, kind: Kind) -> Option<Found> {
    let tags = &top[at];
    let mut last = at;
    while top.get(last + 1).is_some_and(is_tag_row) {
        last += 1;
    }
    let tagged =
        tags.cells.iter().filter(|cell| is_tag(cell) && !of_tag(kind, cell).0.is_empty()).count();
    // Headers stand right above the tags, one row for each language; titles are narrow.
    let mut first = at;
    let floor = tags.filled() / 2;
    while first > 0
        && at - first < 4
        && top[first - 1].filled() >= floor.max(1)
        && top[first - 1].numbers * 2 < top[first - 1].filled()
    {
        let better = score(&top[first - 1], kind);
        if first < at && better < 0.4 * score(&top[first], kind) {
            break;
        }
        first -= 1;
    }
    let header_row = (first < at).then(|| top[first].number);
    let known = if first < at { known_fields(&top[first], kind) } else { 0 };
    let words_say = if first < at { &top[first] } else { tags };
    if tagged.max(known) < 2
        || (kind != Kind::Areas && only_places(tags, kind) && only_places(words_say, kind))
    {
        return None;
    }
    let heads = heads_of(sheet, top, first, at.saturating_sub(1).max(first), Some(tags));
    let tags_row = tags.number;
    let choice = match header_row {
        Some(row) => format!("row {tags_row} has HXL tags and row {row} above it the headers"),
        None => format!("row {tags_row} has HXL tags, and there is no header above it"),
    };
    let words = if first < at { score(&top[first], kind) } else { 0.0 };
    Some(Found {
        header_row,
        hxl_row: Some(tags_row),
        first_row: top[last].number + 1,
        heads,
        choice,
        score: words.max(tagged as f32) + 2.0,
        ..Found::default()
    })
}

/// At least two tags, and at least half of the cells that have anything.
fn is_tag_row(row: &Top) -> bool {
    let filled = row.filled();
    let tags = row.cells.iter().filter(|cell| is_tag(cell)).count();
    tags >= 2 && tags * 2 >= filled
}

/// Whether a row names areas and nothing else: a list of places, not of what happens there.
fn only_places(row: &Top, kind: Kind) -> bool {
    let by_words = row.cells.iter().filter_map(|cell| words(kind, cell)).map(|(field, _)| field);
    let tags = row.cells.iter().filter(|cell| is_tag(cell));
    let by_tags = tags.flat_map(|cell| of_tag(kind, cell).0);
    !by_words.chain(by_tags).any(|field| !field.is_area())
}

/// Whether the properties of a layer are those of boundaries: places, what they are called and the
/// day they were drawn. A layer of points names its coordinates too.
fn only_places_named(row: &Top, kind: Kind) -> bool {
    let is_place = |field: Field| {
        let named = matches!(field, Field::Name | Field::Start | Field::End);
        field.is_area() || named || matches!(field, Field::Latitude | Field::Longitude)
    };
    let by_words = row.cells.iter().filter_map(|cell| words(kind, cell)).map(|(field, _)| field);
    let tags = row.cells.iter().filter(|cell| is_tag(cell));
    let by_tags = tags.flat_map(|cell| of_tag(kind, cell).0);
    let points = row.cells.first().is_some_and(|first| first == "latitude");
    !points && by_words.chain(by_tags).all(is_place)
}

fn known_fields(row: &Top, kind: Kind) -> usize {
    let mut fields: Vec<_> =
        row.cells.iter().filter_map(|cell| words(kind, cell)).map(|(field, _)| field).collect();
    fields.sort();
    fields.dedup();
    fields.len()
}

/// How much a row looks like the header: the sum of what its cells are known as, each field once.
fn score(row: &Top, kind: Kind) -> f32 {
    let filled = row.filled();
    if row.numbers * 3 > filled {
        return 0.0;
    }
    let mut best: Vec<(super::Field, f32)> = Vec::new();
    for (field, confidence) in row.cells.iter().filter_map(|cell| words(kind, cell)) {
        match best.iter_mut().find(|(known, _)| *known == field) {
            Some((_, known)) => *known = known.max(confidence),
            None => best.push((field, confidence)),
        }
    }
    let parts = row.cells.iter().filter(|cell| counts_a_part(cell)).count();
    let sum: f32 = best.iter().map(|(_, confidence)| confidence).sum();
    let sum = sum + 0.4 * parts.min(5) as f32;
    // A row in which most cells mean nothing is data that happens to hold known words.
    sum * (0.3 + 0.7 * (best.len() + parts) as f32 / filled.max(1) as f32).min(1.0)
}

fn counts_a_part(cell: &str) -> bool {
    !cell.is_empty() && figures::of_header(cell).is_some_and(|figure| figure.is_part())
}

/// Heads from the header rows `first..=last` and the tags.
fn heads_of(
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
        .min(crate::formats::sheet::limits::COLUMNS);
    let above = (!tagged_only && first > 0)
        .then(|| &top[first - 1])
        .filter(|row| row.number + 1 == top[first].number);
    let text = |row: &Top, column: usize| -> (String, bool) {
        let own = row.cells.get(column).cloned().unwrap_or_default();
        let wide = |merge: &&Merge| {
            merge.rows.0 <= row.number
                && row.number <= merge.rows.1
                && merge.columns.0 as usize <= column
                && column <= merge.columns.1 as usize
                && merge.columns.0 < merge.columns.1
        };
        match sheet.merges.iter().find(wide) {
            Some(merge) => {
                let left = row.cells.get(merge.columns.0 as usize).cloned().unwrap_or_default();
                (left, true)
            }
            None => (own, false),
        }
    };
    let head = |column: usize| {
        let mut head = Head { index: column, ..Head::default() };
        for row in rows {
            let (written, shared) = text(row, column);
            if written.is_empty() {
                continue;
            }
            if head.header.is_empty() {
                (head.header, head.shared) = (written, shared);
            } else if !shared && written != head.header {
                head.others.push(written);
            }
        }
        head.group = above.map(|row| group_of(row, &top[first], column)).unwrap_or_default();
        if let Some(row) = above {
            let (group, shared) = text(row, column);
            if shared && !group.is_empty() && !head.header.is_empty() && !head.shared {
                head.combined.push(format!("{} {}", head.header, group));
                head.combined.push(format!("{group} {}", head.header));
            }
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
    (0..width).map(head).filter(|head| !head.header.is_empty() || !head.tag.is_empty()).collect()
}

/// What stands in the row above a header for a column: its own cell, or the one before it that has
/// nothing but blanks behind it, as a group over several columns is written.
fn group_of(above: &Top, header: &Top, column: usize) -> String {
    if above.filled() * 2 > header.filled() + 1 {
        return String::new();
    }
    let until = above.cells.len().min(column + 1);
    let said = |cell: &&String| !cell.is_empty() && !is_own(cell);
    above.cells[..until].iter().rev().find(said).cloned().unwrap_or_default()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::formats::csv;

    fn check(text: &str, options: &Options) -> Found {
        let book = csv::read(text.as_bytes()).unwrap();
        find(&book, Kind::Activities, options).unwrap()
    }

    #[test]
    fn a_header_below_titles_and_above_a_second_language_is_found() {
        let text = "Matrix of the response,,,\n,,,\nOrganization,Sector,District,People reached\nOrganização,Setor,Distrito,Pessoas alcançadas\nA,WASH,Buzi,12\n";
        let found = check(text, &Options::default());
        assert_eq!((found.header_row, found.hxl_row, found.first_row), (Some(3), None, 5));
        assert_eq!(found.heads[1].header, "Sector");
        assert_eq!(found.heads[1].others, ["Setor"]);
    }

    #[test]
    fn tags_are_found_with_and_without_a_header() {
        let found = check("Who,What\n#org+name,#sector\nA,WASH\n", &Options::default());
        assert_eq!((found.header_row, found.hxl_row, found.first_row), (Some(1), Some(2), 3));
        let found = check("#org+name,Name,#adm1+code\nA,WASH,X\n", &Options::default());
        assert_eq!((found.header_row, found.hxl_row, found.first_row), (None, Some(1), 2));
        assert_eq!(found.heads[1].header, "Name");
    }

    #[test]
    fn the_sender_can_name_the_header_row() {
        let options = Options { header_row: Some(2), ..Options::default() };
        let found = check("Organization,Sector\nfoo,bar\nA,WASH\n", &options);
        assert_eq!((found.header_row, found.first_row), (Some(2), 3));
        assert_eq!(found.heads[0].header, "foo");
    }

    #[test]
    fn sheets_with_the_same_headers_that_stay_out_are_named() {
        let sheet = |name: &str, text: &'static str| {
            let mut sheet = csv::read(text.as_bytes()).unwrap().sheets.remove(0);
            sheet.name = name.to_owned();
            sheet
        };
        let mut book = csv::read(b"Organization,Sector,Reached\nA,WASH,1\nB,WASH,2\n").unwrap();
        book.sheets[0].name = "Jan".to_owned();
        book.sheets.push(sheet("Feb", "Organization,Sector,Reached\nA,WASH,1\n"));
        book.sheets.push(sheet("Lists", "Organization,Acronym,Type\nA,B,C\n"));
        let found = find(&book, Kind::Activities, &Options::default()).unwrap();
        assert_eq!(found.alike, [("Feb".to_owned(), 1)]);
        let said = found.left_out().unwrap();
        assert!(said.contains("\"Feb\" (1 row) has the same headers"), "{said}");
        let named = Options { sheet: Some("Feb".to_owned()), ..Options::default() };
        assert_eq!(find(&book, Kind::Activities, &named).unwrap().left_out(), None);
    }

    #[test]
    fn a_table_of_something_else_is_refused() {
        let book = csv::read(b"colour,shape\nred,round\n").unwrap();
        let refusal = find(&book, Kind::Activities, &Options::default()).unwrap_err();
        assert!(refusal.0.contains("No table of activities"), "{refusal}");
    }
}
