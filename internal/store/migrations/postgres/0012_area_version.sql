-- +goose Up
-- What a network's area was before each change, by whom and on what ground it was changed (rule 10).
create table area_version (
  network bigint not null,
  number bigint not null,
  zone bigint not null,
  at bigint not null,
  by_id bigint not null,
  ground text not null,
  area text not null,
  primary key (network, number)
);

-- +goose Down
drop table area_version;
