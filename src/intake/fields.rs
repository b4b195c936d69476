//! Every column that a table can have, in one place: mapping, templates and documentation read it.

use super::Kind;

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Field {
    ActivityId,
    Partner,
    PartnerAcronym,
    PartnerType,
    ImplementingPartner,
    Donor,
    Sector,
    ActivityType,
    Description,
    Adm1Code,
    Adm2Code,
    Adm3Code,
    Adm4Code,
    Adm1Name,
    Adm2Name,
    Adm3Name,
    Adm4Name,
    Location,
    Latitude,
    Longitude,
    Coordinates,
    Start,
    End,
    Status,
    Modality,
    PopulationGroup,
    Sex,
    Age,
    Disability,
    Unit,
    Targeted,
    Reached,
    HouseholdsTargeted,
    HouseholdsReached,
    BudgetUsd,
    SiteId,
    Name,
    SiteType,
    CapacityPeople,
    RadiusM,
    Sensitivity,
    Population,
    Affected,
    InNeed,
    Severity,
    CycleStart,
    CycleEnd,
    Category,
    Country,
    AgeFrom,
    AgeTo,
    Year,
    Month,
    Level,
    Pcode,
    Parent,
    Info,
    Figure,
}

/// How the cells of a column are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Text,
    /// One of a vocabulary, or a P-code.
    Code,
    Number,
    Degrees,
    Date,
}

/// A field as people see it.
#[derive(Clone, Copy, Debug)]
pub struct FieldDef {
    pub field: Field,
    /// The header of our templates; a file that uses it is always understood.
    pub name: &'static str,
    pub hxl: &'static str,
    pub role: Role,
    pub doc: &'static str,
}

const fn def(
    field: Field,
    name: &'static str,
    hxl: &'static str,
    role: Role,
    doc: &'static str,
) -> FieldDef {
    FieldDef { field, name, hxl, role, doc }
}

