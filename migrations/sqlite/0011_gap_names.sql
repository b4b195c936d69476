-- SQLite has no views for other programs.
select 1;
