//! Columns that say of each row what its figures are: targeted or reached, people or households.
//! Their headers are as vague as `Type` or `Category`; what says it is the values of the whole column.
//! They say it of figures whose own headers do not.

use std::ops::ControlFlow;

use super::columns::{Head, Mapping, is_said};
use super::fields::Field;
use super::figures::{self, Measure, Role};
use super::report::ColumnReport;
use super::table::Found;
use super::units::Counted;
use super::vocabulary::{self, FigureWord, List, list, normalise};
use super::{Kind, Unreadable, headers};
use crate::formats::sheet::Sheet;

/// A column of such words has no more different ones.
const TEXTS: usize = 12;
/// A header of which the values may be the unit of the figures.
static OF_UNITS: List = list("column of units");

/// Finds the columns that say what the figures of each row are.
pub(super) fn settle(
    kind: Kind,
    sheet: &Sheet<'_>,
    found: &Found,
    mapping: &mut Mapping,
) -> Result<(), Unreadable> {
    if kind != Kind::Activities {
        return Ok(());
    }
    let has = |fields: [Field; 2]| fields.iter().any(|of| !mapping.columns_of(*of).is_empty());
    let targeted = has([Field::Targeted, Field::HouseholdsTargeted]);
    let reached = has([Field::Reached, Field::HouseholdsReached]);
    // Where both have columns, the columns say it.
    let wants_figure = targeted != reached && mapping.column_of[Field::Figure as usize].is_none();
    let wants_unit = (targeted || reached) && mapping.column_of[Field::Unit as usize].is_none();
    if !wants_figure && !wants_unit {
        return Ok(());
    }
    let columns = mapping.columns.iter().filter(|column| may_say(column));
    let columns: Vec<usize> = columns.map(|column| column.index).collect();
    let texts = texts(sheet, found, columns)?;
    let header = |at: usize| mapping.columns.iter().find(|column| column.index == at);
    let figure = texts.iter().find(|(_, texts)| wants_figure && are_figures(texts));
    let figure = figure.map(|(column, _)| *column);
    let unit = texts.iter().find(|(column, texts)| {
        wants_unit
            && Some(*column) != figure
            && header(*column).is_some_and(|column| names_units(&column.header))
            && are_units(texts)
    });
    let unit = unit.map(|(column, _)| *column);
    let is_said = found.heads.iter().any(|head| is_figure(mapping, head.index) && says_which(head));
    if let Some(column) = figure.filter(|_| is_said) {
        mapping.remarks.extend(header(column).map(overruled));
    } else if let Some(column) = figure {
        give(
            mapping,
            column,
            Field::Figure,
            "its values say which figures are targeted or reached",
        );
    }
    if let Some(column) = unit {
        give(mapping, column, Field::Unit, "its values say which figures are households");
        mapping.unit_by_values = true;
    }
    Ok(())
}

fn overruled(column: &ColumnReport) -> String {
    format!(
        "Column {} ({}) calls some rows targeted and others reached, but the header of the figures says which they are: it is followed. If that is wrong, say that the column is {}.",
        column.letters,
        column.title(),
        Field::Figure.name()
    )
}

/// Whether a column counts people or households that are targeted or reached.
fn is_figure(mapping: &Mapping, column: usize) -> bool {
    let fields =
        [Field::Targeted, Field::Reached, Field::HouseholdsTargeted, Field::HouseholdsReached];
    fields.iter().any(|field| mapping.columns_of(*field).contains(&column))
}

/// Whether what stands above a column of figures says which of the two they are.
fn says_which(head: &Head) -> bool {
    let texts = [&head.header, &head.group, &head.tag].into_iter().chain(&head.others);
    let (mut targeted, mut reached) = (false, false);
    for measure in texts.flat_map(|text| figures::measures(text)) {
        targeted |= measure == Measure::Targeted;
        reached |= measure == Measure::Reached;
    }
    targeted != reached
}

