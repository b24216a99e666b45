-- +goose Up
create table shift (
  device bytea not null,
  person bigint not null,
  zone bigint not null,
  pin bytea not null,
  tries bigint not null,
  since bigint not null,
  expires bigint not null,
  ended_at bigint not null,
  primary key (device, person)
);
create table session_device (
  session bytea primary key,
  device bytea not null
);

-- +goose Down
drop table session_device;
drop table shift;
