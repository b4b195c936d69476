//! How the columns of a table are written: what only all of their values together can say.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::fields::{Field, Role};
use super::table::Found;
use super::values::{Habits, Style};
use crate::domain::fold;
use crate::formats::Unreadable;
use crate::formats::sheet::Sheet;

/// What only the whole of the columns can say.
pub struct Profile {
    pub rows: u32,
    /// By `Field as usize`.
    pub styles: Vec<Style>,
    /// Dates written both day first and month first.
    pub mixed: Vec<Field>,
    /// Folded acronym to the folded name it stands for.
    pub acronyms: HashMap<String, String>,
}

pub fn profile(
    sheet: &Sheet<'_>,
    found: &Found,
    mapped: &[(Field, usize)],
) -> Result<Profile, Unreadable> {
    let mut habits = vec![Habits::default(); Field::COUNT];
    let mut acronyms: HashMap<String, Option<String>> = HashMap::new();
    let mut last_acronym = String::new();
    let column =
        |wanted: Field| mapped.iter().find(|(field, _)| *field == wanted).map(|(_, at)| *at);
    let named = column(Field::Partner).zip(column(Field::PartnerAcronym));
    let mut rows = 0;
    sheet.visit(found.first_row, |row| {
        rows += 1;
        for (field, column) in mapped {
            let habits = &mut habits[*field as usize];
            match field.role() {
                Role::Number if field.counts_people() => habits.see_people(row.cell(*column)),
                Role::Number | Role::Degrees => habits.see_number(row.cell(*column)),
                Role::Date => habits.see_date(row.cell(*column)),
                Role::Text | Role::Code => {}
            }
        }
        if let Some((name, acronym)) = named
            && let (Some(name), Some(acronym)) = (row.cell(name).text(), row.cell(acronym).text())
        {
            let key = format!("{acronym}\n{name}");
            if key != last_acronym {
                let (short, full) = (fold(&acronym), fold(&name));
                let full = (short != full && !short.is_empty()).then_some(full);
                let known = acronyms.entry(short).or_insert_with(|| full.clone());
                if *known != full {
                    // One acronym of two organisations stands for neither.
                    *known = None;
                }
                last_acronym = key;
            }
        }
        ControlFlow::Continue(())
    })?;
    let mixed =
        mapped.iter().map(|(field, _)| *field).filter(|field| habits[*field as usize].is_mixed());
    Ok(Profile {
        rows,
        mixed: mixed.collect(),
        styles: habits.iter().map(Habits::style).collect(),
        acronyms: acronyms.into_iter().filter_map(|(short, full)| Some((short, full?))).collect(),
    })
}
