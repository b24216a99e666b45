package buurtbel

import (
	"slices"
	"time"
)

// Basis says by what a person belongs in a network's area (rule 8).
type Basis string

// The bases.
const (
	Lives Basis = "lives"
	Works Basis = "works"
)

// Found is the outcome of the zone check (rule 8).
type Found string

// The three outcomes.
const (
	FoundInside Found = "inside" // inside the area of one network
	FoundNone   Found = "none"   // no network here
	FoundRefer  Found = "refer"  // an edge case: police decide
)

// ApplicationSource says how an application came in.
type ApplicationSource string

// The sources.
const (
	FromForm       ApplicationSource = "form"
	FromPaper      ApplicationSource = "paper"      // the coordinator typed it over
	FromInvitation ApplicationSource = "invitation" // an adult of the household, or a contact person of the business, asked
)

// ApplicationFactKind sorts what happened to an application.
type ApplicationFactKind string

// The kinds of fact. Details are words of closed lists or ids, never what a person wrote.
const (
	FactApplied   ApplicationFactKind = "applied"
	FactTold      ApplicationFactKind = "told"    // the purpose was told beforehand; detail: version of the words
	FactAdult     ApplicationFactKind = "adult"   // says to be 18 or older; detail: by whose word
	FactRules     ApplicationFactKind = "rules"   // accepts the internal rules; detail: their version
	FactProved    ApplicationFactKind = "proved"  // a contact point is the applicant's own; detail: its id
	FactAddress   ApplicationFactKind = "address" // the address is proved; detail: an AddressProof
	FactLetter    ApplicationFactKind = "letter"  // a letter with a code was made
	FactAsked     ApplicationFactKind = "asked"
	FactAnswered  ApplicationFactKind = "answered"
	FactReferred  ApplicationFactKind = "referred" // the officer decides
	FactAccepted  ApplicationFactKind = "accepted"
	FactDeclined  ApplicationFactKind = "declined" // detail: a DeclineGround
	FactWithdrawn ApplicationFactKind = "withdrawn"
	FactLapsed    ApplicationFactKind = "lapsed"   // abandoned
	FactReminded  ApplicationFactKind = "reminded" // detail: the Reminder
	FactWelcomed  ApplicationFactKind = "welcomed" // detail: the channel, or "letter"
)

// AddressProof says by what an address was proved.
type AddressProof string

// The proofs of an address.
const (
	ByLetter    AddressProof = "letter"    // the code on a letter sent there
	ByKnowledge AddressProof = "knowledge" // the coordinator knows it; the fact says who and when
	ByIdentity  AddressProof = "identity"  // an electronic identity said so
)

// DeclineGround is why an application is declined (rule 8).
type DeclineGround string

// The closed list, and what only the officer may give.
const (
	DeclineOutside  DeclineGround = "outside"
	DeclineAge      DeclineGround = "under-18"
	DeclineProof    DeclineGround = "no-proof"
	DeclineRules    DeclineGround = "rules-not-accepted"
	DeclineExcluded DeclineGround = "excluded"
	DeclineOfficer  DeclineGround = "officer" // anything else: the officer decides, and writes why
)

// DeclineGrounds is the closed list from which a coordinator declines.
var DeclineGrounds = []DeclineGround{DeclineOutside, DeclineAge, DeclineProof, DeclineRules, DeclineExcluded}

// ApplicationState says where an application stands. It follows from its facts.
type ApplicationState string

// The states. The last four are final.
const (
	ApplicationProving   ApplicationState = "proving"  // no contact point is proved yet: the applicant has to do something
	ApplicationReady     ApplicationState = "ready"    // the coordinator decides
	ApplicationAsked     ApplicationState = "asked"    // a question waits for the applicant
	ApplicationReferred  ApplicationState = "referred" // the officer decides
	ApplicationAccepted  ApplicationState = "accepted"
	ApplicationDeclined  ApplicationState = "declined"
	ApplicationWithdrawn ApplicationState = "withdrawn"
	ApplicationLapsed    ApplicationState = "lapsed"
)

// Final tells whether nothing will change the state any more.
func (s ApplicationState) Final() bool {
	return s == ApplicationAccepted || s == ApplicationDeclined || s == ApplicationWithdrawn || s == ApplicationLapsed
}

// ApplicationFact is one dated fact of an application.
type ApplicationFact struct {
	Seq    int // from 1 without a gap
	Kind   ApplicationFactKind
	At     time.Time
	By     ID // 0: the applicant, or the program
	Detail string
}

