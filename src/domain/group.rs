//! Who a row is about: population group x sex x age x disability. `all` is its own total (DESIGN 2).

use std::cmp::Reverse;
use std::fmt;

/// A population group; `All` is reported as such, never computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PopulationGroup {
    #[default]
    All,
    Host,
    Idp,
    Refugee,
    Returnee,
    /// A group that is named but is none of the above.
    Other,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Sex {
    #[default]
    All,
    Female,
    Male,
}

/// Completed years of age, both ends inside; `to` is `Age::OPEN` where there is no upper end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Age {
    pub from: u8,
    pub to: u8,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Disability {
    #[default]
    All,
    With,
    Without,
}

/// The people a row is about. As a filter, `All` in a dimension means "the total of it".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group {
    pub population: PopulationGroup,
    pub sex: Sex,
    pub age: Age,
    pub disability: Disability,
}

impl Group {
    /// This part of another group: what it does not say, the other does.
    pub fn within(self, other: Group) -> Group {
        Group {
            population: match self.population {
                PopulationGroup::All => other.population,
                said => said,
            },
            sex: if self.sex == Sex::All { other.sex } else { self.sex },
            age: if self.age == Age::ALL { other.age } else { self.age },
            disability: match self.disability {
                Disability::All => other.disability,
                said => said,
            },
        }
    }
}

impl PopulationGroup {
    pub const TABLE: &'static [(PopulationGroup, &'static str)] = &[
        (PopulationGroup::All, "all"),
        (PopulationGroup::Host, "host"),
        (PopulationGroup::Idp, "idp"),
        (PopulationGroup::Refugee, "refugee"),
        (PopulationGroup::Returnee, "returnee"),
        (PopulationGroup::Other, "other"),
    ];

    pub fn code(self) -> &'static str {
        PopulationGroup::TABLE[self as usize].1
    }

    pub fn from_code(code: &str) -> Option<PopulationGroup> {
        from_code(PopulationGroup::TABLE, code)
    }
}

impl Sex {
    pub const TABLE: &'static [(Sex, &'static str)] =
        &[(Sex::All, "all"), (Sex::Female, "female"), (Sex::Male, "male")];

    pub fn code(self) -> &'static str {
        Sex::TABLE[self as usize].1
    }

    pub fn from_code(code: &str) -> Option<Sex> {
        from_code(Sex::TABLE, code)
    }
}

impl Disability {
    pub const TABLE: &'static [(Disability, &'static str)] =
        &[(Disability::All, "all"), (Disability::With, "with"), (Disability::Without, "without")];

    pub fn code(self) -> &'static str {
        Disability::TABLE[self as usize].1
    }

    pub fn from_code(code: &str) -> Option<Disability> {
        from_code(Disability::TABLE, code)
    }
}

impl Age {
    /// The upper end of a band that has none, as in `60+`.
    pub const OPEN: u8 = u8::MAX;
    pub const ALL: Age = Age { from: 0, to: Age::OPEN };
    pub const ADULTS: Age = Age { from: 18, to: 59 };
    pub const ELDERLY: Age = Age { from: 60, to: Age::OPEN };

    /// Reads `all`, `0-4`, `60+`.
    pub fn from_code(code: &str) -> Option<Age> {
        let code = code.trim();
        if code.eq_ignore_ascii_case("all") {
            return Some(Age::ALL);
        }
        if let Some(from) = code.strip_suffix('+') {
            return Some(Age { from: from.trim().parse().ok()?, to: Age::OPEN });
        }
        let (from, to) = code.split_once('-')?;
        let age = Age { from: from.trim().parse().ok()?, to: to.trim().parse().ok()? };
        (age.from <= age.to).then_some(age)
    }
}

impl Default for Age {
    fn default() -> Age {
        Age::ALL
    }
}

/// All ages first, then by lower end, the wider band before the narrower.
impl Ord for Age {
    fn cmp(&self, other: &Age) -> std::cmp::Ordering {
        (self.from, Reverse(self.to)).cmp(&(other.from, Reverse(other.to)))
    }
}

impl PartialOrd for Age {
    fn partial_cmp(&self, other: &Age) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (0, Age::OPEN) => f.write_str("all"),
            (from, Age::OPEN) => write!(f, "{from}+"),
            (from, to) => write!(f, "{from}-{to}"),
        }
    }
}

impl Group {
    pub const ALL: Group = Group {
        population: PopulationGroup::All,
        sex: Sex::All,
        age: Age::ALL,
        disability: Disability::All,
    };

    /// Whether a row about `row` is seen by a query for `self`: a specific dimension sees only its
    /// own rows, `all` sees every row (METHODS 12).
    pub fn sees(&self, row: &Group) -> bool {
        (self.population == PopulationGroup::All || self.population == row.population)
            && (self.sex == Sex::All || self.sex == row.sex)
            && (self.age == Age::ALL || self.age == row.age)
            && (self.disability == Disability::All || self.disability == row.disability)
    }

    /// A number that sorts like the group itself.
    pub fn key(&self) -> u32 {
        (self.population as u32) << 24
            | (self.sex as u32) << 20
            | u32::from(self.age.from) << 12
            | u32::from(u8::MAX - self.age.to) << 4
            | self.disability as u32
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (population, sex) = (self.population.code(), self.sex.code());
        write!(f, "{population}/{sex}/{}/{}", self.age, self.disability.code())
    }
}

fn from_code<T: Copy>(table: &[(T, &str)], code: &str) -> Option<T> {
    let found = table.iter().find(|(_, known)| known.eq_ignore_ascii_case(code.trim()));
    found.map(|(value, _)| *value)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_key_sorts_like_the_group_and_all_comes_first() {
        let mut groups = Vec::new();
        for (population, _) in PopulationGroup::TABLE {
            for (sex, _) in Sex::TABLE {
                for age in ["all", "0-4", "0-17", "5-9", "60+"] {
                    for (disability, _) in Disability::TABLE {
                        let age = Age::from_code(age).unwrap();
                        let (population, sex, disability) = (*population, *sex, *disability);
                        groups.push(Group { population, sex, age, disability });
                    }
                }
            }
        }
        let mut by_key = groups.clone();
        groups.sort();
        by_key.sort_by_key(Group::key);
        assert_eq!(groups, by_key);
        assert_eq!(groups[0], Group::ALL);
    }

    #[test]
    fn ages_read_back_what_they_write() {
        for text in ["all", "0-4", "18-59", "60+"] {
            assert_eq!(Age::from_code(text).unwrap().to_string(), text);
        }
        assert_eq!(Age::from_code("9-5"), None);
    }
}
