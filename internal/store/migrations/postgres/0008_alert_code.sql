-- +goose Up
-- The short code by which anybody can ask whether an alert is real. It holds nothing of the alert and stays clear.
create table alert_code (
  code text primary key,
  alert bigint not null unique,
  zone bigint not null,
  at bigint not null
);

-- +goose Down
drop table alert_code;
