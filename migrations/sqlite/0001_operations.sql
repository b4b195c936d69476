-- Every primary key begins with the operation, so that operations can be spread over machines.
-- Rows are versioned: a row is current from its from_revision until to_revision (null: still).
-- Nothing is overwritten, so every published figure can be made again.

create table operations (
  operation text not null primary key,
  name text not null,
  note text,
  household_size real,
  revision integer not null,
  revised_at text not null
) strict, without rowid;

create table submissions (
  operation text not null,
  submission integer not null,
  kind text not null,
  file_name text not null,
  sha256 text not null,
  at text not null,
  revision integer not null,
  report text not null,
  primary key (operation, submission)
) strict, without rowid;


create table areas (
  operation text not null,
  pcode text not null,
  from_revision integer not null,
  to_revision integer,
  submission integer not null,
  row integer not null,
  name text not null,
  level integer not null,
  parent text,
  area_km2 real,
  min_x real,
  min_y real,
  max_x real,
  max_y real,
  geometry blob,
  primary key (operation, pcode, from_revision)
) strict;

create table partners (
  operation text not null,
  partner text not null,
  from_revision integer not null,
  to_revision integer,
  submission integer not null,
  row integer not null,
  name text not null,
  acronym text,
  type text,
  primary key (operation, partner, from_revision)
) strict, without rowid;

create table activities (
  operation text not null,
  activity integer not null,
  from_revision integer not null,
  to_revision integer,
  submission integer not null,
  row integer not null,
  activity_id text,
  partner text not null,
  implementing_partner text,
  donor text,
  sector text,
  activity_type text,
  description text,
  area text,
  location text,
  longitude real,
  latitude real,
  start_day integer,
  end_day integer,
  status text,
  modality text,
  population_group text not null,
  sex text not null,
  age text not null,
  disability text not null,
  targeted real,
  reached real,
  households_targeted real,
  households_reached real,
  budget_usd real,
  primary key (operation, activity, from_revision)
) strict, without rowid;

create table sites (
  operation text not null,
  site integer not null,
  from_revision integer not null,
  to_revision integer,
  submission integer not null,
  row integer not null,
  site_id text,
  name text,
  type text,
  sector text,
  partner text,
  area text,
  longitude real,
  latitude real,
  status text,
  capacity_people real,
  radius_m real,
  start_day integer,
  end_day integer,
  sensitivity text,
  primary key (operation, site, from_revision)
) strict, without rowid;

-- An empty area is the whole operation.
create table needs (
  operation text not null,
  area text not null,
  sector text not null,
  population_group text not null,
  sex text not null,
  age text not null,
  disability text not null,
  cycle_start integer not null,
  cycle_end integer not null,
  from_revision integer not null,
  to_revision integer,
  submission integer not null,
  row integer not null,
  population real,
  affected real,
  in_need real,
  targeted real,
  severity real,
  primary key (operation, area, sector, population_group, sex, age, disability, cycle_start, cycle_end, from_revision)
) strict, without rowid;

create table populations (
  operation text not null,
  area text not null,
  population_group text not null,
  sex text not null,
  age text not null,
  disability text not null,
  year integer not null,
  from_revision integer not null,
  to_revision integer,
  submission integer not null,
  row integer not null,
  people real not null,
  primary key (operation, area, population_group, sex, age, disability, year, from_revision)
) strict, without rowid;