/// Every field, in the order of the enum.
pub const FIELDS: &[FieldDef] = &[
    def(
        Field::ActivityId,
        "activity_id",
        "#activity+code",
        Role::Text,
        "The partner's own code of the activity; may repeat",
    ),
    def(Field::Partner, "partner", "#org+name", Role::Text, "Reporting organisation"),
    def(Field::PartnerAcronym, "partner_acronym", "#org+acronym", Role::Text, "Its acronym"),
    def(
        Field::PartnerType,
        "partner_type",
        "#org+type",
        Role::Code,
        "UN, INGO, NNGO, LNGO, RCRC, GOV, CBO, ACA, PRI, OTH",
    ),
    def(
        Field::ImplementingPartner,
        "implementing_partner",
        "#org+impl+name",
        Role::Text,
        "Organisation that does the work for the partner",
    ),
    def(Field::Donor, "donor", "#org+funding+name", Role::Text, "Who pays"),
    def(
        Field::Sector,
        "sector",
        "#sector+cluster+code",
        Role::Code,
        "Cluster code such as WSH, or the cluster's name",
    ),
    def(Field::ActivityType, "activity_type", "#activity+type", Role::Text, "What is done"),
    def(
        Field::Description,
        "description",
        "#activity+description",
        Role::Text,
        "In the partner's words",
    ),
    def(Field::Adm1Code, "adm1_pcode", "#adm1+code", Role::Code, "P-code of the area of level 1"),
    def(Field::Adm2Code, "adm2_pcode", "#adm2+code", Role::Code, "P-code of the area of level 2"),
    def(Field::Adm3Code, "adm3_pcode", "#adm3+code", Role::Code, "P-code of the area of level 3"),
    def(Field::Adm4Code, "adm4_pcode", "#adm4+code", Role::Code, "P-code of the area of level 4"),
    def(Field::Adm1Name, "adm1_name", "#adm1+name", Role::Text, "Name of the area of level 1"),
    def(Field::Adm2Name, "adm2_name", "#adm2+name", Role::Text, "Name of the area of level 2"),
    def(Field::Adm3Name, "adm3_name", "#adm3+name", Role::Text, "Name of the area of level 3"),
    def(Field::Adm4Name, "adm4_name", "#adm4+name", Role::Text, "Name of the area of level 4"),
    def(
        Field::Location,
        "location",
        "#loc+name",
        Role::Text,
        "Village, camp or neighbourhood within the area",
    ),
    def(Field::Latitude, "latitude", "#geo+lat", Role::Degrees, "Degrees north, WGS 84"),
    def(Field::Longitude, "longitude", "#geo+lon", Role::Degrees, "Degrees east, WGS 84"),
    def(
        Field::Coordinates,
        "coordinates",
        "#geo+coord",
        Role::Text,
        "Latitude and longitude in one cell",
    ),
    def(Field::Start, "start_date", "#date+start", Role::Date, "First day"),
    def(Field::End, "end_date", "#date+end", Role::Date, "Last day"),
    def(
        Field::Status,
        "status",
        "#status",
        Role::Code,
        "Activities: planned, ongoing, completed, suspended, cancelled. Sites: functional, partial, closed",
    ),
    def(Field::Modality, "modality", "#modality", Role::Code, "In kind, cash, voucher, service"),
    def(
        Field::PopulationGroup,
        "population_group",
        "#beneficiary+group",
        Role::Code,
        "all, host, idp, returnee, refugee, other",
    ),
    def(Field::Sex, "sex", "#beneficiary+sex", Role::Code, "all, female, male"),
    def(Field::Age, "age", "#beneficiary+age", Role::Code, "all, or completed years as 0-4 or 60+"),
    def(
        Field::Disability,
        "disability",
        "#beneficiary+disability",
        Role::Code,
        "all, with, without",
    ),
    def(
        Field::Unit,
        "unit",
        "#indicator+unit",
        Role::Code,
        "What targeted and reached count: individuals or households",
    ),
    def(Field::Targeted, "targeted", "#targeted+ind", Role::Number, "People targeted"),
    def(Field::Reached, "reached", "#reached+ind", Role::Number, "People reached"),
    def(
        Field::HouseholdsTargeted,
        "households_targeted",
        "#targeted+hh",
        Role::Number,
        "Households targeted",
    ),
    def(
        Field::HouseholdsReached,
        "households_reached",
        "#reached+hh",
        Role::Number,
        "Households reached",
    ),
    def(Field::BudgetUsd, "budget_usd", "#value+budget+usd", Role::Number, "Budget in US dollars"),
    def(Field::SiteId, "site_id", "#loc+code", Role::Text, "The site's code"),
    def(Field::Name, "name", "#loc+name", Role::Text, "Name of the site or area"),
    def(Field::SiteType, "type", "#loc+type", Role::Text, "Type of site"),
    def(
        Field::CapacityPeople,
        "capacity_people",
        "#capacity+ind",
        Role::Number,
        "People the site can serve",
    ),
    def(
        Field::RadiusM,
        "radius_m",
        "#capacity+radius+m",
        Role::Number,
        "How far the site serves, in metres",
    ),
    def(
        Field::Sensitivity,
        "sensitivity",
        "#meta+sensitivity",
        Role::Text,
        "public, partners or coordinators",
    ),
    def(Field::Population, "population", "#population", Role::Number, "People living there"),
    def(Field::Affected, "affected", "#affected", Role::Number, "People affected"),
    def(Field::InNeed, "in_need", "#inneed", Role::Number, "People in need"),
    def(Field::Severity, "severity", "#severity", Role::Number, "1 (minimal) to 5 (catastrophic)"),
    def(
        Field::CycleStart,
        "cycle_start",
        "#date+start",
        Role::Date,
        "First day of the planning cycle",
    ),
    def(Field::CycleEnd, "cycle_end", "#date+end", Role::Date, "Last day of the planning cycle"),
    def(
        Field::Category,
        "category",
        "#category",
        Role::Text,
        "HNO files: total, or the part of the total",
    ),
    def(Field::Country, "country", "#country+code", Role::Text, "Country code"),
    def(Field::AgeFrom, "age_min", "#age+min", Role::Number, "Youngest age of the group, in years"),
    def(Field::AgeTo, "age_max", "#age+max", Role::Number, "Oldest age of the group, in years"),
    def(Field::Year, "year", "#date+year", Role::Number, "Year the figure is for"),
    def(Field::Month, "month", "#date+month", Role::Text, "Month the row is for"),
    def(Field::Level, "level", "#meta+level", Role::Number, "Level of the area"),
    def(
        Field::Pcode,
        "pcode",
        "#loc+pcode",
        Role::Code,
        "P-code of the area itself, whatever its level",
    ),
    def(Field::Parent, "parent_pcode", "#loc+parent+code", Role::Code, "P-code of the area above"),
    def(Field::Info, "info", "#meta+info", Role::Text, "Remarks of the file's maker"),
    def(
        Field::Figure,
        "targeted_or_reached",
        "#meta+figure",
        Role::Code,
        "What the one figure of a row is: targeted or reached",
    ),
];

