-- +goose Up
create table shift (
  device blob not null,
  person integer not null,
  zone integer not null,
  pin blob not null,
  tries integer not null,
  since integer not null,
  expires integer not null,
  ended_at integer not null,
  primary key (device, person)
) strict, without rowid;
create table session_device (
  session blob primary key,
  device blob not null
) strict, without rowid;

-- +goose Down
drop table session_device;
drop table shift;
