-- The life of a submission: rows keep what they said of their place, so that it can be worked out
-- again; what people decided and how sources were read is remembered; imports can be undone.

-- What rows said of their areas, under a hash of the words. Nothing is ever changed or taken away.
create table said_places (
  operation text collate "C" not null,
  said bigint not null,
  from_revision bigint not null,
  adm1_code text collate "C",
  adm2_code text collate "C",
  adm3_code text collate "C",
  adm4_code text collate "C",
  adm1_name text collate "C",
  adm2_name text collate "C",
  adm3_name text collate "C",
  adm4_name text collate "C",
  primary key (operation, said)
);

-- Rows that were kept before this have no method: their place stays as it is.
alter table activities add column said bigint;
alter table activities add column place_method text collate "C";
alter table activities add column place_confidence bigint;
alter table activities add column reported_as text collate "C";

alter table sites add column said bigint;
alter table sites add column place_method text collate "C";
alter table sites add column place_confidence bigint;
alter table sites add column reported_as text collate "C";

-- The submission whose rows a corrected file replaces, and the one that a rollback undoes.
alter table submissions add column replaces bigint;
alter table submissions add column undoes bigint;

create table decisions (
  operation text collate "C" not null,
  kind text collate "C" not null,
  key text collate "C" not null,
  from_revision bigint not null,
  to_revision bigint,
  submission bigint not null,
  row bigint not null,
  value text collate "C",
  note text collate "C",
  primary key (operation, kind, key, from_revision)
);

-- How the files of a source are read, recognised by the headers of its table; lists are JSON.
create table mappings (
  operation text collate "C" not null,
  mapping bigint not null,
  kind text collate "C" not null,
  file_name text collate "C" not null,
  at text collate "C" not null,
  headers text collate "C" not null,
  sheet text collate "C",
  header_row bigint,
  columns text collate "C" not null,
  primary key (operation, mapping)
);