impl Field {
    /// Number of fields.
    pub const COUNT: usize = FIELDS.len();

    pub fn def(self) -> &'static FieldDef {
        &FIELDS[self as usize]
    }

    pub fn name(self) -> &'static str {
        self.def().name
    }

    /// The name as it stands in a sentence.
    pub fn words(self) -> String {
        self.name().replace('_', " ")
    }

    pub fn role(self) -> Role {
        self.def().role
    }

    /// The field of this name, in any case.
    pub fn from_name(name: &str) -> Option<Field> {
        let found = FIELDS.iter().find(|def| def.name.eq_ignore_ascii_case(name.trim()));
        found.map(|def| def.field)
    }

    /// Whether the field is a number of households.
    pub fn counts_households(self) -> bool {
        matches!(self, Field::HouseholdsTargeted | Field::HouseholdsReached)
    }

    /// Whether the field is a number of people or households.
    pub fn counts_people(self) -> bool {
        matches!(
            self,
            Field::Targeted
                | Field::Reached
                | Field::HouseholdsTargeted
                | Field::HouseholdsReached
                | Field::CapacityPeople
                | Field::Population
                | Field::Affected
                | Field::InNeed
        )
    }

    /// The P-code column of a level 1-4.
    pub fn area_code(level: u8) -> Option<Field> {
        AREA_CODES.get(usize::from(level).checked_sub(1)?).copied()
    }

    /// Whether the field is the code or name of an area of a level.
    pub fn is_area(self) -> bool {
        AREA_CODES.contains(&self) || AREA_NAMES.contains(&self) || self == Field::Country
    }

    /// The name column of a level 1-4.
    pub fn area_name(level: u8) -> Option<Field> {
        AREA_NAMES.get(usize::from(level).checked_sub(1)?).copied()
    }
}

const AREA_CODES: [Field; 4] = [Field::Adm1Code, Field::Adm2Code, Field::Adm3Code, Field::Adm4Code];
const AREA_NAMES: [Field; 4] = [Field::Adm1Name, Field::Adm2Name, Field::Adm3Name, Field::Adm4Name];

