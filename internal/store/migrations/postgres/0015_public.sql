-- +goose Up
-- A street's names in other languages, and those of former municipalities: one a line, for the search only.
alter table street add column names text not null default '';
alter table street add column towns text not null default '';
-- How often something changed that every process keeps a copy of: it looks here, and reads again.
create table mark (
  name text primary key,
  n bigint not null
);
-- Who would like a network in a street where there is none. It counts once the mailbox is proved; its mailbox is a contact point of this id.
create table wish (
  id bigint primary key,
  zone bigint not null references zone (id),
  street bigint not null,
  kind text not null,
  language text not null,
  hash bytea not null,
  at bigint not null,
  proved_at bigint not null,
  until_at bigint not null,
  unique (street, kind, hash)
);
create index wish_zone on wish (zone, street);
create index wish_until on wish (until_at);
-- What somebody thinks can be better on a page: nobody is asked who.
create table remark (
  id bigint primary key,
  zone bigint not null,
  page text not null,
  body bytea not null,
  at bigint not null,
  done_at bigint not null,
  done_by bigint not null
);
create index remark_zone on remark (zone, at);

-- +goose Down
drop table remark;
drop table wish;
drop table mark;
alter table street drop column towns;
alter table street drop column names;
