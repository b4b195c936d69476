-- What an area is called beside its name, such as in another script: each on a line of its own.
do $$
begin
  alter table areas add column other_names text collate "C";
end $$;
