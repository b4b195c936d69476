-- Lets lacuna_reader read the views, also where the role was made after them by somebody who may. It
-- may run any number of times: lacuna migrate runs it again.
do $$
declare
  here text := quote_ident(current_schema());
begin
  if exists (select from pg_roles where rolname = 'lacuna_reader') then
    execute 'grant usage on schema ' || here || ' to lacuna_reader';
    grant select on current_areas, current_sites, current_activities, current_gaps to lacuna_reader;
  end if;
end $$;
