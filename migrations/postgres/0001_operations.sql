-- Every primary key begins with the operation, so that operations can be spread over machines.
-- Rows are versioned: a row is current from its from_revision until to_revision (null: still).
-- Nothing is overwritten, so every published figure can be made again.
-- Texts compare by their bytes, as on SQLite. Geometry is there twice: as the bytes that were written,
-- and as PostGIS makes it of these, for programs that read the database themselves.

create extension if not exists postgis;

create table operations (
  operation text collate "C" not null primary key,
  name text collate "C" not null,
  note text collate "C",
  household_size double precision,
  revision bigint not null,
  revised_at text collate "C" not null
);

create table submissions (
  operation text collate "C" not null,
  submission bigint not null,
  kind text collate "C" not null,
  file_name text collate "C" not null,
  sha256 text collate "C" not null,
  at text collate "C" not null,
  revision bigint not null,
  report text collate "C" not null,
  primary key (operation, submission)
);

create table areas (
  operation text collate "C" not null,
  pcode text collate "C" not null,
  from_revision bigint not null,
  to_revision bigint,
  submission bigint not null,
  row bigint not null,
  name text collate "C" not null,
  level bigint not null,
  parent text collate "C",
  area_km2 double precision,
  min_x double precision,
  min_y double precision,
  max_x double precision,
  max_y double precision,
  geometry bytea,
  geom geometry(MultiPolygon, 4326)
    generated always as (st_geomfromwkb(geometry, 4326)) stored,
  primary key (operation, pcode, from_revision)
);

create table partners (
  operation text collate "C" not null,
  partner text collate "C" not null,
  from_revision bigint not null,
  to_revision bigint,
  submission bigint not null,
  row bigint not null,
  name text collate "C" not null,
  acronym text collate "C",
  type text collate "C",
  primary key (operation, partner, from_revision)
);

create table activities (
  operation text collate "C" not null,
  activity bigint not null,
  from_revision bigint not null,
  to_revision bigint,
  submission bigint not null,
  row bigint not null,
  activity_id text collate "C",
  partner text collate "C" not null,
  implementing_partner text collate "C",
  donor text collate "C",
  sector text collate "C",
  activity_type text collate "C",
  description text collate "C",
  area text collate "C",
  location text collate "C",
  longitude double precision,
  latitude double precision,
  start_day bigint,
  end_day bigint,
  status text collate "C",
  modality text collate "C",
  population_group text collate "C" not null,
  sex text collate "C" not null,
  age text collate "C" not null,
  disability text collate "C" not null,
  targeted double precision,
  reached double precision,
  households_targeted double precision,
  households_reached double precision,
  budget_usd double precision,
  geom geometry(Point, 4326)
    generated always as (st_setsrid(st_makepoint(longitude, latitude), 4326)) stored,
  primary key (operation, activity, from_revision)
);

create table sites (
  operation text collate "C" not null,
  site bigint not null,
  from_revision bigint not null,
  to_revision bigint,
  submission bigint not null,
  row bigint not null,
  site_id text collate "C",
  name text collate "C",
  type text collate "C",
  sector text collate "C",
  partner text collate "C",
  area text collate "C",
  longitude double precision,
  latitude double precision,
  status text collate "C",
  capacity_people double precision,
  radius_m double precision,
  start_day bigint,
  end_day bigint,
  sensitivity text collate "C",
  geom geometry(Point, 4326)
    generated always as (st_setsrid(st_makepoint(longitude, latitude), 4326)) stored,
  primary key (operation, site, from_revision)
);

-- An empty area is the whole operation.
create table needs (
  operation text collate "C" not null,
  area text collate "C" not null,
  sector text collate "C" not null,
  population_group text collate "C" not null,
  sex text collate "C" not null,
  age text collate "C" not null,
  disability text collate "C" not null,
  cycle_start bigint not null,
  cycle_end bigint not null,
  from_revision bigint not null,
  to_revision bigint,
  submission bigint not null,
  row bigint not null,
  population double precision,
  affected double precision,
  in_need double precision,
  targeted double precision,
  severity double precision,
  primary key (operation, area, sector, population_group, sex, age, disability, cycle_start, cycle_end, from_revision)
);

create table populations (
  operation text collate "C" not null,
  area text collate "C" not null,
  population_group text collate "C" not null,
  sex text collate "C" not null,
  age text collate "C" not null,
  disability text collate "C" not null,
  year bigint not null,
  from_revision bigint not null,
  to_revision bigint,
  submission bigint not null,
  row bigint not null,
  people double precision not null,
  primary key (operation, area, population_group, sex, age, disability, year, from_revision)
);

create index areas_geom on areas using gist (geom) where to_revision is null;
create index activities_geom on activities using gist (geom)
  where to_revision is null and geom is not null;
create index sites_geom on sites using gist (geom)
  where to_revision is null and geom is not null;
