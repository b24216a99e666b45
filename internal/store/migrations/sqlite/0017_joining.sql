-- +goose Up
-- A person's wish to join a network. Who it is lies sealed, and is erased when it is decided; its id becomes the member's.
create table application (
  id integer primary key,
  zone integer not null references zone (id),
  network integer not null references network (id),
  household integer not null,
  business integer not null,
  basis text not null,
  source text not null,
  outcome text not null,
  state text not null,
  language text not null,
  choices text not null,
  person blob not null,
  at integer not null,
  by_id integer not null
) strict;
create index application_zone on application (zone, state);
-- The dated facts of an application, in order. They hold words of closed lists and ids, and stay.
create table application_fact (
  application integer not null,
  seq integer not null,
  zone integer not null,
  kind text not null,
  at integer not null,
  by_id integer not null,
  detail text not null,
  primary key (application, seq)
) strict, without rowid;
-- Questions, answers, and why an officer declined.
create table application_note (
  id integer primary key,
  zone integer not null,
  application integer not null,
  kind text not null,
  by_id integer not null,
  at integer not null,
  body blob not null
) strict;
create index application_note_of on application_note (application);
-- The code by which a contact point, or with contact 0 an address, is proved: hashed, with its tries and its end.
create table proof (
  application integer not null,
  contact integer not null,
  zone integer not null,
  hash blob not null,
  expires integer not null,
  tries integer not null,
  primary key (application, contact)
) strict, without rowid;
-- How often codes went to a number or mailbox, or were asked from a source: keyed hashes only.
create table ask_limit (
  hash blob not null,
  span integer not null,
  since integer not null,
  n integer not null,
  last_at integer not null,
  primary key (hash, span)
) strict, without rowid;
-- The internal rules of a network, version by version. Public.
create table house_rules (
  network integer not null,
  version integer not null,
  zone integer not null,
  at integer not null,
  by_id integer not null,
  body text not null,
  primary key (network, version)
) strict, without rowid;
-- A business of a traders' network, and who stands for it.
create table business (
  id integer primary key,
  zone integer not null references zone (id),
  network integer not null references network (id),
  name blob not null,
  week text not null,
  at integer not null
) strict;
create index business_network on business (zone, network);
create table business_person (
  business integer not null,
  member integer not null,
  zone integer not null,
  post text not null,
  from_at integer not null,
  until_at integer not null,
  by_id integer not null,
  primary key (business, member, from_at)
) strict, without rowid;
create index business_person_member on business_person (member);
create index member_household on member (household) where household <> 0;

-- +goose Down
drop index member_household;
drop table business_person;
drop table business;
drop table house_rules;
drop table ask_limit;
drop table proof;
drop table application_note;
drop table application_fact;
drop table application;
