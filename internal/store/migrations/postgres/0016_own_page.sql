-- +goose Up
-- When a membership ended; 0: it goes on.
alter table member add column left_at bigint not null default 0;
create index member_gone on member (zone, left_at) where left_at <> 0;
-- A member asked for a code or link to the own page. Slot 0 is the asking, which is kept the same whether the address is known or not and counts
-- the tries; each further slot is one person who has the address, with a keyed hash of the code that was sent.
create table own_code (
  ask bytea not null,
  slot bigint not null,
  zone bigint not null,
  person bigint not null,
  code bytea not null,
  tries bigint not null,
  at bigint not null,
  expires bigint not null,
  used_at bigint not null,
  primary key (ask, slot)
);
create index own_code_person on own_code (person) where person <> 0;
create index own_code_expires on own_code (expires);
-- Which journal entries are about a member: looks at the data and changes of it. Ids only; it goes when the member is erased.
create table journal_about (
  member bigint not null,
  subject bigint not null,
  node bigint not null,
  seq bigint not null,
  zone bigint not null,
  primary key (member, subject, node, seq)
);
create index journal_about_entry on journal_about (subject, node, seq);
-- A member moved to an address outside the network's area, or to one that the register does not know: the coordinator decides.
create table move_asked (
  member bigint primary key,
  zone bigint not null,
  network bigint not null,
  home bytea not null,
  place bytea not null,
  found text not null,
  at bigint not null
);
create index move_asked_network on move_asked (zone, network);
-- The register of breaches (GDPR article 33, paragraph 5). Its texts are sealed.
create table breach (
  id bigint primary key,
  zone bigint not null,
  noticed_at bigint not null,
  at bigint not null,
  by_id bigint not null,
  details bytea not null,
  authority text not null,
  authority_at bigint not null,
  persons text not null,
  persons_at bigint not null,
  closed_at bigint not null,
  closed_by bigint not null
);
create index breach_zone on breach (zone, noticed_at);

-- +goose Down
drop table breach;
drop table move_asked;
drop table journal_about;
drop table own_code;
drop index member_gone;
alter table member drop column left_at;
