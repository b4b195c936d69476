//! Reads a table: finds it, maps its columns, then reads its rows in parts side by side and puts
//! them together in the order of the file. What comes out does not depend on the number of cores.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

mod whole;

use self::whole::{Whole, piece};
use super::columns::{self, Mapping};
use super::evidence::{doubts_groups, doubts_parts, evidence};
use super::fields::Field;
use super::partners::Partners;
use super::parts::Part;
use super::places::Gazetteer;
use super::profile::{Profile, profile};
use super::report::{ColumnReport, Recorder, Report};
use super::row::{self, Context, Reading, Row, Said, YEARS};
use super::slice::Months;
use super::table::Found;
use super::table::bands::Bands;
use super::table::strays::Strays;
use super::table::totals::Groups;
use super::values::{self, Dots};
use super::{
    Kind, Options, figures, kinds, merged, preview, remembered, severities, thousands, titles,
    told_by_rows, unused, vocabulary,
};
use crate::domain::words::grouped;
use crate::domain::{Decided, Group, Partner, Snapshot};
use crate::formats::sheet::{Sheet, Workbook, column_letters};
use crate::formats::{Unreadable, sniff};

/// Rows that one thread reads before it takes the next part.
pub const PART_ROWS: u32 = 16_384;
/// Parts that may wait for the one before them.
const WAITING: usize = 4;
/// Examples of each kind of remark in a report.
const EXAMPLES: usize = 5;
/// Columns of formulas without results that are named.
const UNCOMPUTED_NAMED: usize = 8;

/// What reading a table gave.
#[derive(Debug)]
pub struct Read<T> {
    /// What the rows were read as, in their order.
    pub rows: Vec<T>,
    /// What became of the rows, as far as each tells by itself.
    pub recorder: Recorder,
    /// Partners that the rows name, by id.
    pub partners: Vec<Partner>,
}

