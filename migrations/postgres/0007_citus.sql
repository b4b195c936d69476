-- Where the extension citus is there: spreads the tables that are not spread yet, as when it came after
-- them, and lets lacuna_reader read the tables that its views are of, because Citus asks the other
-- machines for rows with the rights of who asks and not with those of the view's owner. It may run any
-- number of times: lacuna migrate runs it again.
-- A later step changes a spread table inside such a block, a statement at a time: Citus may send the
-- whole text that a statement came in to the other machines.
do $$
declare
  one text;
begin
  if not exists (select from pg_extension where extname = 'citus') then
    return;
  end if;
  perform set_config('citus.multi_shard_modify_mode', 'sequential', true);
  foreach one in array array[
    'operations', 'submissions', 'areas', 'partners', 'activities', 'sites', 'needs', 'populations',
    'said_places', 'decisions', 'mappings', 'packed_activities', 'gaps', 'prunings'
  ] loop
    if not exists (select from pg_dist_partition where logicalrelid = one::regclass) then
      perform create_distributed_table(
        one::regclass, 'operation',
        colocate_with => case one when 'operations' then 'none' else 'operations' end
      );
    end if;
  end loop;
  if exists (select from pg_roles where rolname = 'lacuna_reader') then
    begin
      grant select on operations, areas, partners, activities, sites, gaps to lacuna_reader;
    exception
      when undefined_object then
        raise notice 'the role lacuna_reader is not on every machine: it may not read there';
    end;
  end if;
end $$;
