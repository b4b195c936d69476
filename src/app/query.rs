//! The one place that turns key-value pairs into a gap query, for HTTP and for the command line.

use crate::analysis::{Basis, GapQuery, lowest_need_level};
use crate::domain::{Age, Disability, Group, PopulationGroup, Sector, Sex};

use super::collections::params::shown;
use super::collections::{BadParameter, Params, View};

/// The query with its defaults: the lowest level with need figures for it, `ALL`, everything, all
/// people, against people in need. Without any need figure: the deepest level there is.
pub fn gap_query(view: &View, params: &Params) -> Result<GapQuery, BadParameter> {
    let sector = params.sector()?.unwrap_or(Sector::All);
    let period = params.period()?;
    let group = group(params)?;
    let codes = Basis::TABLE.iter().map(|(_, code)| *code);
    let basis = params.choice("basis", Basis::from_code, codes)?.unwrap_or_default();
    let mut query = GapQuery { level: 0, sector, period, group, basis };
    query.level = match params.level(view)? {
        Some(level) => level,
        None => lowest_need_level(&view.snapshot, &query),
    };
    Ok(query)
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
