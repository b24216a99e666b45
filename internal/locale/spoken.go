package locale

import (
	"strings"

	"github.com/buurtbel/buurtbel"
)

// mostNamed is how many networks a call names before it says "your network": who listens must not wait for a list.
const mostNamed = 2

// Spoken is what a call says, one per language of the regime in its order, from the same words as the SMS and the mail. The marks of an
// exercise and the keys are not in it: the call says those itself.
func (f Frame) Spoken() []buurtbel.Spoken {
	var out []buurtbel.Spoken
	for _, l := range f.languages() {
		text := f.ownText(l)
		if f.Kind != buurtbel.KindLaunch {
			text = Text(l, "message."+string(f.Kind), buurtbel.Args{"Text": text})
		}
		said := f
		said.TextLine = "" // for who cannot call, and so is not called
		out = append(out, buurtbel.Spoken{Language: l, Intro: f.intro(l), Text: joinSentences(capital(text), said.after(l)),
			Report: Text(l, "message.spoken.report", buurtbel.Args{"Line": f.Line})})
	}
	return out
}

func (f Frame) intro(l buurtbel.Language) string {
	key := "message.spoken.intro"
	if f.Kind == buurtbel.KindFeedback || f.Kind == buurtbel.KindCorrection || f.Kind == buurtbel.KindAllClear {
		key = "message.spoken.intro-after"
	}
	network := f.Network
	if network == "" || strings.Count(network, ", ") >= mostNamed {
		network = Text(l, "message.spoken.your-network", nil)
	}
	return Text(l, key, buurtbel.Args{"Source": f.Source, "Network": network})
}
