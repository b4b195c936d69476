-- The figures of the operation as a whole have its name.
create or replace view current_gaps as
  select gaps.operation || '/' || gaps.sector || '/' || gaps.pcode as id, gaps.operation,
    gaps.sector, gaps.level, gaps.pcode,
    case gaps.level when 0 then operations.name else areas.name end as name, areas.parent,
    gaps.status,
    gaps.in_need,
    gaps.in_need_published,
    gaps.targeted,
    gaps.affected,
    gaps.population,
    gaps.severity,
    gaps.severity_max,
    gaps.severity_max_in_need,
    gaps.reached,
    gaps.reached_low,
    gaps.reached_high,
    gaps.reached_place_unknown,
    gaps.reached_place_unknown_above,
    gaps.gap,
    gaps.gap_low,
    gaps.gap_high,
    gaps.coverage,
    gaps.pin_reached,
    gaps.pin_targeted_not_reached,
    gaps.pin_never_targeted,
    gaps.rows_without_figures,
    gaps.partners,
    gaps.activities,
    gaps.partners_planned,
    gaps.activities_planned,
    gaps.from_revision as revision, operations.revised_at, areas.geom
  from gaps
  join operations on operations.operation = gaps.operation
  left join areas on areas.operation = gaps.operation
    and areas.pcode = gaps.pcode and areas.to_revision is null;
