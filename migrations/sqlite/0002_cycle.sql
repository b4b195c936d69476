-- The life of a submission: rows keep what they said of their place, so that it can be worked out
-- again; what people decided and how sources were read is remembered; imports can be undone.

-- What rows said of their areas. The key is a hash of the words, so that writing needs no look-up:
-- words that are there are ignored. Nothing is ever changed or taken away.
create table said_places (
  operation text not null,
  said integer not null,
  from_revision integer not null,
  adm1_code text,
  adm2_code text,
  adm3_code text,
  adm4_code text,
  adm1_name text,
  adm2_name text,
  adm3_name text,
  adm4_name text,
  primary key (operation, said) on conflict ignore
) strict, without rowid;

-- Rows that were kept before this have no method: their place stays as it is.
alter table activities add column said integer;
alter table activities add column place_method text;
alter table activities add column place_confidence integer;
alter table activities add column reported_as text;

alter table sites add column said integer;
alter table sites add column place_method text;
alter table sites add column place_confidence integer;
alter table sites add column reported_as text;

-- The submission whose rows a corrected file replaces, and the one that a rollback undoes.
alter table submissions add column replaces integer;
alter table submissions add column undoes integer;

create table decisions (
  operation text not null,
  kind text not null,
  key text not null,
  from_revision integer not null,
  to_revision integer,
  submission integer not null,
  row integer not null,
  value text,
  note text,
  primary key (operation, kind, key, from_revision)
) strict, without rowid;

-- How the files of a source are read, recognised by the headers of its table; lists are JSON.
create table mappings (
  operation text not null,
  mapping integer not null,
  kind text not null,
  file_name text not null,
  at text not null,
  headers text not null,
  sheet text,
  header_row integer,
  columns text not null,
  primary key (operation, mapping)
) strict, without rowid;
