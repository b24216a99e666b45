-- +goose Up
-- How many codes, and links that prove or open something, went to one number or mailbox: one count over all doors. A keyed hash only.
create table code_count (
  hash bytea not null primary key,
  day_since bigint not null,
  day bigint not null,
  month_since bigint not null,
  month bigint not null,
  calls_since bigint not null,
  calls bigint not null,
  last_at bigint not null,
  last_call bigint not null,
  stopped bigint not null
);
create index code_count_last on code_count (last_at);
-- In which count a code or link stands, so that using it takes it out again; and who sent an invitation, which ends with its sender.
alter table own_code add column number bytea not null default '';
alter table own_code add column call bigint not null default 0;
alter table one_use add column number bytea not null default '';
alter table one_use add column by_id bigint not null default 0;
create index one_use_by on one_use (by_id) where by_id <> 0;

-- +goose Down
drop index one_use_by;
alter table one_use drop column by_id;
alter table one_use drop column number;
alter table own_code drop column call;
alter table own_code drop column number;
drop table code_count;
