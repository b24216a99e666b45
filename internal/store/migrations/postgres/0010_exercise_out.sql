-- +goose Up
-- Who wishes no exercises, as told by telephone or on paper. Real alerts still come.
create table exercise_out (
  member bigint primary key,
  zone bigint not null,
  network bigint not null,
  at bigint not null,
  by_id bigint not null,
  how text not null
);
create index exercise_out_zone on exercise_out (zone);

-- +goose Down
drop table exercise_out;
