-- The sheet of its file that a submission was read from; null where it was written before.
alter table submissions add column sheet text;
