//! What keeps a row out of the areas that its words name: it is of another country, or of several
//! areas at once. And words that have two things in one cell.

use std::borrow::Cow;

use super::{Row, problems};
use crate::domain::{AreaIx, Placed, Point, fold};
use crate::intake::fields::Field;
use crate::intake::places::{Place, Policy, Said, countries};

impl Row<'_, '_> {
    /// Parts a cell that has both the code and the name of an area.
    pub(super) fn parts_codes(&mut self, level: u8, said: &mut Said<'_>) {
        let gazetteer = &self.reading.gazetteer;
        let at = usize::from(level) - 1;
        let of = |text: &Option<Cow<'_, str>>, is_name: bool| {
            let (code, name) = gazetteer.code_and_name(level, text.as_deref()?, is_name)?;
            Some((code.to_owned(), name))
        };
        if let Some((code, name)) = of(&said.codes[at], false) {
            said.codes[at] = Some(code.into());
            said.names[at].get_or_insert(name.into());
        }
        if let Some((code, name)) = of(&said.names[at], true) {
            let own = said.codes[at].get_or_insert_with(|| code.clone().into());
            // Two codes that differ: the cell is left as it is.
            if own.eq_ignore_ascii_case(&code) {
                said.names[at] = Some(name.into());
            }
        }
    }

    /// Takes off the areas of a level of which the row names several, and those below.
    pub(super) fn takes_off_several(&mut self, said: &mut Said<'_>) {
        let context = self.reading.context;
        if context.further.is_empty() {
            return;
        }
        for level in 1..=4u8 {
            for field in [Field::area_code(level), Field::area_name(level)].into_iter().flatten() {
                let first = context.column_of[field as usize];
                let others = context.further.iter().filter(|(of, _)| *of == field);
                let columns = first.into_iter().chain(others.map(|(_, column)| *column));
                let mut names: Vec<Cow<'_, str>> = Vec::new();
                for column in columns {
                    let Some(name) = self.kept_at(field, column) else { continue };
                    if !names.iter().any(|known| fold(known) == fold(&name)) {
                        names.push(name);
                    }
                }
                let at = usize::from(level) - 1;
                let is_code = Field::area_code(level) == Some(field);
                match names.as_slice() {
                    [] => {}
                    [one] => {
                        let said = if is_code { &mut said.codes } else { &mut said.names };
                        said[at].get_or_insert_with(|| one.clone().into_owned().into());
                    }
                    several => {
                        let all = several.join("; ");
                        self.warn(field, &all, "", problems::SEVERAL_PLACES);
                        said.codes[at..].fill(None);
                        said.names[at..].fill(None);
                        return;
                    }
                }
            }
        }
    }

    /// The country that the row is of, where it is not that of the operation's areas and none of its
    /// codes is one of them.
    pub(super) fn other_country(&mut self, said: &Said<'_>) -> Option<Other> {
        let own = self.reading.gazetteer.country()?;
        let text = self.kept(Field::Country)?;
        let named = countries::of_cell(&text).filter(|named| *named != own)?;
        let tree = self.reading.gazetteer.tree();
        let known = |code: &&str| tree.by_pcode(code.trim()).is_some();
        let detail = format!(
            "It names {}; the areas are those of {}.",
            countries::name(named),
            countries::name(own)
        );
        if let Some(code) = said.codes.iter().filter_map(|code| code.as_deref()).find(known) {
            let detail = format!("{detail} {code} is one of them.");
            self.warn(Field::Country, &text, &detail, problems::COUNTRY_AND_CODE);
            return None;
        }
        Some(Other { text: text.into_owned(), detail })
    }

    /// A row of another country: held at the operation, and without its words, so that no area of
    /// the same name gets it later.
    pub(super) fn elsewhere(
        &mut self,
        country: &Other,
        point: Option<Point>,
        policy: Policy,
    ) -> Option<Place> {
        let Other { text, detail } = country;
        if policy == Policy::Reject {
            self.reject(Field::Country, text, detail, problems::OTHER_COUNTRY);
            return None;
        }
        let tree = self.reading.gazetteer.tree();
        let point = point.filter(|point| tree.locate_deepest(*point).is_none());
        self.warn(Field::Country, text, detail, problems::OTHER_COUNTRY);
        self.reading.verdict.level = Some(0);
        Some(Place { area: AreaIx::OPERATION, pcode: None, placed: Placed::default(), point })
    }
}

/// Another country than the operation's, and what there is to say of it.
pub(super) struct Other {
    text: String,
    detail: String,
}
