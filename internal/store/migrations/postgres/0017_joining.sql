-- +goose Up
-- A person's wish to join a network. Who it is lies sealed, and is erased when it is decided; its id becomes the member's.
create table application (
  id bigint primary key,
  zone bigint not null references zone (id),
  network bigint not null references network (id),
  household bigint not null,
  business bigint not null,
  basis text not null,
  source text not null,
  outcome text not null,
  state text not null,
  language text not null,
  choices text not null,
  person bytea not null,
  at bigint not null,
  by_id bigint not null
);
create index application_zone on application (zone, state);
-- The dated facts of an application, in order. They hold words of closed lists and ids, and stay.
create table application_fact (
  application bigint not null,
  seq bigint not null,
  zone bigint not null,
  kind text not null,
  at bigint not null,
  by_id bigint not null,
  detail text not null,
  primary key (application, seq)
);
-- Questions, answers, and why an officer declined.
create table application_note (
  id bigint primary key,
  zone bigint not null,
  application bigint not null,
  kind text not null,
  by_id bigint not null,
  at bigint not null,
  body bytea not null
);
create index application_note_of on application_note (application);
-- The code by which a contact point, or with contact 0 an address, is proved: hashed, with its tries and its end.
create table proof (
  application bigint not null,
  contact bigint not null,
  zone bigint not null,
  hash bytea not null,
  expires bigint not null,
  tries bigint not null,
  primary key (application, contact)
);
-- How often codes went to a number or mailbox, or were asked from a source: keyed hashes only.
create table ask_limit (
  hash bytea not null,
  span bigint not null,
  since bigint not null,
  n bigint not null,
  last_at bigint not null,
  primary key (hash, span)
);
-- The internal rules of a network, version by version. Public.
create table house_rules (
  network bigint not null,
  version bigint not null,
  zone bigint not null,
  at bigint not null,
  by_id bigint not null,
  body text not null,
  primary key (network, version)
);
-- A business of a traders' network, and who stands for it.
create table business (
  id bigint primary key,
  zone bigint not null references zone (id),
  network bigint not null references network (id),
  name bytea not null,
  week text not null,
  at bigint not null
);
create index business_network on business (zone, network);
create table business_person (
  business bigint not null,
  member bigint not null,
  zone bigint not null,
  post text not null,
  from_at bigint not null,
  until_at bigint not null,
  by_id bigint not null,
  primary key (business, member, from_at)
);
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
