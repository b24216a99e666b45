package arriving

import (
	"context"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/relaying"
	"github.com/buurtbel/buurtbel/internal/store"
)

// isItReal answers a text that is an alert's code with what the public page says of it. A code that nobody knows may be something else, such
// as a number plate: it stays a text that a person reads, and is answered as an unknown code. A number that nobody has gets no answer.
func (d *Door) isItReal(ctx context.Context, in *store.Inbound, holders []store.ContactHolder, code string) error {
	if len(holders) == 0 {
		return d.stranger(ctx, in)
	}
	holder := holders[0]
	answer := relaying.Answer{Holder: holder, Key: "message.check.unknown"}
	verdict, err := d.desk.Known(ctx, code)
	switch {
	case buurtbel.KindOf(err) == buurtbel.NotFound:
		in.Meaning = buurtbel.AnswerOther
	case err != nil:
		return err
	default:
		answer.Said = strings.Join(verdict.Sentences(holder.Language, d.db.Now()), " ")
	}
	prepared, err := relaying.Prepare(ctx, d.db, d.actor, answer)
	if err != nil {
		return err
	}
	return d.settled(ctx, in, holder.Zone, holder.Member, 0, prepared)
}
