-- What a desktop GIS reads straight from the database: views of the current rows under readable
-- names, the gaps as figures, and a role that may read these and nothing else.

-- Rows that ended, by when, and rows that began: what one revision changed is found without reading
-- all rows.
create index activities_ended on activities (operation, to_revision)
  where to_revision is not null;
create index activities_begun on activities using brin (from_revision);

-- What each revision left of the operation's own words, so that its figures can be made again.
alter table submissions add column operation_name text collate "C";
alter table submissions add column operation_note text collate "C";
alter table submissions add column household_size double precision;

-- The gaps of every area and sector without any filter, as the API's main query gives them. They are
-- written after a commit, not by it: from_revision says which revision they are of.
create table gaps (
  operation text collate "C" not null,
  sector text collate "C" not null,
  pcode text collate "C" not null,
  from_revision bigint not null,
  level bigint not null,
  status text collate "C" not null,
  in_need double precision,
  in_need_published double precision,
  targeted double precision,
  affected double precision,
  population double precision,
  severity double precision,
  severity_max double precision,
  severity_max_in_need double precision,
  reached double precision,
  reached_low double precision,
  reached_high double precision,
  reached_place_unknown double precision,
  reached_place_unknown_above double precision,
  gap double precision,
  gap_low double precision,
  gap_high double precision,
  coverage double precision,
  pin_reached double precision,
  pin_targeted_not_reached double precision,
  pin_never_targeted double precision,
  rows_without_figures bigint not null,
  partners bigint not null,
  activities bigint not null,
  partners_planned bigint not null,
  activities_planned bigint not null,
  primary key (operation, sector, pcode)
);

create view current_areas as
  select operation || '/' || pcode as id, operation, level, pcode, name, parent, area_km2, geom
  from areas
  where to_revision is null;

create view current_sites as
  select sites.operation || '/' || site as id, sites.operation, site_id, sites.name, sites.type,
    sector, partners.name as partner, sites.area as pcode, areas.name as area, status,
    capacity_people, radius_m, date '1970-01-01' + start_day::integer as start_date,
    date '1970-01-01' + end_day::integer as end_date, sensitivity, sites.geom
  from sites
  left join partners on partners.operation = sites.operation
    and partners.partner = sites.partner and partners.to_revision is null
  left join areas on areas.operation = sites.operation
    and areas.pcode = sites.area and areas.to_revision is null
  where sites.to_revision is null;

-- Where a row has no point of its own there is none: its area says where it is.
create view current_activities as
  select activities.operation || '/' || activity as id, activities.operation, activity_id,
    partners.name as partner, implementing_partner, donor, sector, activity_type, description,
    activities.area as pcode, areas.name as area, location,
    date '1970-01-01' + start_day::integer as start_date,
    date '1970-01-01' + end_day::integer as end_date, status, modality, population_group, sex,
    age, disability, activities.targeted, activities.reached, households_targeted,
    households_reached, budget_usd, activities.geom
  from activities
  left join partners on partners.operation = activities.operation
    and partners.partner = activities.partner and partners.to_revision is null
  left join areas on areas.operation = activities.operation
    and areas.pcode = activities.area and areas.to_revision is null
  where activities.to_revision is null;

create view current_gaps as
  select gaps.operation || '/' || gaps.sector || '/' || gaps.pcode as id, gaps.operation,
    gaps.sector, gaps.level, gaps.pcode, areas.name, areas.parent,
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

-- Who may not make roles is not stopped: the role can be made by who may, and granted the same.
do $$
declare
  here text := quote_ident(current_schema());
begin
  if not exists (select from pg_roles where rolname = 'lacuna_reader') then
    begin
      create role lacuna_reader nologin;
    exception
      when insufficient_privilege then
        raise notice 'the role lacuna_reader cannot be made by %', current_user;
        return;
      when duplicate_object or unique_violation then
        null;
    end;
  end if;
  execute 'grant usage on schema ' || here || ' to lacuna_reader';
  grant select on current_areas, current_sites, current_activities, current_gaps to lacuna_reader;
end $$;
