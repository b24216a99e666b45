-- +goose Up
-- What a network's area was before each change, by whom and on what ground it was changed (rule 10).
create table area_version (
  network integer not null,
  number integer not null,
  zone integer not null,
  at integer not null,
  by_id integer not null,
  ground text not null,
  area text not null,
  primary key (network, number)
) strict;

-- +goose Down
drop table area_version;