/// Columns of the template for activities.
const ACTIVITIES: &[Field] = &[
    Field::ActivityId,
    Field::Partner,
    Field::PartnerAcronym,
    Field::PartnerType,
    Field::ImplementingPartner,
    Field::Donor,
    Field::Sector,
    Field::ActivityType,
    Field::Description,
    Field::Adm1Code,
    Field::Adm2Code,
    Field::Adm3Code,
    Field::Adm4Code,
    Field::Adm1Name,
    Field::Adm2Name,
    Field::Adm3Name,
    Field::Adm4Name,
    Field::Location,
    Field::Latitude,
    Field::Longitude,
    Field::Start,
    Field::End,
    Field::Status,
    Field::Modality,
    Field::PopulationGroup,
    Field::Sex,
    Field::Age,
    Field::Disability,
    Field::Unit,
    Field::Targeted,
    Field::Reached,
    Field::HouseholdsTargeted,
    Field::HouseholdsReached,
    Field::BudgetUsd,
];
/// Columns of the template for sites.
const SITES: &[Field] = &[
    Field::SiteId,
    Field::Name,
    Field::SiteType,
    Field::Sector,
    Field::Partner,
    Field::PartnerType,
    Field::Adm1Code,
    Field::Adm2Code,
    Field::Adm3Code,
    Field::Adm4Code,
    Field::Latitude,
    Field::Longitude,
    Field::Status,
    Field::CapacityPeople,
    Field::RadiusM,
    Field::Start,
    Field::End,
    Field::Sensitivity,
];
/// Columns of the template for needs.
const NEEDS: &[Field] = &[
    Field::Adm1Code,
    Field::Adm2Code,
    Field::Adm3Code,
    Field::Adm4Code,
    Field::Sector,
    Field::PopulationGroup,
    Field::Sex,
    Field::Age,
    Field::Disability,
    Field::Population,
    Field::Affected,
    Field::InNeed,
    Field::Targeted,
    Field::Severity,
    Field::CycleStart,
    Field::CycleEnd,
];
/// Columns of the template for population.
const POPULATION: &[Field] = &[
    Field::Adm1Code,
    Field::Adm2Code,
    Field::Adm3Code,
    Field::Adm4Code,
    Field::PopulationGroup,
    Field::Sex,
    Field::Age,
    Field::Disability,
    Field::Population,
];
/// Columns of the template for areas.
const AREAS: &[Field] = &[Field::Level, Field::Pcode, Field::Name, Field::Parent];
/// Columns that activities of other makers have.
const ACTIVITIES_ALSO: &[Field] =
    &[Field::Coordinates, Field::Year, Field::Month, Field::Figure, Field::Country];
/// Columns that sites of other makers have.
const SITES_ALSO: &[Field] = &[
    Field::Adm1Name,
    Field::Adm2Name,
    Field::Adm3Name,
    Field::Adm4Name,
    Field::Location,
    Field::Coordinates,
    Field::PartnerAcronym,
    Field::Country,
    Field::Unit,
];
/// Columns that needs of other makers have.
const NEEDS_ALSO: &[Field] = &[
    Field::Adm1Name,
    Field::Adm2Name,
    Field::Adm3Name,
    Field::Adm4Name,
    Field::Category,
    Field::Location,
    Field::Description,
    Field::Reached,
    Field::Info,
    Field::Country,
    Field::Year,
];
/// Columns that population of other makers have.
const POPULATION_ALSO: &[Field] = &[
    Field::Adm1Name,
    Field::Adm2Name,
    Field::Adm3Name,
    Field::Adm4Name,
    Field::Location,
    Field::Year,
    Field::AgeFrom,
    Field::AgeTo,
    Field::Country,
];
/// Columns that areas of other makers have.
const AREAS_ALSO: &[Field] = &[
    Field::Adm1Code,
    Field::Adm2Code,
    Field::Adm3Code,
    Field::Adm4Code,
    Field::Adm1Name,
    Field::Adm2Name,
    Field::Adm3Name,
    Field::Adm4Name,
];

impl Kind {
    /// The columns of our template, in order.
    pub fn template(self) -> &'static [Field] {
        match self {
            Kind::Activities => ACTIVITIES,
            Kind::Sites => SITES,
            Kind::Needs => NEEDS,
            Kind::Population => POPULATION,
            Kind::Areas => AREAS,
        }
    }

    /// Whether a table of this kind may have the column.
    pub fn accepts(self, field: Field) -> bool {
        let also = match self {
            Kind::Activities => ACTIVITIES_ALSO,
            Kind::Sites => SITES_ALSO,
            Kind::Needs => NEEDS_ALSO,
            Kind::Population => POPULATION_ALSO,
            Kind::Areas => AREAS_ALSO,
        };
        self.template().contains(&field) || also.contains(&field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (position, def) in FIELDS.iter().enumerate() {
            assert_eq!(def.field as usize, position, "{}", def.name);
            assert_eq!(Field::from_name(def.name), Some(def.field));
        }
    }
}
