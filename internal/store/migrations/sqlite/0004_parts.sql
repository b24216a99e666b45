-- +goose Up
-- A receipt of one part asks which parts of its attempt are still missing.
create index attempt_part_attempt on attempt_part (delivery, number);

-- +goose Down
drop index attempt_part_attempt;
