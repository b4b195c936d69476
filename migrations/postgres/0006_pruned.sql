-- The oldest revision that can still be made again: rows that had ended by then may be gone.
alter table operations add column oldest_revision bigint not null default 1;

-- What was removed, when, by whom and by which policy.
create table prunings (
  operation text collate "C" not null,
  pruning bigint not null,
  at text collate "C" not null,
  who text collate "C" not null,
  policy text collate "C" not null,
  oldest_revision bigint not null,
  removed bigint not null,
  -- The highest numbers there were, so that no number is given twice.
  last_activity bigint,
  last_site bigint,
  primary key (operation, pruning)
);

do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_distributed_table('prunings', 'operation', colocate_with => 'operations');
  end if;
end $$;
