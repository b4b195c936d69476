//! Which row of a sheet is the header: by the words that are known, HXL tags, or the sender's word.

use super::heads::{are_codes, heads_of};
use super::levels::{LEVELS, below_groups};
use super::repeats::once;
use super::{Found, Top, groups_count};
use crate::domain::Sex;
use crate::formats::sheet::{Merge, Sheet};
use crate::intake::figures::Measure;
use crate::intake::headers::{is_bare_code, words};
use crate::intake::tags::{is_tag, of_tag};
use crate::intake::{Field, Kind, Options, figures};

pub(super) fn in_sheet(
    sheet: &Sheet<'_>,
    top: &[Top],
    kind: Kind,
    options: &Options,
) -> Option<Found> {
    if top.first().is_some_and(|row| row.number == 0) {
        return of_layer(sheet, top, kind, options);
    }
    let tags = top.iter().position(is_tag_row);
    let as_it_is = top;
    let top = &once(sheet, top, kind)[..];
    if let Some(wanted) = options.header_row {
        let at = top.iter().position(|row| row.number == wanted)?;
        return Some(told(sheet, top, at, kind));
    }
    if let Some(at) = tags {
        return with_tags(sheet, as_it_is, at, kind);
    }
    let scores: Vec<f32> = top.iter().map(|row| score(row, kind)).collect();
    let (at, best) = scores
        .iter()
        .copied()
        .enumerate()
        .reduce(|best, next| if next.1 > best.1 { next } else { best })?;
    let at = first_of_tables(top, &scores, kind, at, best);
    let at = above_groups(sheet, top, kind, at);
    let best = scores[at];
    let parts = kind == Kind::Population && counts_everybody(&top[at]);
    let codes = are_codes_below(&top[at..], kind);
    let fields = known_fields(&top[at], kind) + usize::from(parts) + usize::from(codes);
    let told = options.columns.len();
    let only_places = !parts && only_places(&top[at], kind);
    if fields + told < 2 {
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
    // Groups over several columns, with what each column is below: this row, or one behind it.
    let at = at - usize::from(at > 0 && stands_below_groups(sheet, &top[at - 1..]));
    last = (last + below_groups(sheet, &top[last..])).max(at + below_groups(sheet, &top[at..]));
    let heads = heads_of(kind, sheet, top, at, last, None);
    if kind != Kind::Areas && told == 0 && only_places && !groups_count(kind, &heads) {
        return None;
    }
    let choice = format!("row {} has {fields} known headers", top[at].number);
    let first_row = top[last].number + 1;
    let header_row = Some(top[at].number);
    Some(Found { header_row, first_row, heads, choice, score: best, ..Found::default() })
}

/// The row of the labels, where the row with the best words has only what stands below groups.
fn above_groups(sheet: &Sheet<'_>, top: &[Top], kind: Kind, at: usize) -> usize {
    let reaches = |first: &usize| {
        known_fields(&top[*first], kind) >= 2 && first + below_groups(sheet, &top[*first..]) >= at
    };
    let mut above = at.saturating_sub(LEVELS - 1)..at;
    let is_below = known_fields(&top[at], kind) == 0;
    above.find(|first| is_below && reaches(first)).unwrap_or(at)
}

/// Whether the first row has groups, with blanks behind them, of the one below it.
fn stands_below_groups(sheet: &Sheet<'_>, rows: &[Top]) -> bool {
    let is_wide =
        |merge: &Merge| merge.rows.0 == rows[0].number && merge.columns.0 < merge.columns.1;
    !sheet.merges.iter().any(is_wide) && below_groups(sheet, rows) > 0
}

/// The header of the first of several tables of the same kind, one below the other: the last may have
/// the better words. A form's block of its own above the table has other columns.
fn first_of_tables(top: &[Top], scores: &[f32], kind: Kind, at: usize, best: f32) -> usize {
    let fields = |at: usize| -> Vec<Field> {
        let known = top[at].cells.iter().filter_map(|cell| words(kind, cell));
        known.map(|(field, _)| field).collect()
    };
    let wanted = fields(at);
    let is_first = |first: &usize| {
        let own = fields(*first);
        let shared = own.iter().filter(|field| wanted.contains(field)).count();
        let is_data = |at: usize| {
            scores[at] < 0.5 * best && top[at].numbers > 0 && 2 * top[at].filled() >= own.len()
        };
        scores[*first] >= 0.5 * best
            && shared >= 3
            && 2 * shared > own.len()
            && (first + 1..at).any(is_data)
    };
    (0..at).find(is_first).unwrap_or(at)
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
        heads: heads_of(kind, sheet, top, 0, 0, tags),
        choice: format!("{fields} properties of the layer are known"),
        score: score(names, kind).max(tagged as f32),
        ..Found::default()
    })
}

