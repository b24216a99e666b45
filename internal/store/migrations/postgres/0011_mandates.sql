-- +goose Up
-- Who gave a mandate and who ended it, by what; a coordinator's screening (a day, never its content); the meeting that confirmed it.
alter table mandate add column by_id bigint not null default 0;
alter table mandate add column screened_at bigint not null default 0;
alter table mandate add column confirmed_at bigint not null default 0;
alter table mandate add column meeting text not null default '';
alter table mandate add column ended_by bigint not null default 0;
alter table mandate add column end_ground text not null default '';
create index mandate_zone on mandate (zone, network);
-- The last sign of somebody who works here, at most one change a day, and since when a silence was told to others.
create table last_sign (
  person bigint primary key,
  zone bigint not null,
  at bigint not null
);
create table silence_told (
  mandate bigint primary key,
  zone bigint not null,
  since bigint not null,
  at bigint not null
);

-- +goose Down
drop table silence_told;
drop table last_sign;
drop index mandate_zone;
alter table mandate drop column end_ground;
alter table mandate drop column ended_by;
alter table mandate drop column meeting;
alter table mandate drop column confirmed_at;
alter table mandate drop column screened_at;
alter table mandate drop column by_id;
