-- +goose Up
-- A frozen audience may be megabytes, and its message is read at every commit: it lies apart.
create table audience (
  message bigint primary key references message (id),
  zone bigint not null,
  members bytea not null
);
insert into audience (message, zone, members) select id, zone, audience from message;
alter table message drop column audience;

-- +goose Down
alter table message add column audience bytea not null default '';
update message set audience = (select members from audience a where a.message = message.id);
drop table audience;
