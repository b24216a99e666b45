-- +goose Up
-- The short code by which anybody can ask whether an alert is real. It holds nothing of the alert and stays clear.
create table alert_code (
  code text primary key,
  alert integer not null unique,
  zone integer not null,
  at integer not null
) strict, without rowid;

-- +goose Down
drop table alert_code;
