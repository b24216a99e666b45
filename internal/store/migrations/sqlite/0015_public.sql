-- +goose Up
-- A street's names in other languages, and those of former municipalities: one a line, for the search only.
alter table street add column names text not null default '';
alter table street add column towns text not null default '';
-- How often something changed that every process keeps a copy of: it looks here, and reads again.
create table mark (
  name text primary key,
  n integer not null
) strict, without rowid;
-- Who would like a network in a street where there is none. It counts once the mailbox is proved; its mailbox is a contact point of this id.
create table wish (
  id integer primary key,
  zone integer not null references zone (id),
  street integer not null,
  kind text not null,
  language text not null,
  hash blob not null,
  at integer not null,
  proved_at integer not null,
  until_at integer not null,
  unique (street, kind, hash)
) strict;
create index wish_zone on wish (zone, street);
create index wish_until on wish (until_at);
-- What somebody thinks can be better on a page: nobody is asked who.
create table remark (
  id integer primary key,
  zone integer not null,
  page text not null,
  body blob not null,
  at integer not null,
  done_at integer not null,
  done_by integer not null
) strict;
create index remark_zone on remark (zone, at);

-- +goose Down
drop table remark;
drop table wish;
drop table mark;
alter table street drop column towns;
alter table street drop column names;
