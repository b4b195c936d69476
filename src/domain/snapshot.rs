//! The immutable in-memory picture of one operation at one revision; all reads use one.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use super::bands::By;
use super::layered::Layer;
use super::{
    Activity, Area, AreaIx, AreaTree, Bands, Decision, Layered, Mapping, Need, NeedTable,
    Operation, Partner, Population, Preorder, Revision, Rows, Site, Submission, Tally, Text,
    undone,
};

/// One operation at one revision: rows, area tree and indexes. Never changed; the next revision
/// shares with it what is the same.
#[derive(Debug)]
pub struct Snapshot {
    pub operation: Operation,
    pub revision: Revision,
    pub submissions: Vec<Submission>,
    pub areas: Arc<AreaTree>,
    /// By id.
    pub partners: Arc<Vec<Partner>>,
    /// By id.
    pub activities: Layered<Activity>,
    /// By id.
    pub sites: Arc<Vec<Site>>,
    pub needs: Arc<Vec<Need>>,
    pub populations: Arc<Vec<Population>>,
    pub decisions: Arc<Vec<Decision>>,
    /// How files of known sources are read, the oldest first.
    pub mappings: Vec<Mapping>,
    /// The areas depth first; the tables below number areas by their rank in it.
    pub order: Arc<Preorder>,
    /// The activities, sorted for the gap query.
    pub columns: Bands,
    /// Needs and populations, sorted for the gap query.
    pub need_table: Arc<NeedTable>,
    partner_by_id: Arc<HashMap<Text, u32>>,
    /// The activities' numbers, and those of the base they share with other revisions.
    tally: OnceLock<Tally>,
    base_tally: Arc<OnceLock<Tally>>,
}

/// What a revision has otherwise than the one before. Rows are given whole where any of their kind
/// changes, and not at all where none does.
#[derive(Debug)]
pub struct Step {
    pub operation: Operation,
    pub revision: Revision,
    pub submissions: Vec<Submission>,
    pub mappings: Vec<Mapping>,
    pub areas: Option<Vec<Area>>,
    pub partners: Option<Vec<Partner>>,
    pub sites: Option<Vec<Site>>,
    pub needs: Option<Vec<Need>>,
    pub populations: Option<Vec<Population>>,
    pub decisions: Option<Vec<Decision>>,
    /// Numbers of the activities that end; one that changes ends and is added under its number.
    pub ended: Vec<u64>,
    pub added: Vec<Activity>,
}

impl Snapshot {
    pub fn build(rows: Rows) -> Snapshot {
        let Rows { operation, revision, submissions, areas, decisions, mappings, .. } = rows;
        let Rows { partners, activities, mut sites, needs, populations, .. } = rows;
        let (partners, partner_by_id) = by_id(partners);
        let activities = Layered::from(activities);
        sites.sort_by_key(|site| site.id);
        let areas = AreaTree::build(&operation.id, &operation.name, areas);
        let order = Preorder::build(&areas);
        let by = By { areas: &areas, order: &order, household_size: operation.household_size };
        let (columns, need_table) = rayon::join(
            || Bands::build(&activities, by),
            || NeedTable::build(&needs, &populations, &areas, &order),
        );
        Snapshot {
            areas: Arc::new(areas),
            operation,
            revision,
            submissions,
            partners,
            activities,
            sites: Arc::new(sites),
            needs: Arc::new(needs),
            populations: Arc::new(populations),
            decisions: Arc::new(decisions),
            mappings,
            order: Arc::new(order),
            columns,
            need_table: Arc::new(need_table),
            partner_by_id,
            tally: OnceLock::new(),
            base_tally: Arc::default(),
        }
    }

    /// The snapshot of the next revision. It takes time and memory for what changes, and shares
    /// the rest with this one.
    pub fn next(&self, step: Step) -> Snapshot {
        let Step { operation, revision, submissions, mappings, areas, partners, .. } = step;
        let Step { sites, needs, populations, decisions, ended, added, .. } = step;
        let sites = sites.map(|mut sites| {
            sites.sort_by_key(|site| site.id);
            Arc::new(sites)
        });
        let (partners, partner_by_id) =
            partners.map_or((self.partners.clone(), self.partner_by_id.clone()), by_id);
        let same_areas = areas.is_none() && operation.name == self.operation.name;
        let (tree, order) = if same_areas {
            (self.areas.clone(), self.order.clone())
        } else {
            let own = || self.areas.iter().skip(1).map(|(_, area)| area.clone()).collect();
            let tree = AreaTree::build(&operation.id, &operation.name, areas.unwrap_or_else(own));
            let order = Preorder::build(&tree);
            (Arc::new(tree), Arc::new(order))
        };
        let by = By { areas: &tree, order: &order, household_size: operation.household_size };
        let same_needs = same_areas && needs.is_none() && populations.is_none();
        let needs = needs.map_or(self.needs.clone(), Arc::new);
        let populations = populations.map_or(self.populations.clone(), Arc::new);
        let need_table = if same_needs {
            self.need_table.clone()
        } else {
            Arc::new(NeedTable::build(&needs, &populations, &tree, &order))
        };
        let numbers: Vec<u64> = added.iter().map(|row| row.id).collect();
        let activities = if ended.is_empty() && added.is_empty() {
            self.activities.clone()
        } else {
            self.activities.changed(&ended, added)
        };
        let same_bands = same_areas && operation.household_size == self.operation.household_size;
        let columns = if same_bands {
            self.columns.next(&self.activities, &ended, &activities, &numbers, by)
        } else {
            Bands::build(&activities, by)
        };
        let shares = activities.shares_base(&self.activities);
        let base_tally = if shares { self.base_tally.clone() } else { Arc::default() };
        Snapshot {
            operation,
            revision,
            submissions,
            areas: tree,
            partners,
            activities,
            sites: sites.unwrap_or_else(|| self.sites.clone()),
            needs,
            populations,
            decisions: decisions.map_or(self.decisions.clone(), Arc::new),
            mappings,
            order,
            columns,
            need_table,
            partner_by_id,
            tally: OnceLock::new(),
            base_tally,
        }
    }

