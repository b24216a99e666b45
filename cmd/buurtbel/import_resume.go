package main

import (
	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/loading"
)

type importResume struct {
	inZone
	Import string `arg:"" help:"Id of the import, as it was printed."`
}

// Run goes on with a list that was cut off while its members were stored. None of them is a member before the last one is stored.
func (i importResume) Run(w *world) error {
	a, zone, id, err := i.imported(w, i.Import)
	if err != nil {
		return err
	}
	defer closing(w, a)
	progress := gauge(-1, "members")
	n, err := loading.CommitMembers(w.ctx, a.DB, buurtbel.System(), zone, id, func(done, total int) {
		progress.ChangeMax(total)
		show(progress, int64(done))
	})
	if err != nil {
		return err
	}
	return w.tell("cli.import.resumed", buurtbel.Args{"Count": n, "Import": id.String()})
}
