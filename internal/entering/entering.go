// Package entering lets officials and coordinators in: a one-time link to the own mailbox, a passkey, an identity provider of police or city,
// or a sealed code from the dispatch room; then a session; on a PC that a shift shares, a short PIN takes over from the one before. Before a
// launch, an export and a look at a whole list it asks who it is once more.
//
// Asking for a link answers the same, as fast, whether the mailbox is known or not: the mailbox is looked up later, by a loop. A session
// holds no rights: mandates are read anew at each request. Cookies and links are random and stored hashed; a PIN is stored keyed, works on
// one PC only, for the shift that a link began, and ends after five wrong tries. What begins with a browser and comes back (the challenge of
// a passkey, the way to a provider) is a sealed ticket that it carries: beginning writes nothing, and each ticket is redeemed once. No limit
// of tries stands before a right passkey or a right link. The package sets no cookie and knows no HTTP of our own.
package entering

import (
	"context"
	"fmt"
	"log/slog"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

const (
	// LinkLasts is how long a sign-in link works.
	LinkLasts = 15 * time.Minute
	// SessionLasts is the longest that a session, or a shift on a shared PC, lasts.
	SessionLasts = 12 * time.Hour
	// IdleLasts is how long a session on a shared PC lasts while nobody works there.
	IdleLasts = 30 * time.Minute

	touchEvery = time.Minute // working is noted at most this often
	queueLen   = 256
)

// Options are what a Gate needs.
type Options struct {
	Link      string // address of our pages, such as "https://alarm.example.org"
	Logger    *slog.Logger
	Passkeys  Passkeys
	Providers []Provider
	Groups    []Group
}

// Gate lets people in. Safe for concurrent use.
type Gate struct {
	db        *store.DB
	o         Options
	limits    *limits
	waiting   chan string
	keys      *webauthn.WebAuthn // nil: the pages have an address for which no passkey can be made
	providers []*provider
	pages     chan asked // askings for a member's own page
}

// New makes a Gate; Run makes it send links.
func New(db *store.DB, o Options) *Gate {
	return &Gate{db: db, o: o, limits: newLimits(db.Now), waiting: make(chan string, queueLen), keys: authn(o), providers: readyProviders(o), pages: make(chan asked, queueLen)}
}

// Request asks for a sign-in link to a mailbox. It tells nothing about the mailbox: the same answer in the same time for a known and an
// unknown one. origin is the network address of who asks.
//
// Errors: error.sign-in.mailbox (Invalid) for what can be no mailbox; error.sign-in.too-often (Busy) when the origin asks too much, with
// Args["Wait"] in seconds; error.sign-in.busy (Busy).
func (g *Gate) Request(mailbox, origin string) error {
	mailbox, ok := readMailbox(mailbox)
	if !ok {
		return buurtbel.Fail(buurtbel.Invalid, "error.sign-in.mailbox", nil)
	}
	if wait := g.limits.origin(origin); wait > 0 {
		return buurtbel.Fail(buurtbel.Busy, "error.sign-in.too-often", buurtbel.Args{"Wait": int(wait.Seconds()) + 1})
	}
	if !g.limits.mailbox(mailbox, origin) {
		return nil // links are in that mailbox already; it is not said, because it would tell that somebody else asked
	}
	select {
	case g.waiting <- mailbox:
		return nil
	default:
		return buurtbel.Fail(buurtbel.Busy, "error.sign-in.busy", nil)
	}
}

// readMailbox brings a typed mailbox to the form in which it is stored.
func readMailbox(typed string) (string, bool) {
	typed = strings.TrimSpace(typed)
	if len(typed) > 254 {
		return "", false
	}
	a, err := mail.ParseAddress(typed)
	if err != nil || a.Address != typed || a.Name != "" {
		return "", false
	}
	return strings.ToLower(typed), true
}

// Run looks mailboxes up and sends links, until ctx is done.
func (g *Gate) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case mailbox := <-g.waiting:
			if err := g.send(ctx, mailbox); err != nil && ctx.Err() == nil {
				g.o.Logger.Error("send sign-in link", "error", err)
			}
		case a := <-g.pages:
			if err := g.answer(ctx, a); err != nil && ctx.Err() == nil {
				g.o.Logger.Error("send the way to an own page", "error", err)
			}
		}
	}
}

// send mails a link to everybody who may sign in with a mailbox: a household may share one.
func (g *Gate) send(ctx context.Context, mailbox string) error {
	found, err := g.at(ctx, mailbox)
	if err != nil {
		return err
	}
	for _, e := range found {
		if err := g.mail(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

func (g *Gate) at(ctx context.Context, mailbox string) ([]store.Enterer, error) {
	var found []store.Enterer
	err := g.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		found, err = tx.EnterersAt(mailbox)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look mailbox up: %w", err)
	}
	return slices.Compact(found), nil
}

func (g *Gate) mail(ctx context.Context, e store.Enterer) error {
	secret, hash := token.New()
	until := g.db.Now().Add(LinkLasts)
	letter := func(lang buurtbel.Language, at stated) locale.Letter {
		return locale.SignInLetter(lang, g.address(secret), until, at.now, at.place)
	}
	return g.write(ctx, e.Zone, []buurtbel.ID{e.Person}, until, buurtbel.KindCode, letter, func(tx *store.Tx) error {
		return tx.InsertOneUse(hash, signIn(e.Person, until))
	})
}

func signIn(person buurtbel.ID, until time.Time) store.OneUse {
	return store.OneUse{Purpose: string(token.SignIn), Subject: person, Person: person, Expires: until}
}

func (g *Gate) address(secret string) string { return g.o.Link + "/s/" + secret }

// DirectLink makes a sign-in link for a person without mailing it: for the command line and the demo. Journalled.
func (g *Gate) DirectLink(ctx context.Context, actor buurtbel.Actor, person buurtbel.ID) (string, error) {
	if err := actor.May(buurtbel.MayInstall, buurtbel.Scope{}, g.db.Now()); err != nil {
		return "", err
	}
	secret, hash := token.New()
	until := g.db.Now().Add(LinkLasts)
	invitation := signIn(person, until)
	invitation.Purpose = string(token.Invite)
	err := g.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		who, err := tx.Actor(person)
		if err != nil {
			return err
		}
		if err := tx.InsertOneUse(hash, invitation); err != nil {
			return err
		}
		return tx.AppendIn(who.Zone, who.Zone, buurtbel.EntrySignIn, actor.Person, []byte("link made for "+person.String()))
	})
	if err != nil {
		return "", err
	}
	return g.address(secret), nil
}

// DirectLinkTo is DirectLink for the person with a mailbox. NotFound (error.person.unknown) when nobody may sign in with it.
func (g *Gate) DirectLinkTo(ctx context.Context, actor buurtbel.Actor, mailbox string) (string, error) {
	if err := actor.May(buurtbel.MayInstall, buurtbel.Scope{}, g.db.Now()); err != nil {
		return "", err
	}
	mailbox, ok := readMailbox(mailbox)
	if !ok {
		return "", buurtbel.Fail(buurtbel.Invalid, "error.sign-in.mailbox", nil)
	}
	found, err := g.at(ctx, mailbox)
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil)
	}
	return g.DirectLink(ctx, actor, found[0].Person)
}