/// Fields of people of which a row cannot say that they are households: their headers name people,
/// or a column beside them counts the households.
pub(super) fn never_households(mapping: &Mapping) -> Vec<Field> {
    let column = |field: Field| {
        let at = mapping.column_of[field as usize]?;
        mapping.columns.iter().find(|column| column.index == at)
    };
    if mapping.column_of[Field::Unit as usize].is_none() {
        return Vec::new();
    }
    let pairs =
        [(Field::Targeted, Field::HouseholdsTargeted), (Field::Reached, Field::HouseholdsReached)];
    let never = |(people, households): &(Field, Field)| {
        let named = column(*people).is_some_and(|column| names_people(&column.header));
        let beside = !mapping.columns_of(*households).is_empty();
        if mapping.unit_by_values { named || beside } else { named && beside }
    };
    pairs.into_iter().filter(never).map(|(people, _)| people).collect()
}

/// Whether a header names people by a word that is not said of households as well, as
/// beneficiaries are.
fn names_people(header: &str) -> bool {
    let words = normalise(&figures::signs_to_words(header));
    let is = |word: &str| {
        let people = figures::role_of(word) == Some(Role::People)
            || vocabulary::unit_code(word) == Some("individuals");
        people && !word.starts_with("benef") && !word.starts_with("مستفيد")
    };
    words.split(' ').any(is)
}

/// Whether a column is nothing else for sure.
fn may_say(column: &ColumnReport) -> bool {
    let vague = [Field::ActivityType, Field::Description, Field::PopulationGroup, Field::Modality];
    let field = column.field.as_deref().and_then(Field::from_name);
    let said = headers::lookup(Kind::Activities, &column.header);
    let names_status = said.iter().any(|(field, _)| *field == Field::Status);
    !is_said(&column.reason)
        && column.group.is_empty()
        && !column.personal
        && !super::returned::is_own(&column.header)
        && field
            .is_none_or(|field| vague.contains(&field) || field == Field::Status && !names_status)
}

/// The different texts of columns that have few, all of which may say what figures are.
fn texts(
    sheet: &Sheet<'_>,
    found: &Found,
    columns: Vec<usize>,
) -> Result<Vec<(usize, Vec<String>)>, Unreadable> {
    let mut open: Vec<(usize, Vec<String>)> =
        columns.into_iter().map(|column| (column, Vec::new())).collect();
    sheet.visit(found.first_row, |row| {
        open.retain_mut(|(column, texts)| {
            if let Some(text) = row.cell(*column).text()
                && !texts.iter().any(|known| **known == *text)
            {
                let may_say =
                    vocabulary::figure_word(&text).is_some() || vocabulary::unit(&text).is_some();
                texts.push(text.into_owned());
                return may_say && texts.len() <= TEXTS;
            }
            true
        });
        if open.is_empty() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(open)
}

/// Whether all texts are words of figures, and not all of the same.
fn are_figures(texts: &[String]) -> bool {
    let words: Option<Vec<FigureWord>> =
        texts.iter().map(|text| vocabulary::figure_word(text)).collect();
    words.is_some_and(|words| {
        words.iter().any(|word| *word != words[0])
            && words.iter().any(|word| *word != FigureWord::Other)
    })
}

/// Whether all texts are people or households, and some are households.
fn are_units(texts: &[String]) -> bool {
    let units: Vec<Option<Counted>> = texts.iter().map(|text| vocabulary::unit(text)).collect();
    let known = |unit: &Option<Counted>| unit.is_some_and(|unit| unit != Counted::Things);
    units.iter().all(known) && units.contains(&Some(Counted::Households))
}

fn names_units(header: &str) -> bool {
    normalise(header).split(' ').any(|word| OF_UNITS.contains(&word))
}

fn give(mapping: &mut Mapping, column: usize, field: Field, because: &str) {
    for of in &mut mapping.column_of {
        of.take_if(|of| *of == column);
    }
    mapping.column_of[field as usize] = Some(column);
    if let Some(report) = mapping.columns.iter_mut().find(|report| report.index == column) {
        report.field = Some(field.name().to_owned());
        report.confidence = 0.7;
        report.reason = format!("header \"{}\", and {because}", report.header);
    }
}
