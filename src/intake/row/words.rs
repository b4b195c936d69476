//! What the words of a row mean: sector, status, group, partner, modality.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::{Row, Who, problems};
use crate::domain::{
    Age, Disability, Group, PartnerType, PopulationGroup, Sector, Sex, Status, Text,
};
use crate::intake::fields::Field;
use crate::intake::report::Problem;
use crate::intake::sites::answers::Question;
use crate::intake::{Kind, vocabulary};

impl Row<'_, '_> {
    /// The sector of the row: its own, else the one the sender said.
    pub fn sector(&mut self) -> Option<Sector> {
        let said = self.reading.context.options.sector;
        let Some(text) = self.text(Field::Sector) else {
            let misses = said.is_none() && self.has(Field::Sector);
            if misses && self.reading.context.kind == Kind::Activities {
                self.warn(Field::Sector, "", "", problems::NO_SECTOR);
            }
            return said;
        };
        let read = |text: &str| vocabulary::sector_of_cell(text).map(|sector| sector as u8);
        let found = self.reading.word(Field::Sector, &text, read);
        if found.is_none() {
            let known = vocabulary::sectors(&text);
            let known: Vec<&str> = known.into_iter().map(Sector::code).collect();
            let detail = match known.as_slice() {
                [] => String::new(),
                [one] => format!("It names {one}, and something that is not known."),
                _ => format!(
                    "It names {}: give each its own row, as a row has one sector.",
                    known.join(" and ")
                ),
            };
            self.warn(Field::Sector, &text, &detail, problems::UNKNOWN_SECTOR);
        }
        found.map(|at| Sector::TABLE[usize::from(at)].0).or(said)
    }

    /// What the header of statuses asks, where a yes or a no is the answer.
    pub fn question(&self) -> Option<Question> {
        self.reading.context.question
    }

    pub fn status(&mut self) -> Option<Status> {
        let found = self.word(Field::Status, problems::UNKNOWN_STATUS, |text| {
            vocabulary::status(text).map(|status| status as u8)
        });
        found.map(|at| Status::TABLE[usize::from(at)].0)
    }

    /// The people the row is about. A group named in words nobody knows is everybody, and warned
    /// about: it neither makes nor loses people.
    pub fn group(&mut self) -> Group {
        let population = self.word(Field::PopulationGroup, problems::UNKNOWN_GROUP, |text| {
            vocabulary::population_group(text).map(|group| group as u8)
        });
        let sex = self.word(Field::Sex, problems::UNKNOWN_SEX, |text| {
            vocabulary::sex(text).map(|sex| sex as u8)
        });
        let disability = self.word(Field::Disability, problems::UNKNOWN_DISABILITY, |text| {
            vocabulary::disability(text).map(|disability| disability as u8)
        });
        Group {
            population: population
                .map_or(PopulationGroup::All, |at| PopulationGroup::TABLE[usize::from(at)].0),
            sex: sex.map_or(Sex::All, |at| Sex::TABLE[usize::from(at)].0),
            age: self.age(),
            disability: disability
                .map_or(Disability::All, |at| Disability::TABLE[usize::from(at)].0),
        }
    }

    fn age(&mut self) -> Age {
        let Some(text) = self.text(Field::Age) else { return Age::ALL };
        let key = FixedState::default().hash_one(&*text);
        self.reading.ages.get(key, || vocabulary::age(&text)).unwrap_or_else(|| {
            self.warn(Field::Age, &text, "", problems::UNKNOWN_AGE);
            Age::ALL
        })
    }

    /// A text of a vocabulary as a small number, remembered for the rows to come.
    pub fn word(
        &mut self,
        field: Field,
        unknown: Problem,
        read: impl Fn(&str) -> Option<u8>,
    ) -> Option<u8> {
        let text = self.text(field)?;
        let found = self.reading.word(field, &text, read);
        if found.is_none() {
            self.warn(field, &text, "", unknown);
        }
        found
    }

    /// The partner a field names; the partner is remembered. An acronym that the file or the
    /// operation explains is the partner it stands for, and one that somebody decided about the
    /// partner it was said to be.
    pub fn partner(&mut self, field: Field) -> Option<Who> {
        let mut name = self.kept(field);
        let mut acronym = None;
        if field == Field::Partner {
            acronym = self.kept(Field::PartnerAcronym);
            if name.is_none() {
                name = acronym.clone();
            }
        }
        let name = name?;
        let kind = match field {
            Field::Partner => self
                .word(Field::PartnerType, problems::UNKNOWN_PARTNER_TYPE, |text| {
                    vocabulary::partner_type(text).map(|kind| kind as u8)
                })
                .map(|at| PartnerType::TABLE[usize::from(at)].0),
            _ => None,
        };
        let row = self.row_number();
        let reported = self.reading.partner(&name, acronym.as_deref(), kind, row);
        let (id, reported_as) = self.reading.context.decided.partner(&reported, &None);
        if reported_as.is_some() {
            self.reading.partner(&id, None, None, row);
        }
        Some(Who { id, reported_as })
    }

    /// How help was given: a code of the vocabulary, else as written.
    pub fn modality(&mut self) -> Option<Text> {
        let text = self.kept(Field::Modality)?;
        let codes = vocabulary::MODALITY_CODES;
        let read = |text: &str| {
            let code = vocabulary::modality(text)?;
            Some(codes.iter().position(|known| *known == code)? as u8)
        };
        let found = self.reading.word(Field::Modality, &text, read);
        Some(self.share(found.map_or(&*text, |at| codes[usize::from(at)])))
    }
}
