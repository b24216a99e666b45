-- +goose Up
-- Passkeys: the credential's id by its hash, what verifies it sealed. The counter is clear: it is moved by a condition on what was read.
create table passkey (
  id integer primary key,
  person integer not null,
  zone integer not null,
  credential blob not null,
  record blob not null,
  name blob not null,
  counter integer not null,
  created_at integer not null,
  used_at integer not null,
  doubted_at integer not null
) strict;
create unique index passkey_credential on passkey (credential);
create index passkey_person on passkey (person);
-- Accounts at identity providers, by a keyed hash of issuer and subject.
create table identity (
  account blob primary key,
  person integer not null,
  zone integer not null,
  provider text not null,
  created_at integer not null,
  used_at integer not null
) strict, without rowid;
create index identity_person on identity (person);
-- Sets of sealed one-time codes for the dispatch room. person is the official that such a code lets in as.
create table sealed_set (
  id integer primary key,
  zone integer not null,
  person integer not null,
  number integer not null,
  size integer not null,
  made_at integer not null,
  by_id integer not null,
  voided_at integer not null
) strict;
create unique index sealed_set_number on sealed_set (zone, number);
create table sealed_code (
  hash blob primary key,
  sealed_set integer not null,
  zone integer not null,
  number integer not null,
  used_at integer not null
) strict, without rowid;
create index sealed_code_set on sealed_code (sealed_set);
-- Tickets that were redeemed: each works once.
create table spent (
  hash blob primary key,
  expires integer not null
) strict, without rowid;
alter table session add column id integer not null default 0;
alter table session add column how text not null default '';
alter table session add column proved_until integer not null default 0;
alter table session add column agent text not null default '';
alter table session add column origin text not null default '';
create index session_person on session (person);

-- +goose Down
drop index session_person;
alter table session drop column origin;
alter table session drop column agent;
alter table session drop column proved_until;
alter table session drop column how;
alter table session drop column id;
drop table spent;
drop table sealed_code;
drop table sealed_set;
drop table identity;
drop table passkey;
