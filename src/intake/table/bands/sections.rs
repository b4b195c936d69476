//! Organisations as titles of the rows below them, in the column of organisations, which is blank in
//! every row of data.

use std::ops::ControlFlow;

use super::{is_header, is_place};
use crate::formats::Unreadable;
use crate::formats::sheet::Sheet;
use crate::intake::Kind;
use crate::intake::fields::Field;
use crate::intake::headers::words;
use crate::intake::places::Gazetteer;
use crate::intake::profile::Alone;
use crate::intake::slice::Months;
use crate::intake::table::strays::{Known, Strays, is_note};
use crate::intake::table::totals;
use crate::intake::vocabulary;

/// With as many rows of one text not all of them are known.
const ALL: usize = 1000;

/// A column, and what each row of one text names.
type Named = (usize, Vec<Option<String>>);

/// The column, and the organisation that each row of one text names; `None` where they name something
/// else, or a row of data names its own.
pub(super) fn organisations(
    sheet: &Sheet<'_>,
    first_row: u32,
    mapped: &[(Field, usize)],
    strays: &Strays,
    gazetteer: &Gazetteer<'_>,
    alone: &[Alone],
) -> Result<Option<Named>, Unreadable> {
    let of = |wanted: Field| mapped.iter().find(|(field, _)| *field == wanted);
    let others = [Field::PartnerAcronym, Field::ImplementingPartner];
    let Some((_, key)) = of(Field::Partner).copied() else { return Ok(None) };
    if alone.len() >= ALL || others.into_iter().any(|field| of(field).is_some()) {
        return Ok(None);
    }
    let mut names = Vec::with_capacity(alone.len());
    for one in alone {
        let is_name = one.column == key && !is_note(&one.text);
        match is_name.then(|| name(&one.text, gazetteer)) {
            Some(None) => return Ok(None),
            named => names.push(named.flatten()),
        }
    }
    if names.iter().all(Option::is_none) {
        return Ok(None);
    }
    let (mut known, mut is_open, mut data) = (Known::default(), true, 0);
    let mut fields = vec![None; mapped.iter().map(|(_, at)| at + 1).max().unwrap_or(0)];
    mapped.iter().for_each(|(field, at)| fields[*at] = Some(*field));
    sheet.visit(first_row, |row| {
        let alone = strays.title_of(row);
        let is_data = !row.is_blank()
            && alone.is_none()
            && strays.of_row(row, alone, &mut known).is_none()
            && !totals::is_total_row(row, usize::MAX, &fields);
        data += usize::from(is_data);
        is_open = !is_data || row.cell(key).is_blank();
        if is_open { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok((is_open && data > 0).then_some((key, names)))
}

/// The organisation that a text names; `None` where it says something else.
fn name(text: &str, gazetteer: &Gazetteer<'_>) -> Option<String> {
    let text = text.trim();
    let said = match text.split_once(':') {
        Some((before, said)) if is_header(before) => {
            let (field, _) = words(Kind::Activities, before)?;
            Some(said.trim()).filter(|_| field == Field::Partner)?
        }
        _ => text,
    };
    let is_other = vocabulary::sector(said).is_some()
        || Months::of_text(said).is_some()
        || is_place(gazetteer, said, None);
    (!is_other).then(|| said.to_owned())
}
