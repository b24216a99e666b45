package voice

// Sign is what a Listener makes out about who answered.
type Sign string

// The signs. Each tells of the sound up to and with the frame that was just heard.
const (
	// Speech: somebody near the receiver began to speak; Person, Machine or Beep follows within 6 s. Once, before any other sign, and only when
	// it was not silent for Patience before.
	Speech Sign = "speech"
	// Person: a living person said something short and waits. May correct an earlier Machine, and may come after we began
	// to speak of our own accord: then it was said together with us.
	Person Sign = "person"
	// Machine: what speaks is a recorded greeting, which still goes on or just ended. May correct an earlier Person.
	Machine Sign = "machine"
	// Beep: a tone that invites to speak has just ended (single or dual tone, 400-2000 Hz). It says Machine too.
	Beep Sign = "beep"
	// GreetingEnded: a machine was silent for long enough after its greeting that no tone is to be expected any more. Only after Machine.
	GreetingEnded Sign = "greeting-ended"
)

// Listener tells a person from a machine in what the other side of one call says.
//
// It hears every frame from the answer on, in order and from one goroutine, about Frame samples each, silence where nothing came; also while
// we speak ourselves, so an echo of our own speech may lie under it. It gives a sign once, with the frame that settled it, and may give
// others later. A Listener knows no clock: time is the number of samples heard. It keeps nothing of what was said.
//
// Silence from the start needs no sign: the call speaks of its own accord when nothing was made out soon after the answer. A wrong Machine
// costs a person a wait, a wrong Person costs a machine's owner the start of the message: when in doubt it says nothing.
type Listener interface {
	Hear(frame Audio) (sign Sign, ok bool)
}
