//! The lines and rows behind a gap figure, with what each one gave to it.

use axum::extract::Path;
use axum::response::Response;
use serde::Serialize;

use crate::analysis::gaps::GapFigure;
use crate::analysis::{GapQuery, Line, lines as lines_behind, rule};
use crate::app::collections::{BadParameter, Parameter, View, params};
use crate::app::query::gap_query;
use crate::domain::{AreaIx, Day, Month, Period, Sector, Status};

use super::conditional::Kind;
use super::extract::{self, Ask};
use super::links::{self, JSON};
use super::problem::Problem;

/// Lines on a page, where nothing is asked.
const DEFAULT_LIMIT: usize = 100;

pub(crate) async fn lines(
    ask: Ask,
    Path((operation, collection, id)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let view = ask.view(&operation).await?;
    if extract::collection(&collection)?.id != "gaps" {
        return Err(Problem::not_found("Only features of the collection \"gaps\" have lines."));
    }
    ask.answer(view, Kind::fresh(JSON), move |view, ask| behind(view, &id, ask)).await
}

/// Every parameter of the lines.
pub(crate) fn parameters() -> Vec<&'static Parameter> {
    let own = crate::app::collections::find("gaps").map_or(&[][..], |gaps| gaps.parameters);
    let mut known: Vec<&Parameter> = own.iter().collect();
    known.extend([&params::DATETIME, &params::LIMIT, &params::NEXT, &params::FORMAT]);
    known
}

#[derive(Serialize)]
struct Answer<'a> {
    operation: &'a str,
    revision: u64,
    area: Place<'a>,
    query: Asked,
    figures: Figures<'a>,
    rule: String,
    /// Lines in all; those of this page are in `lines`.
    total: usize,
    /// What all of them gave together.
    contributions: f64,
    lines: Vec<WrittenLine<'a>>,
    links: Vec<serde_json::Value>,
}

#[derive(Serialize)]
struct Place<'a> {
    pcode: &'a str,
    name: &'a str,
    level: u8,
}

#[derive(Serialize)]
struct Asked {
    level: u8,
    sector: &'static str,
    datetime: Option<String>,
    group: &'static str,
    sex: &'static str,
    age: String,
    disability: &'static str,
    basis: &'static str,
}

#[derive(Serialize)]
struct Figures<'a> {
    in_need: Option<f64>,
    targeted: Option<f64>,
    population: Option<f64>,
    reached: Option<f64>,
    reached_low: Option<f64>,
    reached_high: Option<f64>,
    reached_place_unknown: Option<f64>,
    reached_place_unknown_above: Option<f64>,
    gap: Option<f64>,
    gap_low: Option<f64>,
    gap_high: Option<f64>,
    coverage: Option<f64>,
    rows_without_figures: u32,
    status: &'a str,
}

#[derive(Serialize)]
struct WrittenLine<'a> {
    partner: &'a str,
    partner_name: &'a str,
    sector: Option<&'static str>,
    activity_type: Option<&'a str>,
    area: Option<&'a str>,
    area_name: Option<&'a str>,
    location: Option<&'a str>,
    group: &'static str,
    sex: &'static str,
    age: String,
    disability: &'static str,
    months: Vec<WrittenMonth>,
    standard: Option<f64>,
    high: Option<f64>,
    counted_in_standard: bool,
    contribution: f64,
    /// In a sentence, and as a code that stays.
    why: &'static str,
    why_code: &'static str,
    rows: Vec<WrittenRow<'a>>,
}

#[derive(Serialize)]
struct WrittenMonth {
    month: Option<String>,
    reached: Option<f64>,
    rows: u32,
}

#[derive(Serialize)]
struct WrittenRow<'a> {
    id: String,
    activity_id: Option<&'a str>,
    file: Option<&'a str>,
    row: u32,
    reached: Option<f64>,
    targeted: Option<f64>,
    start_date: Option<String>,
    end_date: Option<String>,
    status: Option<&'static str>,
    counts: bool,
    /// In a sentence, and as a code that stays.
    why: &'static str,
    why_code: &'static str,
}