// Application is a person's wish to join a network. Its id becomes the member's. Who it is stays sealed in the store.
type Application struct {
	ID, Zone, Network ID
	Household         ID // of who invited; 0: nobody
	Business          ID // the business that the person stands for; 0: none
	Basis             Basis
	Source            ApplicationSource
	Found             Found
	Language          Language
	Choices           Choices
	Facts             []ApplicationFact // in order
}

// State follows from the facts, the last one that decides first.
func (a *Application) State() ApplicationState {
	state := ApplicationProving
	for _, f := range a.Facts {
		switch f.Kind {
		case FactProved, FactAnswered:
			if state == ApplicationProving || f.Kind == FactAnswered && state == ApplicationAsked {
				state = ApplicationReady
			}
		case FactAsked:
			state = ApplicationAsked
		case FactReferred:
			state = ApplicationReferred
		case FactAccepted:
			return ApplicationAccepted
		case FactDeclined:
			return ApplicationDeclined
		case FactWithdrawn:
			return ApplicationWithdrawn
		case FactLapsed:
			return ApplicationLapsed
		case FactApplied, FactTold, FactAdult, FactRules, FactAddress, FactLetter, FactReminded, FactWelcomed:
		}
	}
	return state
}

// Has gives the newest fact of a kind.
func (a *Application) Has(kind ApplicationFactKind) (ApplicationFact, bool) {
	for _, f := range slices.Backward(a.Facts) {
		if f.Kind == kind {
			return f, true
		}
	}
	return ApplicationFact{}, false
}

// Proved tells whether a contact point is proved.
func (a *Application) Proved(contact ID) bool {
	return slices.ContainsFunc(a.Facts, func(f ApplicationFact) bool { return f.Kind == FactProved && f.Detail == contact.String() })
}

// Since gives when an application came into the state it is in.
func (a *Application) Since() time.Time {
	part := *a
	var since time.Time
	var last ApplicationState
	for i, f := range a.Facts {
		part.Facts = a.Facts[:i+1]
		if s := part.State(); s != last {
			last, since = s, f.At
		}
	}
	return since
}

// Missing lists what acceptance still lacks, as sentence keys' last words. It is empty for who may be accepted.
func (a *Application) Missing() []string {
	var out []string
	for _, need := range []struct {
		kind ApplicationFactKind
		word string
	}{{FactTold, "told"}, {FactAdult, "adult"}, {FactRules, "rules"}, {FactProved, "contact"}, {FactAddress, "address"}} {
		if _, ok := a.Has(need.kind); !ok {
			out = append(out, need.word)
		}
	}
	return out
}

// MayFollow tells whether a fact may follow what is known of an application: nil, or why not. officer says that who decides is the mandated
// officer; the coordinator decides what the closed list covers, the officer the rest (rule 8).
//
// Errors: error.application.over, .not-yours, .missing (Args Count) (Conflict); .ground (Invalid).
func (a *Application) MayFollow(f ApplicationFact, officer bool) error {
	state := a.State()
	switch {
	case f.Kind == FactReminded, f.Kind == FactWelcomed && state == ApplicationAccepted:
		return nil
	case state.Final():
		return Fail(Conflict, "error.application.over", nil)
	}
	switch f.Kind {
	case FactAccepted:
		return a.mayAccept(state, officer)
	case FactDeclined:
		return a.mayDecline(state, DeclineGround(f.Detail), officer)
	case FactAsked, FactReferred:
		if state == ApplicationReferred && !officer {
			return Fail(Conflict, "error.application.not-yours", nil)
		}
	case FactAnswered:
		if state != ApplicationAsked && state != ApplicationReferred {
			return Fail(Conflict, "error.application.no-question", nil)
		}
	case FactApplied, FactTold, FactAdult, FactRules, FactProved, FactAddress, FactLetter, FactWithdrawn, FactLapsed, FactReminded, FactWelcomed:
	}
	return nil
}

func (a *Application) mayAccept(state ApplicationState, officer bool) error {
	if !officer && (state == ApplicationReferred || a.Found != FoundInside) {
		return Fail(Conflict, "error.application.not-yours", nil)
	}
	if missing := a.Missing(); len(missing) > 0 {
		return Fail(Conflict, "error.application.missing", Args{"Count": len(missing)})
	}
	return nil
}

func (a *Application) mayDecline(state ApplicationState, g DeclineGround, officer bool) error {
	switch {
	case !officer && state == ApplicationReferred:
		return Fail(Conflict, "error.application.not-yours", nil)
	case slices.Contains(DeclineGrounds, g), officer && g == DeclineOfficer:
		return nil
	}
	return Fail(Invalid, "error.application.ground", nil)
}
