package locale

import "github.com/buurtbel/buurtbel"

// TipText gives the words of a tip: the catalogue's, or those that a zone wrote itself; "" when a zone's own has none in that language.
func TipText(l buurtbel.Language, t buurtbel.Tip) string {
	if t.ID != 0 {
		return t.Texts[l]
	}
	return Text(l, t.Key, nil)
}
