-- +goose Up
-- The internal rules of a network in each language of its regime, from which day they hold, who agreed, and the message that told it. Public.
-- texts is a JSON object of texts by language; an empty one is a version from before, whose text stands in body.
alter table house_rules add column from_at bigint not null default 0;
alter table house_rules add column agreed_by bigint not null default 0;
alter table house_rules add column texts text not null default '';
alter table house_rules add column message bigint not null default 0;
update house_rules set from_at = at;
create index house_rules_message on house_rules (message) where message <> 0;
-- What a coordinator writes before the mandated officer agrees: one at a time for a network. The note says why it came back.
create table house_rules_draft (
  network bigint primary key,
  zone bigint not null,
  at bigint not null,
  by_id bigint not null,
  from_at bigint not null,
  state text not null,
  texts text not null,
  note bytea not null
);
-- Which version a member accepted, and how: 0 is the standard one.
create table house_rules_accepted (
  network bigint not null,
  version bigint not null,
  member bigint not null,
  zone bigint not null,
  at bigint not null,
  by_id bigint not null,
  how text not null,
  primary key (network, version, member)
);
create index house_rules_accepted_member on house_rules_accepted (member);
insert into house_rules_accepted (network, version, member, zone, at, by_id, how)
  select a.network, cast(f.detail as bigint), a.id, a.zone, max(f.at), 0, a.source from application a
  join application_fact f on f.application = a.id and f.zone = a.zone and f.kind = 'rules' join member m on m.id = a.id
  where a.state = 'accepted' group by a.network, cast(f.detail as bigint), a.id, a.zone, a.source;

-- +goose Down
drop table house_rules_accepted;
drop table house_rules_draft;
drop index house_rules_message;
alter table house_rules drop column message;
alter table house_rules drop column texts;
alter table house_rules drop column agreed_by;
alter table house_rules drop column from_at;
