-- Where the extension citus is there, the tables are spread over its machines by operation: all rows of
-- one operation lie together, and no statement but the list of operations is about more than one.
do $$
declare
  one text;
begin
  if not exists (select from pg_extension where extname = 'citus') then
    return;
  end if;
  perform set_config('citus.multi_shard_modify_mode', 'sequential', true);
  execute $spread$select create_distributed_table('operations', 'operation')$spread$;
  foreach one in array array[
    'submissions', 'areas', 'partners', 'activities', 'sites', 'needs', 'populations',
    'said_places', 'decisions', 'mappings', 'packed_activities', 'gaps'
  ] loop
    execute format(
      $spread$select create_distributed_table(%L, 'operation', colocate_with => 'operations')$spread$,
      one
    );
  end loop;
end $$;
