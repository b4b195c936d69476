//! How the columns of a table are written: what only all of their values together can say.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;
use std::ops::ControlFlow;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::fields::{Field, Role};
use super::table::strays::{Known, Stray, Strays};
use super::values::{Habits, Style};
use crate::domain::fold;
use crate::formats::Unreadable;
use crate::formats::sheet::{Part, Sheet};

/// What only the whole of the columns can say.
pub struct Profile {
    pub rows: u32,
    /// By `Field as usize`.
    pub styles: Vec<Style>,
    /// Dates written both day first and month first, and whether most are as they are read.
    pub mixed: Vec<(Field, bool)>,
    /// Folded acronym to the folded name it stands for.
    pub acronyms: HashMap<String, String>,
    /// The row of the header of another table below this one.
    pub other_table: Option<u32>,
    /// Rows above rows of headers that have one cell.
    pub titles: Vec<u32>,
    /// Rows that have one text and nothing else.
    pub alone: Vec<Alone>,
    /// Rows are there that are no rows of data.
    pub has_strays: bool,
}

/// A row that has one text and nothing else.
#[derive(Clone, Debug)]
pub struct Alone {
    pub row: u32,
    pub column: usize,
    pub text: String,
}

/// Rows of one text that are remembered of a part.
const REMEMBERED: usize = 1000;

/// What one part of a table has said so far.
struct Seen {
    rows: u32,
    habits: Vec<Habits>,
    /// `None` where one acronym stands for two organisations, so for neither.
    acronyms: HashMap<String, Option<String>>,
    other_table: Option<u32>,
    titles: Vec<u32>,
    alone: Vec<Alone>,
    has_strays: bool,
}

pub fn profile(
    sheet: &Sheet<'_>,
    parts: &[Part],
    mapped: &[(Field, usize)],
    thousands: &[Field],
    strays: &Strays,
) -> Result<Profile, Unreadable> {
    let column =
        |wanted: Field| mapped.iter().find(|(field, _)| *field == wanted).map(|(_, at)| *at);
    let named = column(Field::Partner).zip(column(Field::PartnerAcronym));
    let seen = parts.par_iter().map(|part| of_part(sheet, part, mapped, thousands, named, strays));
    let Seen { rows, habits, acronyms, other_table, titles, alone, has_strays } =
        seen.try_reduce(Seen::nothing, |a, b| Ok(a.and(b)))?;
    let mut styles: Vec<Style> = habits.iter().map(Habits::style).collect();
    // One hand wrote all the days of a row.
    let is_date = |field: &&Field| field.role() == Role::Date;
    let dates: Vec<Field> =
        mapped.iter().map(|(field, _)| field).filter(is_date).copied().collect();
    let settled = dates.iter().map(|field| styles[*field as usize]);
    let mut settled = settled.filter(|style| style.settled_order).map(|style| style.order);
    if let Some(order) = settled.next()
        && settled.all(|other| other == order)
    {
        for field in dates {
            styles[field as usize] = habits[field as usize].style_in(Some(order));
        }
    }
    let mixed = mapped.iter().filter_map(|(field, _)| {
        let habits = &habits[*field as usize];
        let order = styles[*field as usize].order;
        habits.is_mixed().then(|| (*field, habits.most_are(order)))
    });
    let mixed = mixed.collect();
    thousands.iter().for_each(|field| styles[*field as usize].thousands = true);
    Ok(Profile {
        rows,
        other_table,
        titles,
        alone,
        has_strays,
        mixed,
        styles,
        acronyms: acronyms.into_iter().filter_map(|(short, full)| Some((short, full?))).collect(),
    })
}

fn of_part(
    sheet: &Sheet<'_>,
    part: &Part,
    mapped: &[(Field, usize)],
    thousands: &[Field],
    named: Option<(usize, usize)>,
    strays: &Strays,
) -> Result<Seen, Unreadable> {
    // People in thousands are written in parts of a thousand as well.
    let of_people: Vec<bool> =
        mapped.iter().map(|(of, _)| of.counts_people() && !thousands.contains(of)).collect();
    let mut seen = Seen::nothing();
    let mut pairs: HashSet<u64> = HashSet::new();
    let (mut strange, mut title, mut before) = (Known::default(), None, 0);
    sheet.visit_part(part, |row| {
        seen.rows += 1;
        let alone = strays.title_of(row);
        if seen.other_table.is_none()
            && let Some(stray) = strays.of_row(row, alone, &mut strange)
        {
            seen.has_strays = true;
            if strays.parts(stray, title.as_ref()) {
                seen.other_table = Some(row.number);
            }
            if matches!(stray, Stray::Header | Stray::OtherHeader) && title.is_some() {
                seen.titles.push(before);
            }
        }
        if let Some((column, text)) = alone.filter(|_| seen.alone.len() < REMEMBERED) {
            seen.alone.push(Alone { row: row.number, column, text: text.to_owned() });
        }
        before = row.number;
        title = alone.map(|(column, text)| (column, text.to_owned()));
        if seen.other_table.is_some() {
            return ControlFlow::Continue(());
        }
        for ((field, column), of_people) in mapped.iter().zip(&of_people) {
            let habits = &mut seen.habits[*field as usize];
            match field.role() {
                Role::Number if *of_people => habits.see_people(row.cell(*column)),
                Role::Number | Role::Degrees => habits.see_number(row.cell(*column)),
                Role::Date => habits.see_date(row.cell(*column)),
                Role::Text if *field == Field::Month => habits.see_date(row.cell(*column)),
                Role::Text | Role::Code => {}
            }
        }
        if let Some((name, acronym)) = named
            && let (Some(name), Some(acronym)) = (row.cell(name).text(), row.cell(acronym).text())
            && pairs.insert(FixedState::default().hash_one((&acronym, &name)))
        {
            let (short, full) = (fold(&acronym), fold(&name));
            let full = (short != full && !short.is_empty()).then_some(full);
            seen.stands_for(short, full);
        }
        ControlFlow::Continue(())
    })?;
    Ok(seen)
}

impl Seen {
    fn nothing() -> Seen {
        Seen {
            rows: 0,
            habits: vec![Habits::default(); Field::COUNT],
            acronyms: HashMap::new(),
            other_table: None,
            titles: Vec::new(),
            alone: Vec::new(),
            has_strays: false,
        }
    }

    fn stands_for(&mut self, short: String, full: Option<String>) {
        let known = self.acronyms.entry(short).or_insert_with(|| full.clone());
        if *known != full {
            *known = None;
        }
    }

    fn and(mut self, other: Seen) -> Seen {
        self.rows += other.rows;
        self.titles.extend(other.titles);
        self.alone.extend(other.alone);
        self.has_strays |= other.has_strays;
        if self.other_table.is_some() {
            return self;
        }
        self.other_table = other.other_table;
        for (habits, others) in self.habits.iter_mut().zip(&other.habits) {
            habits.add(others);
        }
        for (short, full) in other.acronyms {
            self.stands_for(short, full);
        }
        self
    }
}
