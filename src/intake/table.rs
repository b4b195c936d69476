//! Where in a workbook the table is: any sheet, the header in any row, titles and groups above it,
//! headers in two languages, HXL tags with or without a header. The choice is explained.

use std::collections::HashSet;
use std::ops::ControlFlow;

pub mod bands;
mod header;
mod heads;
mod levels;
pub mod numbering;
mod repeats;
pub mod strays;
mod summary;
pub mod totals;

use self::header::in_sheet;
use super::columns::Head;
use super::figures::{self, Figure, Measure};
use super::headers::words;
use super::report::SheetReport;
use super::returned::is_own;
use super::tags::of_tag;
use super::vocabulary::{self, StrayWord, normalise};
use super::{Field, Kind, Options, Unreadable};
use crate::formats::sheet::{Cell, Sheet, Workbook};

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
    /// Other sheets that have the same headers and stay out: their names, and how many rows.
    pub alike: Vec<(String, usize)>,
    /// Those are read too.
    every_sheet: bool,
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
                "Sheet {text} has the same headers and is not read: name it (--sheet) to read it by itself, or have each read (--every-sheet)."
            ),
            false => format!(
                "The sheets {text} have the same headers and are not read: name one at a time (--sheet) to read it by itself, or have each read (--every-sheet)."
            ),
        })
    }
}

impl Found {
    /// The sheets with something in them that are not read, where all that are alike are.
    pub fn not_alike(&self) -> Option<String> {
        if !self.every_sheet {
            return None;
        }
        let others = self.sheets.iter().filter(|one| !one.chosen && !one.alike);
        let others = others.filter(|one| one.rows != Some(0));
        let named: Vec<String> =
            others.map(|one| format!("\"{}\" ({})", one.name, one.reason)).collect();
        (!named.is_empty()).then(|| {
            let more = named.len().saturating_sub(ALIKE_NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let named = named[..named.len().min(ALIKE_NAMED)].join(", ");
            format!("Other sheets that are not read: {named}{more}.")
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
        let mut seen =
            SheetReport { name: sheet.name.clone(), rows: sheet.rows(), ..SheetReport::default() };
        if options
            .sheet
            .as_ref()
            .is_some_and(|name| !name.trim().eq_ignore_ascii_case(sheet.name.trim()))
        {
            seen.reason = "you named another sheet".to_owned();
            sheets.push(seen);
            // Whether it is like the one that was named is known nevertheless.
            let plain = Options { header_row: None, ..options.clone() };
            if let Ok(top) = top_of(sheet)
                && summary::of(&top).is_none()
                && let Some(found) = in_sheet(sheet, &top, kind, &plain)
                && has_decisive(kind, &found.heads)
            {
                tables.push((position, found.first_row, names_of(&found.heads)));
            }
            continue;
        }
        let top = top_of(sheet)?;
        // Where each sheet is read, their sum would count again.
        let is_sum = || options.every_sheet && options.sheet.is_none() && book.sheets.len() > 1;
        let sum = || (is_sum() && summary::names_sum(&sheet.name)).then_some("the sum of others");
        let made_of = summary::of(&top).or_else(sum);
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
    found.every_sheet = options.every_sheet && options.sheet.is_none();
    let own = names_of(&found.heads);
    for (position, first_row, names) in tables {
        let common = own.intersection(&names).count();
        if position != found.sheet && common * 5 >= own.len().max(names.len()) * 3 && common > 1 {
            let sheet = &book.sheets[position];
            if options.sheet.is_some() {
                found.sheets[position].alike =
                    sheet.rows().is_none_or(|rows| rows >= first_row as usize);
                continue;
            }
            let rows = rows_below(sheet, first_row)?;
            found.sheets[position].alike = rows > 0;
            if rows > 0 && !options.every_sheet {
                found.alike.push((sheet.name.clone(), rows));
            }
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
        weight *= 0.25;
    }
    // A sheet that shows how to fill in another one.
    if vocabulary::stray_word(&sheet.name) == Some(StrayWord::Example) {
        weight *= 0.25;
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
    }) || groups_count(kind, heads)
}

/// Whether groups over columns say what makes a table of people, `PIN` over `Male` and `Female`, and
/// all of them are understood. What stands over the first column as well is the title.
fn groups_count(kind: Kind, heads: &[Head]) -> bool {
    let title = heads.first().map_or("", |head| &head.group);
    let is = |field| {
        let needs = matches!(field, Field::InNeed | Field::Affected | Field::Targeted);
        kind == Kind::Needs && needs || kind == Kind::Population && field == Field::Population
    };
    let figure = |text: &String| figures::of_header_in(kind, text);
    let below = heads.iter().filter(|head| !head.group.is_empty() && head.group != title);
    let below = below.filter(|head| figure(&head.header).is_some());
    let said: Option<Vec<Vec<Figure>>> =
        below.map(|head| head.levels.iter().chain([&head.group]).map(figure).collect()).collect();
    let field = |figure: &Figure| figure.field(kind, None);
    said.is_some_and(|said| said.iter().flatten().filter_map(field).any(is))
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
        book.sheets.push(sheet("Mar", "Organization,Sector,Reached\n"));
        book.sheets.push(sheet("Lists", "Organization,Acronym,Type\nA,B,C\n"));
        let found = find(&book, Kind::Activities, &Options::default()).unwrap();
        assert_eq!(found.alike, [("Feb".to_owned(), 1)]);
        let said = found.left_out().unwrap();
        assert!(said.contains("\"Feb\" (1 row) has the same headers"), "{said}");
        let alike: Vec<bool> = found.sheets.iter().map(|sheet| sheet.alike).collect();
        assert_eq!(alike, [false, true, false, false], "one without rows keeps nothing out");
        let every = Options { every_sheet: true, ..Options::default() };
        let every = find(&book, Kind::Activities, &every).unwrap();
        assert!(every.left_out().is_none() && every.sheets[1].alike);
        book.sheets[0].name = "Total 2026".to_owned();
        let options = Options { every_sheet: true, ..Options::default() };
        let every = find(&book, Kind::Activities, &options).unwrap();
        assert!(every.sheet == 1 && !every.sheets[0].alike, "{:?}", every.sheets);
        assert_eq!(every.sheets[0].reason, "is the sum of others");
        book.sheets[0].name = "Jan".to_owned();
        let named = Options { sheet: Some("Feb".to_owned()), ..Options::default() };
        assert_eq!(find(&book, Kind::Activities, &named).unwrap().left_out(), None);
    }

    #[test]
    fn a_hidden_sheet_and_one_of_examples_give_way_to_the_data() {
        let rows = "A,WASH,1\n".repeat(40);
        let long = format!("Organization,Sector,Reached\n{rows}");
        for (name, hidden) in [("Old", true), ("Example", false), ("Exemple: saisie", false)] {
            let mut book = csv::read(long.as_bytes()).unwrap();
            book.sheets[0].name = name.to_owned();
            book.sheets[0].hidden = hidden;
            let data = csv::read(b"Organization,Sector,Reached\nA,WASH,1\n").unwrap().sheets;
            book.sheets.extend(data);
            assert_eq!(find(&book, Kind::Activities, &Options::default()).unwrap().sheet, 1);
        }
    }

    #[test]
    fn a_table_of_something_else_is_refused() {
        let book = csv::read(b"colour,shape\nred,round\n").unwrap();
        let refusal = find(&book, Kind::Activities, &Options::default()).unwrap_err();
        assert!(refusal.0.contains("No table of activities"), "{refusal}");
    }
}
