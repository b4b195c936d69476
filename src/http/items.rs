//! Features: a page of them, and one.

use axum::extract::Path;
use axum::response::Response;

use crate::app::collections::{Collection, Params, View, params};
use crate::app::export::{about, style};
use crate::formats::geojson_write::{self, FeatureWriter};
use crate::formats::layer::{Layer, Member, Value};

use super::conditional::Kind;
use super::extract::{self, Ask};
use super::links::{self, GEOJSON, JSON};
use super::problem::Problem;

/// A page of features in the order of their ids.
pub(crate) async fn items(
    ask: Ask,
    Path((operation, collection)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let view = ask.view(&operation).await?;
    let collection = extract::collection(&collection)?;
    ask.answer(view, Kind::fresh(GEOJSON), move |view, ask| page(view, collection, ask)).await
}

/// One feature.
pub(crate) async fn item(
    ask: Ask,
    Path((operation, collection, id)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let view = ask.view(&operation).await?;
    let collection = extract::collection(&collection)?;
    ask.answer(view, Kind::fresh(GEOJSON), move |view, ask| one(view, collection, &id, ask)).await
}

fn page(view: &View, collection: &'static Collection, ask: &Ask) -> Result<Vec<u8>, Problem> {
    let params = ask.params(&collection.item_parameters())?;
    params.json_only()?;
    let limit = params.limit()?.unwrap_or(params::DEFAULT_LIMIT).min(params::MAX_LIMIT);
    let style = style(collection, &params)?;
    let layer = collection.read(view, &params)?;

    let first = match params.get("next") {
        None => 0,
        // Behind the last one shown, whether it is still there or not.
        Some(last) => {
            let row = layer.rows.find(last).map_or_else(|row| row, |row| row + 1);
            layer.matched.position_from(row)
        }
    };
    let last = (first + limit).min(layer.matched.len());
    let next = (last < layer.matched.len() && last > first)
        .then(|| layer.rows.id(layer.matched.row(last - 1)).into_owned());

    let mut out = Vec::with_capacity(1024 + (last - first) * 1024);
    let members = members(view, collection, ask, &params, &layer, last - first, next);
    geojson_write::open_collection(&mut out, &members);
    let mut writer = FeatureWriter::new(&layer, &style);
    for position in first..last {
        if position > first {
            out.push(b',');
        }
        out.push(b'\n');
        writer.write(&mut out, layer.matched.row(position));
    }
    out.extend_from_slice(b"\n]}\n");
    Ok(out)
}

fn one(
    view: &View,
    collection: &'static Collection,
    id: &str,
    ask: &Ask,
) -> Result<Vec<u8>, Problem> {
    let params = ask.params(&collection.item_parameters_of_one())?;
    params.json_only()?;
    let style = style(collection, &params)?;
    // An area is answered at its own level, where none is asked for.
    let params = match (params.get("level"), level_of(view, id)) {
        (None, Some(level)) if collection.parameters.iter().any(|own| own.name == "level") => {
            let level = ("level".to_owned(), level.to_string());
            let mut known = collection.item_parameters_of_one();
            known.push(&extract::DRAFT);
            Params::parse(params.pairs().iter().cloned().chain([level]), &known)?
        }
        _ => params,
    };
    let layer = collection.read(view, &params)?;
    let row = layer.rows.find(id).map_err(|_| Problem::no_feature(id, collection.id))?;

    let mut out = Vec::with_capacity(4096);
    FeatureWriter::new(&layer, &style).open(&mut out, row);
    let mut members = about(view, collection);
    members.extend(layer.members.iter().map(|(name, member)| (*name, member.clone())));
    let home = links::collection(&ask.base, &view.snapshot.operation.id, collection.id);
    let mut links = vec![
        link("self", GEOJSON, "This feature", ask.own_url()),
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

fn members(
    view: &View,
    collection: &Collection,
    ask: &Ask,
    params: &Params,
    layer: &Layer<'_>,
    returned: usize,
    next: Option<String>,
) -> Vec<(&'static str, Member)> {
    let snapshot = &view.snapshot;
    let mut members = vec![
        ("numberMatched", Member::Integer(layer.matched.len() as i64)),
        ("numberReturned", Member::Integer(returned as i64)),
    ];
    // The time of the revision, not of the answer: the same question has the same answer.
    if !snapshot.revision.at.is_empty() {
        members.push(("timeStamp", Member::Text(snapshot.revision.at.to_string())));
    }
    let home = links::collection(&ask.base, &snapshot.operation.id, collection.id);
    let with = |changed: &[&str], more: Option<(&str, &str)>| {
        let given = params.pairs().iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let kept = given.filter(|(name, _)| !changed.contains(name));
        let query = links::query(kept.chain(more));
        if query.is_empty() { query } else { format!("?{query}") }
    };
    let mut links = vec![link("self", GEOJSON, "This page", ask.own_url())];
    if let Some(next) = &next {
        let query = with(&["next"], Some(("next", next)));
        links.push(link("next", GEOJSON, "The next page", format!("{home}/items{query}")));
    }
    let whole = with(&["next", "limit", "f"], None);
    let export = |extension: &str| format!("{home}/export.{extension}{whole}");
    links.push(link("alternate", links::CSV, "All of it as CSV", export("csv")));
    links.push(link("alternate", GEOJSON, "All of it as one file", export("geojson")));
    links.push(link("collection", JSON, collection.title, home));
    members.push(("links", Member::Records(links)));
    members.extend(about(view, collection));
    members.extend(layer.members.iter().map(|(name, member)| (*name, member.clone())));
    members.push(("sources", collection.sources(snapshot)));
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
