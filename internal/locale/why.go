package locale

import "github.com/buurtbel/buurtbel"

// Why says in one line why somebody gets a message of a kind from a network, and how to change that: the last line of each mail to members.
func Why(l buurtbel.Language, kind buurtbel.MessageKind, network string) string {
	key := "message.why.alert"
	if kind.Stoppable() {
		key = "message.why.bulletin"
	}
	return Text(l, key, buurtbel.Args{"Network": network})
}