fn behind(view: &View, id: &str, ask: &Ask) -> Result<Vec<u8>, Problem> {
    let params = ask.params(&parameters())?;
    params.one_of_codes(&params::FORMAT)?;
    let limit = params.limit()?.unwrap_or(DEFAULT_LIMIT).min(params::MAX_LIMIT);
    let first = match params.get("next") {
        None => 0,
        Some(next) => next.parse().map_err(|_| BadParameter::new("next", links::NOT_GIVEN_OUT))?,
    };
    let snapshot = &view.snapshot;
    let area = match id == &*snapshot.operation.id {
        true => AreaIx::OPERATION,
        false => {
            let found = snapshot.areas.by_pcode(id);
            found.ok_or_else(|| Problem::no_feature(id, "gaps"))?
        }
    };
    let place = snapshot.areas.get(area);
    let query = GapQuery { level: place.level, ..gap_query(view, &params)? };
    let gaps = view.gaps(&query);
    let figure = gaps.figures.iter().find(|figure| figure.area == area);
    let figure = figure.ok_or_else(|| Problem::no_feature(id, "gaps"))?;

    let end = usize::saturating_add(first, limit);
    let found = lines_behind(snapshot, &query, area, first..end);
    let mut links = vec![links::link("self", JSON, "This page", ask.own_url())];
    if end < found.total {
        let kept = params.pairs().iter().filter(|(name, _)| name != "next");
        let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
        let next = end.to_string();
        let query = links::query(kept.chain([("next", next.as_str())]));
        let href = format!("{}{}?{query}", ask.base, ask.path);
        links.push(links::link("next", JSON, "More lines", href));
    }
    let answer = Answer {
        operation: &snapshot.operation.id,
        revision: snapshot.revision.number,
        area: Place { pcode: &place.pcode, name: &place.name, level: place.level },
        query: asked(&query),
        figures: figures(figure),
        rule: rule(&query, gaps.derived),
        total: found.total,
        contributions: found.contributions,
        lines: found.lines.iter().map(|line| written(view, line)).collect(),
        links,
    };
    serde_json::to_vec(&answer).map_err(|failed| {
        tracing::error!(%failed, "lines could not be written");
        Problem::internal()
    })
}

fn asked(query: &GapQuery) -> Asked {
    let group = &query.group;
    Asked {
        level: query.level,
        sector: query.sector.code(),
        datetime: (query.period != Period::ALWAYS).then(|| query.period.to_string()),
        group: group.population.code(),
        sex: group.sex.code(),
        age: group.age.to_string(),
        disability: group.disability.code(),
        basis: query.basis.code(),
    }
}

fn figures(figure: &GapFigure) -> Figures<'_> {
    Figures {
        in_need: figure.in_need,
        targeted: figure.targeted,
        population: figure.population,
        reached: figure.reached,
        reached_low: figure.reached_low,
        reached_high: figure.reached_high,
        reached_place_unknown: figure.reached_place_unknown,
        reached_place_unknown_above: figure.reached_place_unknown_above,
        gap: figure.gap,
        gap_low: figure.gap_low,
        gap_high: figure.gap_high,
        coverage: figure.coverage,
        rows_without_figures: figure.rows_without_figures,
        status: figure.status.code(),
    }
}

fn written<'a>(view: &'a View, line: &'a Line) -> WrittenLine<'a> {
    let snapshot = &view.snapshot;
    let held = (line.area != AreaIx::OPERATION).then(|| snapshot.areas.get(line.area));
    let partner = snapshot.partner(&line.partner).and_then(|at| snapshot.partners.get(at));
    let months = line.months.iter().map(|month| WrittenMonth {
        month: month.month.map(month_code),
        reached: month.reached,
        rows: month.rows,
    });
    let rows = line.rows.iter().filter_map(|row| {
        let activity = snapshot.activity(row.activity)?;
        let day = |day: Option<Day>| day.map(|day| day.to_string());
        Some(WrittenRow {
            id: activity.id.to_string(),
            activity_id: activity.activity_id.as_deref(),
            file: view.file(activity.source.submission),
            row: activity.source.row,
            reached: row.reached,
            targeted: activity.targeted,
            start_date: day(activity.start),
            end_date: day(activity.end),
            status: activity.status.map(Status::code),
            counts: row.counts,
            why: row.why.sentence(),
            why_code: row.why.code(),
        })
    });
    WrittenLine {
        partner: &line.partner,
        partner_name: partner.map_or(&*line.partner, |partner| &*partner.name),
        sector: line.sector.map(Sector::code),
        activity_type: line.activity_type.as_deref(),
        area: held.map(|area| &*area.pcode),
        area_name: held.map(|area| &*area.name),
        location: line.location.as_deref(),
        group: line.group.population.code(),
        sex: line.group.sex.code(),
        age: line.group.age.to_string(),
        disability: line.group.disability.code(),
        months: months.collect(),
        standard: line.standard,
        high: line.high,
        counted_in_standard: line.counted_in_standard,
        contribution: line.contribution,
        why: line.why.sentence(),
        why_code: line.why.code(),
        rows: rows.collect(),
    }
}

/// Such as `2026-07`.
fn month_code(month: Month) -> String {
    format!("{:04}-{:02}", 1970 + month.0.div_euclid(12), month.0.rem_euclid(12) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_before_1970_are_months_too() {
        assert_eq!(month_code(Month(0)), "1970-01");
        assert_eq!(month_code(Month(-1)), "1969-12");
        assert_eq!(month_code(Month(678)), "2026-07");
    }
}