    /// The same with other mappings.
    pub fn with_mappings(&self, mappings: Vec<Mapping>) -> Snapshot {
        self.next(Step {
            operation: self.operation.clone(),
            revision: self.revision.clone(),
            submissions: self.submissions.clone(),
            mappings,
            areas: None,
            partners: None,
            sites: None,
            needs: None,
            populations: None,
            decisions: None,
            ended: Vec::new(),
            added: Vec::new(),
        })
    }

    /// How many activities there are of each kind.
    pub fn tally(&self) -> &Tally {
        self.tally.get_or_init(|| {
            let rows = &self.activities;
            let of_base = || Tally::of(rows.layer(Layer::Base).iter());
            let mut tally = self.base_tally.get_or_init(of_base).clone();
            rows.replaced().for_each(|row| tally.take(row));
            rows.layer(Layer::Overlay).iter().for_each(|row| tally.add(row));
            tally
        })
    }

    /// Rows and decisions of each submission that are in use.
    pub fn rows_in_use(&self) -> BTreeMap<u32, u32> {
        let areas = self.areas.iter().skip(1).map(|(_, area)| area.source);
        let sources = areas
            .chain(self.sites.iter().map(|row| row.source))
            .chain(self.needs.iter().map(|row| row.source))
            .chain(self.populations.iter().map(|row| row.source))
            .chain(self.decisions.iter().map(|row| row.source));
        let mut rows = self.tally().submissions().clone();
        sources.for_each(|source| *rows.entry(source.submission).or_default() += 1);
        rows
    }

    /// The activities among which those are that have the identity of one of these rows: all that
    /// are held where one of them is.
    pub fn alike(&self, rows: &[Activity]) -> Vec<&Activity> {
        let by = By { areas: &self.areas, order: &self.order, household_size: None };
        let numbers = self.columns.held_with(rows, by);
        numbers.iter().filter_map(|number| self.activities.numbered(*number)).collect()
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
        self.activities.numbered(id)
    }

    pub fn site(&self, id: u64) -> Option<&Site> {
        let found = self.sites.binary_search_by_key(&id, |site| site.id).ok()?;
        self.sites.get(found)
    }

    pub fn submission(&self, id: u32) -> Option<&Submission> {
        self.submissions.iter().find(|submission| submission.id == id)
    }

    /// The submissions of a kind that were not rolled back, the oldest first.
    pub fn holding<'s>(&'s self, kind: &'s str) -> impl DoubleEndedIterator<Item = &'s Submission> {
        let undone = undone(&self.submissions);
        let of_kind = self.submissions.iter().filter(move |one| *one.kind == *kind);
        of_kind.filter(move |one| !undone.contains(&one.id))
    }

    /// A submission's file, with its sheet where others of that file were sent too; of a rollback that
    /// of the submission it undoes.
    pub fn file_of(&self, one: &Submission) -> String {
        let undoes = one.undoes.filter(|undoes| *undoes < one.id);
        if let Some(undone) = undoes.and_then(|undoes| self.submission(undoes)) {
            return self.file_of(undone);
        }
        let is_of_file =
            |other: &&Submission| (&other.kind, &other.sha256) == (&one.kind, &one.sha256);
        let mut of_file = self.submissions.iter().filter(is_of_file);
        match one.sheet.as_ref().filter(|_| of_file.any(|other| other.sheet != one.sheet)) {
            Some(sheet) => format!("{}, {sheet}", one.file_name),
            None => one.file_name.to_string(),
        }
    }
}

/// The partners by id, and their positions.
fn by_id(mut partners: Vec<Partner>) -> (Arc<Vec<Partner>>, Arc<HashMap<Text, u32>>) {
    partners.sort_by(|a, b| a.id.cmp(&b.id));
    partners.dedup_by(|a, b| a.id == b.id);
    let positions = partners.iter().zip(0..).map(|(partner, at)| (partner.id.clone(), at));
    let positions = Arc::new(positions.collect());
    (Arc::new(partners), positions)
}