/// A header row the sender named; tags below it are still tags.
fn told(sheet: &Sheet<'_>, top: &[Top], at: usize, kind: Kind) -> Found {
    let tags = (at..top.len().min(at + 4)).find(|at| is_tag_row(&top[*at]));
    let words = at + below_groups(sheet, &top[at..]);
    let last = tags.unwrap_or(words);
    let heads = heads_of(
        kind,
        sheet,
        top,
        at,
        last.saturating_sub(usize::from(tags.is_some())).max(words),
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
    let heads = heads_of(kind, sheet, top, first, at.saturating_sub(1).max(first), Some(tags));
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

/// At least two different tags, and at least half of the cells that have anything: `#people` over
/// and over is a number sign.
fn is_tag_row(row: &Top) -> bool {
    let filled = row.filled();
    let tags = || row.cells.iter().filter(|cell| is_tag(cell));
    let first = tags().next();
    tags().any(|tag| Some(tag) != first) && tags().count() * 2 >= filled
}

/// Whether codes of areas stand below a header that says codes and not which, in a table of figures
/// of places.
fn are_codes_below(header: &[Top], kind: Kind) -> bool {
    let Some((names, below)) = header.split_first() else { return false };
    let says = |(at, cell): (usize, &String)| is_bare_code(cell) && are_codes(below, at);
    matches!(kind, Kind::Needs | Kind::Population)
        && names.cells.iter().enumerate().any(says)
        && !names_work(names)
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
    let mut best: Vec<(Field, f32)> = Vec::new();
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

/// Whether columns count both sexes, and none says who did what for them.
fn counts_everybody(row: &Top) -> bool {
    let is_other = |cell: &String| {
        let measure = figures::of_header(cell).and_then(|figure| figure.measure);
        measure.is_some_and(|measure| measure != Measure::Population)
            || words(Kind::Activities, cell).is_some_and(|(field, _)| field == Field::Sector)
    };
    let counts = |sex: Sex| {
        let mut figures = row.cells.iter().filter_map(|cell| figures::of_header(cell));
        figures.any(|figure| figure.group.sex == sex)
    };
    counts(Sex::Female) && counts(Sex::Male) && !names_work(row) && !row.cells.iter().any(is_other)
}

/// Whether columns say who works there, or are those of a list of sites.
fn names_work(row: &Top) -> bool {
    let is_work = |(field, _): (Field, f32)| {
        matches!(
            field,
            Field::Partner
                | Field::PartnerAcronym
                | Field::ImplementingPartner
                | Field::Donor
                | Field::ActivityType
                | Field::Latitude
                | Field::Longitude
                | Field::Coordinates
                | Field::SiteId
                | Field::SiteType
        )
    };
    let kinds = [Kind::Activities, Kind::Sites];
    let says = |cell: &String| kinds.iter().any(|kind| words(*kind, cell).is_some_and(is_work));
    row.cells.iter().any(says)
}

fn counts_a_part(cell: &str) -> bool {
    !cell.is_empty() && figures::of_header(cell).is_some_and(|figure| figure.is_part())
}
