//! Tables of areas: the gazetteer that comes with boundaries, or the list of codes and names in a
//! corner of a workbook. Its rows become areas without polygons, which hold rows and lend their
//! names; boundaries imported later give them their shape.

use std::ops::ControlFlow;

use super::areas::names::{Meaning, meaning};
use super::headers::words;
use super::table::totals::is_total_row;
use super::tags::is_tag;
use super::{Field, Kind, Options, Unreadable};
use crate::formats::features::{Feature, Geometry, Layer, Property};
use crate::formats::sheet::{Cell, Sheet, SheetRow, column_letters};
use crate::formats::sniff;

/// Rows of a sheet that are searched for its header.
const SEARCHED_ROWS: usize = 50;
/// Areas of one table: every village of a large country, with room to spare.
const ROWS: usize = 1_000_000;

/// How a table of areas was found; its rows are features without geometry.
#[derive(Debug)]
pub(super) struct Table {
    /// Row number of each feature.
    pub rows: Vec<u32>,
    /// Columns known by words that boundary files do not use.
    pub known: Vec<(String, Field)>,
    /// The level of every area, where only the header of the names says it.
    pub level: Option<u8>,
    pub format: String,
    pub header_row: Option<u32>,
    pub hxl_row: Option<u32>,
    pub choice: String,
}

/// Where the table of one sheet is.
struct Found {
    sheet: usize,
    header_row: Option<u32>,
    hxl_row: Option<u32>,
    first_row: u32,
    columns: Vec<(usize, String, Option<Field>)>,
    level: Option<u8>,
    /// The deepest level with codes, then the number of columns that mean something.
    rank: (u8, usize),
}

