-- A SQLite file has no roles: who may read the file may read all of it.
select 1;
