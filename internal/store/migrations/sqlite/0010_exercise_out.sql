-- +goose Up
-- Who wishes no exercises, as told by telephone or on paper. Real alerts still come.
create table exercise_out (
  member integer primary key,
  zone integer not null,
  network integer not null,
  at integer not null,
  by_id integer not null,
  how text not null
) strict, without rowid;
create index exercise_out_zone on exercise_out (zone);

-- +goose Down
drop table exercise_out;
