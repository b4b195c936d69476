-- The sheet of its file that a submission was read from; null where it was written before.
do $$
begin
  alter table submissions add column sheet text;
end $$;
