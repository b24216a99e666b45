package entering

import "context"

// AnswerAll answers what was asked for own pages until now, as Run does.
func (g *Gate) AnswerAll(ctx context.Context) error {
	for {
		select {
		case a := <-g.pages:
			if err := g.answer(ctx, a); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}
