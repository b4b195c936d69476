//! Features: a page of them, and one.

use axum::extract::Path;
use axum::response::Response;

use crate::app::collections::{
    BadParameter, Collection, LOOKED_AT, Params, View, foremost, params,
};
use crate::app::export::{about, style};
use crate::formats::geojson_write::{self, FeatureWriter};
use crate::formats::layer::{Layer, Member, Value};

use super::conditional::Kind;
use super::extract::{self, Ask, Form};
use super::html;
use super::links::{self, Behind, GEOJSON, HTML, JSON};
use super::problem::Problem;

/// A page of features in the order of their ids, but for those that the first page begins with
/// ([`foremost`]).
pub(crate) async fn items(
    ask: Ask,
    Path((operation, collection)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let view = ask.view(&operation).await?;
    let collection = extract::collection(&collection)?;
    let form = ask.form();
    let kind = Kind { crs: Some(ask.crs()), ..Kind::page(form, GEOJSON) };
    ask.answer(view, kind, move |view, ask| page(view, collection, form, ask)).await
}

/// One feature.
pub(crate) async fn item(
    ask: Ask,
    Path((operation, collection, id)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let view = ask.view(&operation).await?;
    let collection = extract::collection(&collection)?;
    let form = ask.form();
    let kind = Kind { crs: Some(ask.crs()), ..Kind::page(form, GEOJSON) };
    ask.answer(view, kind, move |view, ask| one(view, collection, &id, form, ask)).await
}

fn page(
    view: &View,
    collection: &'static Collection,
    form: Form,
    ask: &Ask,
) -> Result<Vec<u8>, Problem> {
    let params = ask.params(&collection.item_parameters())?;
    params.one_of_codes(&params::PAGE_FORMAT)?;
    let default = match form {
        Form::Json => params::DEFAULT_LIMIT,
        Form::Html => html::LIMIT,
    };
    let limit = params.limit()?.unwrap_or(default).min(params::MAX_LIMIT);
    let layer = collection.read(view, &params)?;
    let style = style(collection, &params)?;

    let mut behind = match params.get("next") {
        None => Behind::default(),
        Some(given) => Behind::read(collection.id, given)
            .ok_or_else(|| BadParameter::new("next", links::NOT_GIVEN_OUT))?,
    };
    let first = match params.get("next") {
        None => 0,
        // Behind the last one shown, whether it is still there or not.
        Some(_) => {
            let row = layer.rows.find(&behind.last).map_or_else(|row| row, |row| row + 1);
            layer.matched.position_from(row)
        }
    };
    let is_first = params.get("next").is_none() && form == Form::Json && limit >= LOOKED_AT;
    let begin = if is_first { foremost(&layer) } else { Vec::new() };
    let id = |row: usize| layer.rows.id(row).into_owned();
    behind.shown.extend(begin.iter().map(|row| id(*row)));
    let shown: Vec<usize> = behind.shown.iter().filter_map(|id| layer.rows.find(id).ok()).collect();
    let is_new = |position: &usize| !shown.contains(&layer.matched.row(*position));
    let mut others = (first..layer.matched.len()).filter(is_new);
    let page: Vec<usize> = others.by_ref().take(limit - begin.len()).collect();
    let last = page.last().map_or(first, |position| position + 1);
    let next = (others.next().is_some() && limit > 0).then(|| {
        if let Some(position) = page.last() {
            behind.last = id(layer.matched.row(*position));
        }
        behind
    });
    let links = Links::new(view, collection, ask, &params, next);
    if form == Form::Html {
        let (next, csv) = (links.next.clone(), links.whole("csv"));
        let page = html::Page { params: &params, layer: &layer, first, last, next, csv };
        return Ok(html::items(view, collection, ask, &page).into_bytes());
    }

    let rows = begin.into_iter().chain(page.iter().map(|position| layer.matched.row(*position)));
    let rows: Vec<usize> = rows.collect();
    let mut out = Vec::with_capacity(1024 + rows.len() * 1024);
    let members = members(view, collection, &links, &layer, rows.len());
    geojson_write::open_collection(&mut out, &members);
    let mut writer = FeatureWriter::new(&layer, &style);
    for (at, row) in rows.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.push(b'\n');
        writer.write(&mut out, row);
    }
    out.extend_from_slice(b"\n]}\n");
    Ok(out)
}

fn one(
    view: &View,
    collection: &'static Collection,
    id: &str,
    form: Form,
    ask: &Ask,
) -> Result<Vec<u8>, Problem> {
    let params = ask.params(&collection.item_parameters_of_one())?;
    params.one_of_codes(&params::PAGE_FORMAT)?;
    // An area is answered at its own level, where none is asked for.
    let params = match (params.get("level"), level_of(view, id)) {
        (None, Some(level)) if collection.parameters.iter().any(|own| own.name == "level") => {
            let level = ("level".to_owned(), level.to_string());
            let mut known = collection.item_parameters_of_one();
            known.extend(extract::COMMON);
            Params::parse(params.pairs().iter().cloned().chain([level]), &known)?
        }
        _ => params,
    };
    let layer = collection.read(view, &params)?;
    let style = style(collection, &params)?;
    let row = layer.rows.find(id).map_err(|_| Problem::no_feature(id, collection.id))?;
    if form == Form::Html {
        return Ok(html::item(view, collection, ask, &layer, row).into_bytes());
    }

    let mut out = Vec::with_capacity(4096);
    FeatureWriter::new(&layer, &style).open(&mut out, row);
    let mut members = about(view, collection);
    members.extend(layer.members.iter().map(|(name, member)| (*name, member.clone())));
    let home = links::collection(&ask.base, &view.snapshot.operation.id, collection.id);
    let mut links = vec![
        link("self", GEOJSON, "This feature", ask.own_url()),
        link("alternate", HTML, "This feature for people", ask.in_form("html")),
        link("collection", JSON, collection.title, home.clone()),
    ];
    if collection.id == "gaps" {
        let kept = params.pairs().iter().filter(|(name, _)| {
            !["level", "f", "zoom", "properties", "skipGeometry"].contains(&name.as_str())
        });
        let query = links::query(kept.map(|(name, value)| (name.as_str(), value.as_str())));
        let mark = if query.is_empty() { "" } else { "?" };
        let href = format!("{home}/items/{}/lines{mark}{query}", links::encoded(id));
        links.push(link("related", JSON, "The lines and rows behind it", href));
    }
    members.push(("links", Member::Records(links)));
    for (name, member) in &members {
        out.push(b',');
        geojson_write::text(&mut out, name);
        out.push(b':');
        geojson_write::member(&mut out, member);
    }
    out.extend_from_slice(b"}\n");
    Ok(out)
}

fn level_of(view: &View, id: &str) -> Option<u8> {
    if id == &*view.snapshot.operation.id {
        return Some(0);
    }
    let found = view.snapshot.areas.by_pcode(id)?;
    Some(view.snapshot.areas.get(found).level)
}

/// Addresses of a page of features.
struct Links<'a> {
    ask: &'a Ask,
    collection: &'a Collection,
    params: &'a Params,
    home: String,
    /// The page behind this one.
    next: Option<String>,
}

