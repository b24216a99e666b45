-- +goose Up
-- When a membership ended; 0: it goes on.
alter table member add column left_at integer not null default 0;
create index member_gone on member (zone, left_at) where left_at <> 0;
-- A member asked for a code or link to the own page. Slot 0 is the asking, which is kept the same whether the address is known or not and counts
-- the tries; each further slot is one person who has the address, with a keyed hash of the code that was sent.
create table own_code (
  ask blob not null,
  slot integer not null,
  zone integer not null,
  person integer not null,
  code blob not null,
  tries integer not null,
  at integer not null,
  expires integer not null,
  used_at integer not null,
  primary key (ask, slot)
) strict, without rowid;
create index own_code_person on own_code (person) where person <> 0;
create index own_code_expires on own_code (expires);
-- Which journal entries are about a member: looks at the data and changes of it. Ids only; it goes when the member is erased.
create table journal_about (
  member integer not null,
  subject integer not null,
  node integer not null,
  seq integer not null,
  zone integer not null,
  primary key (member, subject, node, seq)
) strict, without rowid;
create index journal_about_entry on journal_about (subject, node, seq);
-- A member moved to an address outside the network's area, or to one that the register does not know: the coordinator decides.
create table move_asked (
  member integer primary key,
  zone integer not null,
  network integer not null,
  home blob not null,
  place blob not null,
  found text not null,
  at integer not null
) strict;
create index move_asked_network on move_asked (zone, network);
-- The register of breaches (GDPR article 33, paragraph 5). Its texts are sealed.
create table breach (
  id integer primary key,
  zone integer not null,
  noticed_at integer not null,
  at integer not null,
  by_id integer not null,
  details blob not null,
  authority text not null,
  authority_at integer not null,
  persons text not null,
  persons_at integer not null,
  closed_at integer not null,
  closed_by integer not null
) strict;
create index breach_zone on breach (zone, noticed_at);

-- +goose Down
drop table breach;
drop table move_asked;
drop table journal_about;
drop table own_code;
drop index member_gone;
alter table member drop column left_at;
