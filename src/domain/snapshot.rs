//! The immutable in-memory picture of one operation at one revision; all reads use one.

use std::collections::HashMap;

use super::{
    Activity, AreaIx, AreaTree, Columns, Decision, Mapping, Need, NeedTable, Operation, Partner,
    Population, Preorder, Revision, Rows, Site, Submission, Text,
};

/// One operation at one revision: rows, area tree and indexes. Built whole, never changed.
#[derive(Debug)]
pub struct Snapshot {
    pub operation: Operation,
    pub revision: Revision,
    pub submissions: Vec<Submission>,
    pub areas: AreaTree,
    /// By id.
    pub partners: Vec<Partner>,
    /// By id.
    pub activities: Vec<Activity>,
    /// By id.
    pub sites: Vec<Site>,
    pub needs: Vec<Need>,
    pub populations: Vec<Population>,
    pub decisions: Vec<Decision>,
    /// How files of known sources are read, the oldest first.
    pub mappings: Vec<Mapping>,
    /// The areas depth first; the tables below number areas by their rank in it.
    pub order: Preorder,
    /// The activities, sorted for the gap query.
    pub columns: Columns,
    /// Needs and populations, sorted for the gap query.
    pub need_table: NeedTable,
    partner_by_id: HashMap<Text, u32>,
}

impl Snapshot {
    pub fn build(rows: Rows) -> Snapshot {
        let Rows { operation, revision, submissions, areas, decisions, mappings, .. } = rows;
        let Rows { mut partners, mut activities, mut sites, needs, populations, .. } = rows;
        partners.sort_by(|a, b| a.id.cmp(&b.id));
        partners.dedup_by(|a, b| a.id == b.id);
        activities.sort_by_key(|activity| activity.id);
        sites.sort_by_key(|site| site.id);
        let numbered = partners.iter().enumerate();
        let partner_by_id =
            numbered.map(|(position, partner)| (partner.id.clone(), position as u32)).collect();
        let areas = AreaTree::build(&operation.id, &operation.name, areas);
        let order = Preorder::build(&areas);
        let (columns, need_table) = rayon::join(
            || Columns::build(&activities, &areas, &order, operation.household_size),
            || NeedTable::build(&needs, &populations, &areas, &order),
        );
        Snapshot {
            areas,
            operation,
            revision,
            submissions,
            partners,
            activities,
            sites,
            needs,
            populations,
            decisions,
            mappings,
            order,
            columns,
            need_table,
            partner_by_id,
        }
    }

    /// Position of a partner in `partners`.
    pub fn partner(&self, id: &str) -> Option<usize> {
        self.partner_by_id.get(id).map(|position| *position as usize)
    }

    /// The area a row is held at: the operation where it names none that is known.
    pub fn area_of(&self, pcode: Option<&Text>) -> AreaIx {
        pcode.and_then(|pcode| self.areas.by_pcode(pcode)).unwrap_or(AreaIx::OPERATION)
    }

    pub fn activity(&self, id: u64) -> Option<&Activity> {
        let found = self.activities.binary_search_by_key(&id, |activity| activity.id).ok()?;
        self.activities.get(found)
    }

    pub fn site(&self, id: u64) -> Option<&Site> {
        let found = self.sites.binary_search_by_key(&id, |site| site.id).ok()?;
        self.sites.get(found)
    }

    pub fn submission(&self, id: u32) -> Option<&Submission> {
        self.submissions.iter().find(|submission| submission.id == id)
    }
}