impl<'a> Links<'a> {
    /// `behind` is where the next page begins, where there is one.
    fn new(
        view: &View,
        collection: &'a Collection,
        ask: &'a Ask,
        params: &'a Params,
        behind: Option<Behind>,
    ) -> Links<'a> {
        let home = links::collection(&ask.base, &view.snapshot.operation.id, collection.id);
        let mut links = Links { ask, collection, params, home, next: None };
        links.next = behind.map(|behind| {
            let said = behind.said(collection.id);
            let query = links.with(&["next"], Some(("next", &said)));
            format!("{}/items{query}", links.home)
        });
        links
    }

    /// The query as it was given, without some of it and with something more.
    fn with(&self, without: &[&str], more: Option<(&str, &str)>) -> String {
        let given = self.params.pairs().iter();
        let given = given.map(|(name, value)| (name.as_str(), value.as_str()));
        let kept = given.filter(|(name, _)| !without.contains(name));
        let query = links::query(kept.chain(more));
        if query.is_empty() { query } else { format!("?{query}") }
    }

    /// All of it as one file.
    fn whole(&self, extension: &str) -> String {
        let query = self.with(&["next", "limit", "f", "crs"], None);
        format!("{}/export.{extension}{query}", self.home)
    }

    fn member(&self) -> Member {
        let ask = self.ask;
        let mut links = vec![
            link("self", GEOJSON, "This page", ask.own_url()),
            link("alternate", HTML, "This page for people", ask.in_form("html")),
        ];
        links.extend(
            self.next.as_ref().map(|next| link("next", GEOJSON, "The next page", next.clone())),
        );
        links.push(link("alternate", links::CSV, "All of it as CSV", self.whole("csv")));
        links.push(link("alternate", GEOJSON, "All of it as one file", self.whole("geojson")));
        links.push(link("collection", JSON, self.collection.title, self.home.clone()));
        Member::Records(links)
    }
}

fn members(
    view: &View,
    collection: &Collection,
    links: &Links<'_>,
    layer: &Layer<'_>,
    returned: usize,
) -> Vec<(&'static str, Member)> {
    // No timeStamp: it would be the time of each answer, and the same question has the same answer
    // until the next revision. `revised_at` says when that was.
    let mut members = vec![
        ("numberMatched", Member::Integer(layer.matched.len() as i64)),
        ("numberReturned", Member::Integer(returned as i64)),
    ];
    members.push(("links", links.member()));
    members.extend(about(view, collection));
    members.extend(layer.members.iter().map(|(name, member)| (*name, member.clone())));
    members.push(("sources", collection.sources(&view.snapshot)));
    members
}

fn link(
    rel: &'static str,
    kind: &'static str,
    title: &'static str,
    href: String,
) -> Vec<(&'static str, Value<'static>)> {
    vec![
        ("rel", Value::Text(rel.into())),
        ("type", Value::Text(kind.into())),
        ("title", Value::Text(title.into())),
        ("href", Value::Text(href.into())),
    ]
}
