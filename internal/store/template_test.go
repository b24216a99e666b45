package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

func TestTemplatesOfAZone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v, other := settle(t, db, 0), settle(t, db, 0)
		first := store.Template{Key: "burglary", Fact: "burglary", Valid: 60, Texts: map[buurtbel.Language]string{buurtbel.Dutch: "Ingebroken in {place}."}}
		second := first
		second.Texts = map[buurtbel.Language]string{buurtbel.French: "Cambriolage, secteur {place}."}
		foreign := store.Template{Key: "burglary", Fact: "burglary", Valid: 30}
		v.write(func(tx *store.Tx) error { return tx.PutTemplate(&first) })
		other.write(func(tx *store.Tx) error { return tx.PutTemplate(&foreign) })
		v.write(func(tx *store.Tx) error { return tx.PutTemplate(&second) })
		list := func(v *village) (out []store.Template) {
			v.write(func(tx *store.Tx) (err error) {
				out, err = tx.Templates()
				return err
			})
			return out
		}
		if d := cmp.Diff([]store.Template{second}, list(v)); d != "" {
			t.Error(d)
		}
		for _, want := range []bool{true, false} {
			v.write(func(tx *store.Tx) error {
				dropped, err := tx.DropTemplate("burglary")
				if dropped != want {
					t.Errorf("dropped: %v", dropped)
				}
				return err
			})
		}
		if d := cmp.Diff([]store.Template{foreign}, list(other)); d != "" || len(list(v)) != 0 {
			t.Error("the other zone's: ", d)
		}
	})
}
