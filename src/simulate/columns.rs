//! The columns of our templates with their HXL tags, and a writer that starts a file with both.

use std::io::Write;

/// Column name and HXL tag.
pub type Column = (&'static str, &'static str);

pub const ACTIVITIES: &[Column] = &[
    ("activity_id", "#activity+code"),
    ("partner", "#org+name"),
    ("partner_acronym", "#org+acronym"),
    ("partner_type", "#org+type"),
    ("implementing_partner", "#org+impl+name"),
    ("donor", "#org+funding+name"),
    ("sector", "#sector+cluster+code"),
    ("activity_type", "#activity+type"),
    ("description", "#activity+description"),
    ("adm1_pcode", "#adm1+code"),
    ("adm2_pcode", "#adm2+code"),
    ("adm3_pcode", "#adm3+code"),
    ("adm4_pcode", "#adm4+code"),
    ("adm1_name", "#adm1+name"),
    ("adm2_name", "#adm2+name"),
    ("adm3_name", "#adm3+name"),
    ("adm4_name", "#adm4+name"),
    ("location", "#loc+name"),
    ("latitude", "#geo+lat"),
    ("longitude", "#geo+lon"),
    ("start_date", "#date+start"),
    ("end_date", "#date+end"),
    ("status", "#status"),
    ("modality", "#modality"),
    ("population_group", "#beneficiary+group"),
    ("sex", "#beneficiary+sex"),
    ("age", "#beneficiary+age"),
    ("disability", "#beneficiary+disability"),
    ("unit", "#indicator+unit"),
    ("targeted", "#targeted+ind"),
    ("reached", "#reached+ind"),
    ("households_targeted", "#targeted+hh"),
    ("households_reached", "#reached+hh"),
    ("budget_usd", "#value+budget+usd"),
];

pub const SITES: &[Column] = &[
    ("site_id", "#loc+code"),
    ("name", "#loc+name"),
    ("type", "#loc+type"),
    ("sector", "#sector+cluster+code"),
    ("partner", "#org+name"),
    ("partner_type", "#org+type"),
    ("adm1_pcode", "#adm1+code"),
    ("adm2_pcode", "#adm2+code"),
    ("adm3_pcode", "#adm3+code"),
    ("adm4_pcode", "#adm4+code"),
    ("latitude", "#geo+lat"),
    ("longitude", "#geo+lon"),
    ("status", "#status"),
    ("capacity_people", "#capacity+ind"),
    ("radius_m", "#capacity+radius+m"),
    ("start_date", "#date+start"),
    ("end_date", "#date+end"),
    ("sensitivity", "#meta+sensitivity"),
];

pub const NEEDS: &[Column] = &[
    ("adm1_pcode", "#adm1+code"),
    ("adm2_pcode", "#adm2+code"),
    ("adm3_pcode", "#adm3+code"),
    ("adm4_pcode", "#adm4+code"),
    ("sector", "#sector+cluster+code"),
    ("population_group", "#beneficiary+group"),
    ("sex", "#beneficiary+sex"),
    ("age", "#beneficiary+age"),
    ("disability", "#beneficiary+disability"),
    ("population", "#population"),
    ("affected", "#affected"),
    ("in_need", "#inneed"),
    ("targeted", "#targeted"),
    ("severity", "#severity"),
    ("cycle_start", "#date+start"),
    ("cycle_end", "#date+end"),
];

pub const POPULATION: &[Column] = &[
    ("adm1_pcode", "#adm1+code"),
    ("adm2_pcode", "#adm2+code"),
    ("adm3_pcode", "#adm3+code"),
    ("adm4_pcode", "#adm4+code"),
    ("population_group", "#beneficiary+group"),
    ("sex", "#beneficiary+sex"),
    ("age", "#beneficiary+age"),
    ("disability", "#beneficiary+disability"),
    ("population", "#population"),
];

/// A CSV writer that has written the header row and the HXL row.
pub fn start<W: Write>(out: W, columns: &[Column]) -> csv::Result<csv::Writer<W>> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(columns.iter().map(|(name, _)| name))?;
    csv.write_record(columns.iter().map(|(_, tag)| tag))?;
    Ok(csv)
}
