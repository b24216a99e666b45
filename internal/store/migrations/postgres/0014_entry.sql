-- +goose Up
-- Passkeys: the credential's id by its hash, what verifies it sealed. The counter is clear: it is moved by a condition on what was read.
create table passkey (
  id bigint primary key,
  person bigint not null,
  zone bigint not null,
  credential bytea not null,
  record bytea not null,
  name bytea not null,
  counter bigint not null,
  created_at bigint not null,
  used_at bigint not null,
  doubted_at bigint not null
);
create unique index passkey_credential on passkey (credential);
create index passkey_person on passkey (person);
-- Accounts at identity providers, by a keyed hash of issuer and subject.
create table identity (
  account bytea primary key,
  person bigint not null,
  zone bigint not null,
  provider text not null,
  created_at bigint not null,
  used_at bigint not null
);
create index identity_person on identity (person);
-- Sets of sealed one-time codes for the dispatch room. person is the official that such a code lets in as.
create table sealed_set (
  id bigint primary key,
  zone bigint not null,
  person bigint not null,
  number bigint not null,
  size bigint not null,
  made_at bigint not null,
  by_id bigint not null,
  voided_at bigint not null
);
create unique index sealed_set_number on sealed_set (zone, number);
create table sealed_code (
  hash bytea primary key,
  sealed_set bigint not null,
  zone bigint not null,
  number bigint not null,
  used_at bigint not null
);
create index sealed_code_set on sealed_code (sealed_set);
-- Tickets that were redeemed: each works once.
create table spent (
  hash bytea primary key,
  expires bigint not null
);
alter table session add column id bigint not null default 0;
alter table session add column how text not null default '';
alter table session add column proved_until bigint not null default 0;
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