/// Reads the table of areas of a workbook.
pub(super) fn read(bytes: &[u8], options: &Options) -> Result<(Layer, Table), Unreadable> {
    let book = sniff::open(bytes)?;
    let named = |sheet: &Sheet<'_>| {
        let wanted = options.sheet.as_ref();
        wanted.is_none_or(|name| name.trim().eq_ignore_ascii_case(sheet.name.trim()))
    };
    let mut best: Option<Found> = None;
    let mut others: Vec<(u8, &str)> = Vec::new();
    for (position, sheet) in book.sheets.iter().enumerate().filter(|(_, sheet)| named(sheet)) {
        let Some(found) = find(position, sheet, options)? else { continue };
        others.push((found.rank.0, sheet.name.as_str()));
        if best.as_ref().is_none_or(|best| found.rank > best.rank) {
            best = Some(found);
        }
    }
    let Some(found) = best else {
        return Err(Unreadable::new(match &options.sheet {
            Some(name) if !book.sheets.iter().any(named) => {
                let names: Vec<_> = book.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
                format!("There is no sheet \"{name}\": the file has {}.", names.join(", "))
            }
            _ => "No table of areas was found: no header names a P-code and only places; name the sheet, the header row, or what the columns are.".to_owned(),
        }));
    };
    let sheet = &book.sheets[found.sheet];
    let level = found.rank.0;
    let mut choice = match found.header_row.or(found.hxl_row) {
        Some(row) => format!("row {row} names codes and names of areas"),
        None => String::new(),
    };
    if book.sheets.len() > 1 {
        choice =
            format!("of {} sheets, \"{}\" has the finest; {choice}", book.sheets.len(), sheet.name);
        let others: Vec<String> = others
            .iter()
            .filter(|(_, name)| *name != sheet.name)
            .map(|(level, name)| format!("\"{name}\" (level {level})"))
            .collect();
        if !others.is_empty() {
            choice.push_str(&format!("; other tables of areas: {}", others.join(", ")));
        }
    }
    let mut table = Table {
        rows: Vec::new(),
        known: Vec::new(),
        level: found.level.filter(|_| level == 0),
        format: match book.note.as_str() {
            "" => book.format.to_owned(),
            note => format!("{}, {note}", book.format),
        },
        header_row: found.header_row,
        hxl_row: found.hxl_row,
        choice,
    };
    let mut layer = Layer { name: sheet.name.clone(), ..Layer::default() };
    let mut columns = Vec::with_capacity(found.columns.len());
    for (at, name, field) in &found.columns {
        table.known.extend(field.map(|field| (name.clone(), field)));
        columns.push((*at, layer.fields.field(name)?));
    }
    let mut too_many = false;
    let width = found.columns.iter().map(|(at, ..)| at + 1).max().unwrap_or(0);
    sheet.visit(found.first_row, |row| {
        if row.is_blank() || is_total_row(row, width, &[]) {
            return ControlFlow::Continue(());
        }
        let cells = columns.iter();
        let properties = cells.map(|(at, field)| (*field, property(row.cell(*at)))).collect();
        layer.features.push(Feature { properties, geometry: Geometry::None });
        table.rows.push(row.number);
        too_many = table.rows.len() > ROWS;
        if too_many { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    leave_other_lists(&mut layer, &found);
    if too_many {
        return Err(Unreadable::new(format!("The table has more than {ROWS} areas.")));
    }
    Ok((layer, table))
}

/// A column of coarser areas that ends long before the finest is a list of its own beside it: it
/// does not say where the areas of its rows lie.
fn leave_other_lists(layer: &mut Layer, found: &Found) {
    let level_of = |name: &str, field: &Option<Field>| match field {
        Some(field) => (1..=4).find(|level| {
            Field::area_code(*level) == Some(*field) || Field::area_name(*level) == Some(*field)
        }),
        None => match meaning(name)? {
            Meaning::Code(level) | Meaning::Name { level, .. } => Some(level),
            _ => None,
        },
    };
    let rows = layer.features.len();
    for (_, name, field) in &found.columns {
        let coarser = level_of(name, field).is_some_and(|level| level < found.rank.0);
        let Some(position) = layer.fields.position(name).filter(|_| coarser) else { continue };
        let filled = layer.features.iter().filter(|feature| {
            feature.property(position).is_some_and(|value| value.text().is_some())
        });
        if filled.count() * 2 < rows {
            for feature in &mut layer.features {
                feature.properties.retain(|(known, _)| *known != position);
            }
        }
    }
}

fn property(cell: Cell<'_>) -> Property {
    match cell {
        Cell::Number(number) => Property::Number(number),
        Cell::Error(_) => Property::Null,
        cell => cell.text().map_or(Property::Null, |text| Property::Text(text.into_owned())),
    }
}

/// One row of text, as it may be a header.
struct Line {
    number: u32,
    cells: Vec<String>,
}

fn find(
    position: usize,
    sheet: &Sheet<'_>,
    options: &Options,
) -> Result<Option<Found>, Unreadable> {
    let mut top: Vec<Line> = Vec::new();
    sheet.visit(1, |row: SheetRow<'_>| {
        if !row.is_blank() {
            let text = |cell: Cell<'_>| cell.text().unwrap_or_default().into_owned();
            top.push(Line { number: row.number, cells: row.cells().map(text).collect() });
        }
        if top.len() < SEARCHED_ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    let is_wanted = |line: &Line| options.header_row.is_none_or(|row| row == line.number);
    let lines = top.iter().enumerate().filter(|(_, line)| is_wanted(line));
    let found = lines.filter_map(|(at, _)| header(position, &top, at, options));
    // Of equal ones the first: rows of data may hold words that headers have.
    Ok(found.reduce(|best, next| if next.rank > best.rank { next } else { best }))
}

/// The table whose header, or whose tags where it has no header, stand in one row.
fn header(position: usize, top: &[Line], at: usize, options: &Options) -> Option<Found> {
    let line = &top[at];
    let is_tags = |line: &Line| line.cells.iter().filter(|cell| is_tag(cell)).count() >= 2;
    let tags =
        if is_tags(line) { Some(line) } else { top.get(at + 1).filter(|next| is_tags(next)) };
    let own = tags.is_some_and(|tags| tags.number == line.number);
    let width = line.cells.len().max(tags.map_or(0, |tags| tags.cells.len()));
    let text = |line: &Line, at: usize| line.cells.get(at).map(|cell| cell.trim().to_owned());
    let (mut columns, mut filled) = (Vec::new(), 0);
    let (mut deepest, mut has_code, mut named_level) = (0, false, None);
    for column in 0..width {
        let tag = tags.and_then(|tags| text(tags, column)).filter(|tag| is_tag(tag));
        let head = text(line, column).filter(|head| !own && !head.is_empty());
        filled += usize::from(tag.is_some() || head.is_some());
        let asked = options.columns.iter().find(|(wanted, _)| {
            let is = |name: &String| name.eq_ignore_ascii_case(wanted.trim());
            tag.as_ref().is_some_and(is)
                || head.as_ref().is_some_and(is)
                || wanted.eq_ignore_ascii_case(&column_letters(column))
        });
        if let Some((wanted, _)) = asked {
            columns.push((column, wanted.clone(), None));
            has_code = true;
            continue;
        }
        let known =
            [&tag, &head].into_iter().flatten().find_map(|name| Some((name, meaning(name)?)));
        if let Some((name, meaning)) = known {
            match meaning {
                Meaning::Code(level) => (deepest, has_code) = (deepest.max(level), true),
                Meaning::OwnCode => has_code = true,
                _ => {}
            }
            columns.push((column, name.clone(), None));
            continue;
        }
        let Some(head) = head else { continue };
        if let Some((field, confidence)) = words(Kind::Areas, &head)
            && confidence >= 0.7
        {
            for level in 1..=4 {
                if Field::area_code(level) == Some(field) {
                    (deepest, has_code) = (deepest.max(level), true);
                }
                if Field::area_name(level) == Some(field) {
                    named_level = named_level.max(Some(level));
                }
            }
            has_code |= field == Field::Pcode;
            columns.push((column, head, Some(field)));
        } else if options.sheet.is_none()
            && let Some((Field::Partner | Field::Sector, _)) = words(Kind::Activities, &head)
        {
            // What is done in places is no list of places.
            return None;
        }
    }
    if !has_code || columns.len() < 2 || columns.len() * 5 < filled {
        return None;
    }
    Some(Found {
        sheet: position,
        header_row: (!own).then_some(line.number),
        hxl_row: tags.map(|tags| tags.number),
        first_row: tags.unwrap_or(line).number + 1,
        rank: (deepest, columns.len()),
        columns,
        level: named_level,
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::super::areas;
    use super::*;
    use crate::domain::{Area, AreaTree};

    fn check(text: &str, options: &Options) -> (Vec<(String, u8, Option<String>)>, u32) {
        let none = AreaTree::build(&"op".into(), &"Operation".into(), Vec::new());
        let (areas, report) = areas("areas.csv", text.as_bytes(), &none, options).unwrap();
        let plain = areas.iter().map(|area| {
            (
                format!("{} {}", area.pcode, area.name),
                area.level,
                area.parent.as_deref().map(str::to_owned),
            )
        });
        (plain.collect(), report.counts.rejected)
    }

    fn area(text: &str, level: u8, parent: Option<&str>) -> (String, u8, Option<String>) {
        (text.to_owned(), level, parent.map(str::to_owned))
    }

    #[test]
    fn a_gazetteer_gives_its_areas_and_the_coarser_ones_it_names() {
        let text = "List of districts,,,\nADM2_EN,ADM2_PCODE,ADM1_EN,ADM1_PCODE\nKhash,AF1705,Badakhshan,AF17\n";
        let (areas, _) = check(text, &Options::default());
        assert_eq!(
            areas,
            [area("AF1705 Khash", 2, Some("AF17")), area("AF17 Badakhshan", 1, None)]
        );
    }

    #[test]
    fn a_list_of_codes_and_names_says_its_level_by_the_word_for_it() {
        let text =
            "P_Code,District,Total\nSO2102,Adan Yabaal,3\nSO2302,Afgooye,4\n,Grand Total,7\n";
        let (areas, rejected) = check(text, &Options::default());
        assert_eq!(areas, [area("SO2102 Adan Yabaal", 2, None), area("SO2302 Afgooye", 2, None)]);
        assert_eq!(rejected, 0);
    }

    #[test]
    fn rows_that_say_level_and_parent_are_read_with_tags_or_without() {
        let text = "code,title,lev\n#adm1+code,#adm1+name,\nA1,North,1\n";
        assert_eq!(check(text, &Options::default()).0, [area("A1 North", 1, None)]);
        let text = "pcode,name,level,parent\nA1,North,1,\nA101,Hill,2,A1\n";
        let (areas, _) = check(text, &Options::default());
        assert_eq!(areas, [area("A1 North", 1, None), area("A101 Hill", 2, Some("A1"))]);
    }

    #[test]
    fn a_table_of_what_is_done_in_places_is_no_gazetteer() {
        let none = AreaTree::build(&"op".into(), &"Operation".into(), Vec::new());
        let text = "Organisation,Sector,ADM1_PCODE\nA,WASH,AF17\n";
        let refused = areas("a.csv", text.as_bytes(), &none, &Options::default()).unwrap_err();
        assert!(refused.0.contains("No table of areas"), "{refused}");
    }

    #[test]
    fn rows_about_areas_are_no_list_of_areas() {
        let none = AreaTree::build(&"op".into(), &"Operation".into(), Vec::new());
        let text = "adm1_pcode,adm1_name,item\nA1,North,a\nA1,North,b\nA1,North,c\n";
        let refused = areas("a.csv", text.as_bytes(), &none, &Options::default()).unwrap_err();
        assert!(refused.0.starts_with("Only 1 of the 3 rows"), "{refused}");
    }

    #[test]
    fn a_list_of_areas_keeps_the_polygons_that_are_known() {
        let shape = geo::Rect::new((0., 0.), (1., 1.)).to_polygon();
        let drawn = Area {
            pcode: "A1".into(),
            name: "North".into(),
            level: 1,
            geometry: Some(std::sync::Arc::new(shape.into())),
            ..Area::default()
        };
        let known = AreaTree::build(&"op".into(), &"Operation".into(), vec![drawn.clone()]);
        let text = "adm1_pcode,adm1_name\nA1,North\nA2,South\n";
        let (found, _) = areas("a.csv", text.as_bytes(), &known, &Options::default()).unwrap();
        assert_eq!(found[0].geometry, drawn.geometry);
        assert_eq!(found[1].geometry, None);
    }
}
