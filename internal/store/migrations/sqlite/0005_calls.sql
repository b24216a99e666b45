-- +goose Up
-- The member pressed 9 during a call: texts to this number go on, calls do not.
alter table contact add column no_calls integer not null default 0;

-- +goose Down
alter table contact drop column no_calls;
