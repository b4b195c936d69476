//! The one place that turns key-value pairs into a gap query, for HTTP and for the command line.

use crate::analysis::{Basis, GapQuery};
use crate::domain::{Age, Disability, Group, PopulationGroup, Sector, Sex};

use super::collections::params::shown;
use super::collections::{BadParameter, Params, View};

/// The query with its defaults: the lowest level with need figures of the sector, `ALL`, everything,
/// all people, against people in need. Without any need figure: the deepest level there is.
pub fn gap_query(view: &View, params: &Params) -> Result<GapQuery, BadParameter> {
    let sector = params.sector()?.unwrap_or(Sector::All);
    let period = params.period()?;
    let group = group(params)?;
    let codes = Basis::TABLE.iter().map(|(_, code)| *code);
    let basis = params.choice("basis", Basis::from_code, codes)?.unwrap_or_default();
    let level = match params.level(view)? {
        Some(level) => level,
        None => default_level(view, sector),
    };
    Ok(GapQuery { level, sector, period, group, basis })
}

/// The level of an answer where none is asked for.
pub fn default_level(view: &View, sector: Sector) -> u8 {
    let own = view.lowest_need_level(sector).or_else(|| view.lowest_need_level(Sector::All));
    own.unwrap_or_else(|| view.snapshot.areas.deepest())
}

/// `group`, `sex`, `age` and `disability`, each `all` by default.
pub fn group(params: &Params) -> Result<Group, BadParameter> {
    let codes = PopulationGroup::TABLE.iter().map(|(_, code)| *code);
    let population = params.choice("group", PopulationGroup::from_code, codes)?.unwrap_or_default();
    let codes = Sex::TABLE.iter().map(|(_, code)| *code);
    let sex = params.choice("sex", Sex::from_code, codes)?.unwrap_or_default();
    let codes = Disability::TABLE.iter().map(|(_, code)| *code);
    let disability = params.choice("disability", Disability::from_code, codes)?.unwrap_or_default();
    let age = match params.get("age") {
        None => Age::ALL,
        Some(given) => Age::from_code(given).ok_or_else(|| {
            // A plus sign in a URL arrives as a blank.
            let reason = format!(
                "\"{}\" is not an age; give all, 0-4, 5-17 or 60+ (60%2B in a URL)",
                shown(given)
            );
            BadParameter::new("age", reason)
        })?,
    };
    Ok(Group { population, sex, age, disability })
}
