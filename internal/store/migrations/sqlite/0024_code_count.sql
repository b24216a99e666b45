-- +goose Up
-- How many codes, and links that prove or open something, went to one number or mailbox: one count over all doors. A keyed hash only.
create table code_count (
  hash blob not null primary key,
  day_since integer not null,
  day integer not null,
  month_since integer not null,
  month integer not null,
  calls_since integer not null,
  calls integer not null,
  last_at integer not null,
  last_call integer not null,
  stopped integer not null
) strict, without rowid;
create index code_count_last on code_count (last_at);
-- In which count a code or link stands, so that using it takes it out again; and who sent an invitation, which ends with its sender.
alter table own_code add column number blob not null default x'';
alter table own_code add column call integer not null default 0;
alter table one_use add column number blob not null default x'';
alter table one_use add column by_id integer not null default 0;
create index one_use_by on one_use (by_id) where by_id <> 0;

-- +goose Down
drop index one_use_by;
alter table one_use drop column by_id;
alter table one_use drop column number;
alter table own_code drop column call;
alter table own_code drop column number;
drop table code_count;
