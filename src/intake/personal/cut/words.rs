//! Words that say that a person, or a number of one, stands beside them.

use crate::intake::vocabulary::{List, list};

/// Words before a phone number that mean little else.
pub(super) static PHONE: List = list("phone");
/// Words before a phone number that have other meanings too.
pub(super) static REACH: List = list("maybe phone");
/// Words between such a word and its number.
pub(super) static LINKS: List = list("between phone and number");
/// Words before the number of a document of a person.
pub(super) static DOCUMENT: List = list("document of a person");
/// Before `ID` these make it that of a thing.
pub(super) static THINGS: List = list("thing with an id");
pub(super) static TITLES: List = list("title before a name");
/// With a colon (or, as short forms, a dot) before it, a name that has two words or more is meant.
pub(super) static ROLES: List = list("role before a name");
/// Words of a name that do not begin with a capital.
pub(super) static PARTICLES: List = list("particle of a name");
/// Beside these a name is that of an organisation or a place.
pub(super) static NOT_PEOPLE: List = list("name that is no person");
/// Who leads a place, before a colon and a name that has two words or more.
pub(super) static LEADERS: List = list("leader before a name");
/// With a number of a person beside it, the name behind is that of one who is helped.
pub(super) static BENEFICIARY: List = list("beneficiary before a name");
/// Before a day it is that of a birth.
pub(super) static BIRTH: List = list("day of birth");
/// Between a name and the day of birth.
pub(super) static BORN: List = list("born");
/// Hosts of links to the accounts of people, without their dots.
pub(super) static ACCOUNTS: List = list("host of accounts");
/// Services that carry messages.
pub(super) static MESSENGERS: List = list("carries messages");
/// Small and legal words of the names of organisations.
pub(super) static SMALL: List = list("any organisation");
/// In a name that an office announces, these say that it is none of a person.
pub(super) static NO_NAME: List = list("word of no name");
/// Right before a name of two words or more, in small letters, these say who it is.
pub(super) static BEFORE_NAME: List = list("role in small letters before a name");
/// With a role before a colon these say that a name is behind it.
pub(super) static NAME: List = list("word for name");
/// Where a person lives.
pub(super) static HOMES: List = list("home of a person");
/// Between a thing and the person it is of.
pub(super) static OF: List = list("of a person");
/// Things that are called after people: these stand behind the name.
pub(super) static THING_AFTER: List = list("thing behind its name");
/// And these before it.
pub(super) static THING_BEFORE: List = list("thing before its name");
/// Things with numbers of their own that may begin with a nought.
pub(super) static NUMBERED: List = list("thing with a number");
pub(super) static ACCOUNT: List = list("account");
/// Beside `account` these make it one with money.
pub(super) static BANK: List = list("word of banks");
