-- The current activities of large operations once more, as compressed pieces that a server starts
-- from. A copy: it may be missing, old or thrown away at any time.
create table packed_activities (
  operation text collate "C" not null,
  piece bigint not null,
  format bigint not null,
  -- The revision whose rows these are.
  revision bigint not null,
  bytes bytea not null,
  primary key (operation, piece)
);