/// Reads a table of a kind. Not to be called on a thread of the pool that places points: the parts
/// are read by threads of their own, which wait for that pool. `each` is given its rows, each but its exact copies, blank rows and
/// sums, and adds what it reads to the list; a row that it neither warns about nor rejects is
/// accepted.
pub fn read_table<T: Send>(
    kind: Kind,
    file_name: &str,
    bytes: &[u8],
    known: &Snapshot,
    options: &Options,
    each: impl Fn(&mut Row<'_, '_>, &mut Vec<T>) + Sync,
) -> Result<Read<T>, Unreadable> {
    let book = sniff::open(bytes)?;
    let gazetteer = Gazetteer::new(&known.areas, &known.decisions);
    let doubt = || kinds::doubt(kind, &book, &gazetteer, options);
    let (found, options, remembered) = match remembered::find(&book, kind, known, options) {
        Ok(found) => found,
        Err(refusal) => {
            let mut sheets = book.sheets.iter();
            let uncomputed = sheets.find_map(|sheet| without_results(sheet, &[]));
            let said = std::iter::once(refusal.0).chain(doubt()).chain(uncomputed);
            return Err(Unreadable(said.collect::<Vec<String>>().join(" ")));
        }
    };
    let doubt = if remembered.is_none() { doubt() } else { None };
    let named_year = super::needs::cycle::year_in(file_name).filter(|year| YEARS.contains(year));
    let sheet = &book.sheets[found.sheet];
    let above = titles::above(sheet, &found)?;
    let titled = titles::measure(kind, &[&above[..], std::slice::from_ref(&sheet.name)].concat());
    let options = &Options { named_year, titled, ..options };
    if let Some(sentence) = columns::missing(&found.heads, options) {
        return Err(Unreadable::new(sentence));
    }
    let parts = sheet.parts(found.first_row, PART_ROWS)?;
    let mut evidence = evidence(sheet, &found, &gazetteer)?;
    let mut mapping = columns::map(kind, &found.heads, &evidence, options);
    while doubts_groups(sheet, &found, &mapping, &mut evidence)?
        || doubts_parts(sheet, &found, &mapping, &mut evidence)?
    {
        mapping = columns::map(kind, &found.heads, &evidence, options);
    }
    columns::settle_slices(kind, sheet, &found, options, &mut mapping)?;
    told_by_rows::settle(kind, sheet, &found, &mut mapping)?;
    thousands::settle(sheet, &found, known, &mut mapping)?;
    columns::kilometres(&mut mapping);
    severities::settle(sheet, &found, &mut mapping)?;
    let mapped = mapping.column_of.iter().enumerate();
    let mapped = mapped.filter_map(|(at, column)| Some((super::FIELDS[at].field, (*column)?)));
    let of_parts = mapping.parts.iter().map(|part| (part.field, part.column));
    let beside_total = mapping.beside_total.iter().map(|beside| (beside.field, beside.column));
    let further = mapping.further.iter().copied();
    let mapped: Vec<(Field, usize)> =
        mapped.chain(of_parts).chain(beside_total).chain(further).collect();
    if mapped.is_empty() {
        return Err(Unreadable::new(
            "No column of the table is understood: say what the columns are.",
        ));
    }
    let merged = merged::figures(sheet, found.first_row, &mapped)?;
    let mut strays = Strays::of(kind, &found, &mapped);
    let profile = profile(sheet, &parts, &mapped, &mapping.thousands, &strays)?;
    strays.titles.clone_from(&profile.titles);
    let mut bands =
        Bands::of(sheet, found.first_row, &mapped, &strays, &gazetteer, &profile.alone)?;
    strays.titles.extend(bands.numbers());
    let strays = (profile.has_strays || bands.numbers().next().is_some()).then_some(strays);
    unused::note_numbers(&mut mapping, &evidence);
    unused::note_countries(&mut mapping, &evidence, gazetteer.country());
    mapping.remarks.extend(unused::sector(kind, &mapping, options.sector.is_some()));
    let mut report = begin(kind, file_name, &book, &found, mapping.clone(), &profile);
    report.remarks.splice(0..0, doubt);
    report.remarks.extend(carried(&bands, &report.columns));
    let year = options.cycle.and_then(|cycle| cycle.start).map(|day| day.ymd().0);
    let is_dated = is_dated(&mapped, &mapping);
    let months = Months::of_text(&sheet.name).filter(|months| months.count() == 1);
    let mut months = months.map(|months| (months, "as the sheet is called"));
    if months.is_none() && !is_dated && kind == Kind::Activities {
        let (named, remark) = titles::months(&above, file_name);
        months = named;
        report.remarks.extend(remark);
    }
    let months = months.filter(|_| kind == Kind::Activities);
    if kind == Kind::Activities {
        report.remarks.extend(bands.carry_months(is_dated, year.or(named_year)));
        let has_year = |months: Months| months.year.or(year).or(named_year).is_some();
        let is_said = months.is_some_and(|(months, who)| who != titles::FILE && has_year(months));
        report.remarks.extend(unused::sheets(&found, options, is_dated || is_said));
    }
    if let Some(mapping) = remembered {
        remembered::tell(&mut report, mapping);
    }
    report.preview = preview::of_table(&book, &found, &report.columns)?;
    options.progress.begin(u64::from(profile.rows));
    let own = report.columns.iter().filter(|column| super::returned::is_own(&column.header));
    let own = own.map(|column| column.index);
    let width = own.min().unwrap_or(usize::MAX);
    let columns = report.columns.iter().map(|column| column.index);
    let unread = |at: &usize| *at < width && mapped.iter().all(|(_, column)| column != at);
    let fields = by_column(&mapped);
    let said = said(&report.columns, &mapping);
    let people = mapped.iter().filter(|(field, _)| field.counts_people());
    let shares = people.map(|(_, column)| (*column, sheet.shares(*column)));
    let shares = shares.filter(|(_, rows)| !rows.is_empty()).collect();
    let context = Context {
        kind,
        first_row: found.first_row,
        shares,
        never_households: told_by_rows::never_households(&mapping),
        unused: columns.filter(unread).collect(),
        column_of: mapping.column_of,
        groups: Groups::of(kind, width, &fields),
        fields,
        mapped,
        parts: mapping.parts,
        beside_total: mapping.beside_total,
        further: mapping.further,
        merged,
        said,
        of_months: of_months(&report.columns),
        quarters: report
            .column(Field::Start.name())
            .is_some_and(|column| row::has_quarters(&column.header)),
        strays,
        bands: Some(bands).filter(|bands| bands.numbers().next().is_some()),
        other_table: profile.other_table,
        months,
        by_phase: mapping.by_phase,
        unread_severities: mapping.unread_severities,
        question: report
            .column(Field::Status.name())
            .and_then(|column| super::sites::answers::question(&column.header)),
        width,
        styles: profile.styles,
        options,
        decided: Decided::new(&known.decisions),
        year,
        file_year: named_year.filter(|_| year.is_none()),
        days: row::plausible_days(),
    };
    let partners = Partners::new(known, profile.acronyms.clone());
    let mut whole = Whole::new(&context, report, partners, profile.rows as usize);
    let next = AtomicUsize::new(0);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let (send, received) = mpsc::sync_channel(WAITING);
        for _ in 0..cores.min(parts.len()) {
            let (send, next, parts, context, each) = (send.clone(), &next, &parts, &context, &each);
            let partners = Partners::new(known, profile.acronyms.clone());
            let gazetteer = gazetteer.fresh();
            scope.spawn(move || {
                let mut reading = Reading::new(context, gazetteer, partners);
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(part) = parts.get(at) else { break };
                    // Nobody listens any more where an earlier part could not be read.
                    if send.send((at, piece(sheet, part, &mut reading, each))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send);
        // Parts are put together in their order, whichever was ready first.
        let mut waiting = BTreeMap::new();
        for (at, piece) in received {
            waiting.insert(at, piece?);
            while let Some(piece) = waiting.remove(&whole.parts) {
                whole.add(piece);
            }
        }
        Ok(whole.finish())
    })
}

/// Whether a column says when.
fn is_dated(mapped: &[(Field, usize)], mapping: &Mapping) -> bool {
    let says_when = |(field, _): &(Field, usize)| {
        matches!(field, Field::Start | Field::End | Field::Month | Field::Year)
    };
    mapped.iter().any(says_when) || mapping.slices().any(|slice| slice.months.is_some())
}

/// That rows take what a row above them says.
fn carried(bands: &Bands, columns: &[ColumnReport]) -> Option<String> {
    let (field, column) = bands.carried?;
    let title = unused::titles(columns.iter().filter(|one| one.index == column));
    Some(format!(
        "Column {title} is blank in every row: rows that say nothing but the {} of those below them are read for it.",
        field.words()
    ))
}

/// The field of each column.
fn by_column(mapped: &[(Field, usize)]) -> Vec<Option<Field>> {
    let width = mapped.iter().map(|(_, column)| column + 1).max().unwrap_or(0);
    let mut fields = vec![None; width];
    for (field, column) in mapped {
        fields[*column] = Some(*field);
    }
    fields
}

/// What the headers of figures say that they count, by `Field as usize`.
fn said(columns: &[ColumnReport], mapping: &Mapping) -> Vec<Said> {
    let mut said = vec![Said::Nothing; Field::COUNT];
    let other = |column: &ColumnReport| {
        column.field.is_none() && vocabulary::names_quantity(&column.header)
    };
    let has_quantities = columns.iter().any(other);
    let of_all = |column: &&ColumnReport| {
        let of_group = |part: &Part| part.column == column.index && part.whom.group != Group::ALL;
        !mapping.parts.iter().any(of_group)
    };
    for column in columns.iter().filter(of_all) {
        let Some(field) = column.field.as_deref().and_then(Field::from_name) else { continue };
        let names_people = || figures::of_header(&column.header).is_some_and(|said| said.people);
        said[field as usize] = match () {
            _ if vocabulary::is_bare_quantity(&column.header) => Said::Whatever,
            _ if names_people() && has_quantities => Said::PeopleNotUnits,
            _ if names_people() => Said::People,
            _ => Said::Nothing,
        };
    }
    said
}

/// Fields of days whose headers say that months stand below, and not how days are written.
fn of_months(columns: &[ColumnReport]) -> Vec<Field> {
    static MONTHS: vocabulary::List = vocabulary::list("column of months");
    static DAYS: vocabulary::List = vocabulary::list("column of days");
    let says = |column: &&ColumnReport| {
        let header = vocabulary::normalise(&column.header);
        let has = |words: &[&str]| header.split(' ').any(|word| words.contains(&word));
        has(&MONTHS) && !has(&DAYS)
    };
    let fields = columns.iter().filter(says);
    let fields = fields.filter_map(|column| Field::from_name(column.field.as_deref()?));
    fields.filter(|field| matches!(field, Field::Start | Field::End | Field::Month)).collect()
}

/// That cells of a sheet are formulas without results, and how many of which columns.
fn without_results(sheet: &Sheet<'_>, columns: &[ColumnReport]) -> Option<String> {
    let title = |column: usize| {
        let report = columns.iter().find(|report| report.index == column);
        report.map_or_else(|| format!("column {}", column_letters(column)), ColumnReport::title)
    };
    let uncomputed = sheet.uncomputed();
    let cells: u32 = uncomputed.iter().map(|(_, count)| *count).sum();
    let named = uncomputed.iter().take(UNCOMPUTED_NAMED);
    let named = named.map(|(column, count)| format!("{} ({})", title(*column), grouped(*count)));
    let more = uncomputed.len().saturating_sub(UNCOMPUTED_NAMED);
    let more = (more > 0).then(|| format!("{more} more columns"));
    let named: Vec<String> = named.chain(more).collect();
    let (are, they) = if cells == 1 {
        ("cell is a formula without its result", "it is")
    } else {
        ("cells are formulas without their results", "they are")
    };
    (cells > 0).then(|| {
        format!(
            "{} {are}, in {}: {they} read as empty. Open the file in a spreadsheet program, save it there and send it again.",
            grouped(cells),
            named.join(", ")
        )
    })
}

fn begin(
    kind: Kind,
    file_name: &str,
    book: &Workbook<'_>,
    found: &Found,
    mapping: Mapping,
    profile: &Profile,
) -> Report {
    let format = match book.note.as_str() {
        "" => book.format.to_owned(),
        note => format!("{}, {note}", book.format),
    };
    let mixed = profile.mixed.iter().map(|(field, by_most)| {
        let order = match profile.styles[*field as usize].order {
            values::Order::DayFirst => "day first",
            values::Order::MonthFirst => "month first",
        };
        let decides = match by_most {
            true => format!("most decide: {order}"),
            false => format!("neither is clearly the rule: read {order}, as most of the world writes"),
        };
        format!(
            "The dates in {} are written both day first and month first; {decides}. The others are not read.",
            field.words()
        )
    });
    let dates = [Field::Start, Field::End].into_iter().filter_map(|field| {
        let column =
            mapping.columns.iter().find(|one| one.field.as_deref() == Some(field.name()))?;
        Some((column, profile.styles[field as usize]))
    });
    let dates: Vec<_> = dates.filter(|_| kind == Kind::Activities).collect();
    // What the other column says of the order holds for both.
    let is_settled =
        |order| dates.iter().any(|(_, other)| other.settled_order && other.order == order);
    let either = dates.iter().filter(|(_, style)| style.either_order && !is_settled(style.order));
    let either = either.map(|(column, _)| {
        format!(
            "Which comes first in the dates of column {} ({}), day or month, no date of it says: read day first, as most of the world writes. If that is wrong, write them as 2026-07-01.",
            column.letters,
            column.title()
        )
    });
    let orders = match dates[..] {
        [(first, one), (second, other)] if one.order != other.order => Some(format!(
            "Columns {} ({}) and {} ({}) hold dates written in different orders of day and month, as far as their values say: write them as 2026-07-01.",
            first.letters,
            first.title(),
            second.letters,
            second.title()
        )),
        _ => None,
    };
    let other_table = profile.other_table.map(|row| {
        format!(
            "Row {row} has headers of another table: the rows below it are not read. Send that table by itself, or name its header row (--header-row {row})."
        )
    });
    let either: Vec<String> = either.chain(orders).chain(other_table).collect();
    let dots = mapping.columns.iter().filter_map(|column| {
        let field = Field::from_name(column.field.as_deref()?)?;
        (profile.styles[field as usize].dots == Dots::Thousands).then(|| {
            format!(
                "The dots in column {} ({}) are thousands signs: every one has three digits behind it, so 1.500 is read as 1500.",
                column.letters,
                column.title()
            )
        })
    });
    let uncomputed = without_results(&book.sheets[found.sheet], &mapping.columns);
    let left_out = found.left_out().into_iter().chain(found.not_alike());
    let left_out = left_out.chain(unused::projected(&mapping.columns));
    let left_out = left_out.chain(unused::figures(kind, &mapping.columns));
    let left_out = left_out.chain(unused::dates(kind, &mapping));
    let remarks = left_out
        .chain(uncomputed)
        .chain(mixed)
        .chain(either)
        .chain(dots)
        .chain(mapping.remarks)
        .collect();
    let personal = mapping.columns.iter().filter(|column| column.personal);
    Report {
        file: file_name.to_owned(),
        kind: kind.name().to_owned(),
        format,
        sheet: book.sheets[found.sheet].name.clone(),
        header_row: found.header_row,
        hxl_row: found.hxl_row,
        first_row: found.first_row,
        choice: found.choice.clone(),
        sheets: found.sheets.clone(),
        remarks,
        dropped_personal: personal.map(ColumnReport::title).collect(),
        columns: mapping.columns,
        ..Report::default()
    }
}
