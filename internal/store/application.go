package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// Applicant is who wishes to join: opened contact data.
type Applicant struct {
	Name  Name           `json:"name"`
	Home  Home           `json:"home"`
	Place buurtbel.Point `json:"place"`
	Shop  string         `json:"shop,omitempty"` // name of the business that the person stands for
}

// NewApplication is an application to be stored, with its first facts.
type NewApplication struct {
	buurtbel.Application
	Person   Applicant
	Contacts []NewContact // of the applicant; none is verified yet
	By       buurtbel.ID  // who typed it over from paper; 0: the applicant
}

// InsertApplication stores an application with its contact points and facts.
func (tx *Tx) InsertApplication(a *NewApplication) error {
	person, err := tx.sealJSON("application", "person", a.ID, a.Person)
	if err != nil {
		return err
	}
	choices, err := json.Marshal(a.Choices)
	if err != nil {
		return fmt.Errorf("write choices: %w", err)
	}
	_, err = tx.exec(`insert into application (id, zone, network, household, business, basis, source, outcome, state, language, choices, person, at, by_id)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)`, a.ID, tx.scope.Zone, a.Network, a.Household, a.Business, a.Basis, a.Source, a.Found,
		a.State(), a.Language, string(choices), person, micros(tx.now), a.By)
	if err != nil {
		return fmt.Errorf("insert application: %w", err)
	}
	contacts := newBatch(len(a.Contacts), 260)
	if err := tx.addContacts(contacts, a.ID, a.Contacts); err != nil {
		return err
	}
	if _, err := tx.exec(tx.pick(insertContacts), contacts.done(), tx.scope.Zone, micros(tx.now)); err != nil {
		return fmt.Errorf("insert contact points: %w", err)
	}
	facts := a.Facts
	stored := a.Application
	stored.Facts = nil
	for _, f := range facts {
		if err := tx.AddFact(&stored, f); err != nil {
			return err
		}
	}
	a.Facts = stored.Facts
	return nil
}

// AddFact adds a fact behind the last one that is known of an application, dated now. Who decides first locks the application.
//
// Errors: error.application.moved (Conflict) when another was added meanwhile.
func (tx *Tx) AddFact(a *buurtbel.Application, f buurtbel.ApplicationFact) error {
	f.Seq, f.At = len(a.Facts)+1, tx.now
	_, err := tx.exec(`insert into application_fact (application, seq, zone, kind, at, by_id, detail) values ($1,$2,$3,$4,$5,$6,$7)`,
		a.ID, f.Seq, tx.scope.Zone, f.Kind, micros(f.At), f.By, f.Detail)
	if duplicate(err) {
		return buurtbel.FailWith(err, buurtbel.Conflict, "error.application.moved", nil)
	}
	if err != nil {
		return fmt.Errorf("insert fact of application: %w", err)
	}
	a.Facts = append(a.Facts, f)
	_, err = tx.exec(`update application set state = $1 where id = $2 and zone = $3`, a.State(), a.ID, tx.scope.Zone)
	if err != nil {
		return fmt.Errorf("move application: %w", err)
	}
	return tx.Append(tx.scope.Zone, buurtbel.EntryJoin, f.By, fmt.Appendf(nil, "%s %s %s", a.ID, f.Kind, f.Detail))
}

// LockApplication makes other transactions that lock the same application wait for this one, and reads it.
//
// Errors: error.application.unknown (NotFound).
func (tx *Tx) LockApplication(id buurtbel.ID) (*buurtbel.Application, error) {
	err := tx.execOne(buurtbel.Fail(buurtbel.NotFound, "error.application.unknown", nil),
		`update application set zone = zone where id = $1 and zone = $2`, id, tx.scope.Zone)
	if err != nil {
		return nil, err
	}
	return tx.Application(id)
}

const applicationColumns = `select id, zone, network, household, business, basis, source, outcome, language, choices from application `

// Application reads one application of the scope's zone with its facts.
//
// Errors: error.application.unknown (NotFound).
func (tx *Tx) Application(id buurtbel.ID) (*buurtbel.Application, error) {
	a, err := scanApplication(tx.row(applicationColumns+`where id = $1 and zone = $2`, id, tx.scope.Zone).Scan)
	if err != nil {
		return nil, missing(err, "error.application.unknown")
	}
	return a, tx.readFacts(a)
}

func scanApplication(scan func(...any) error) (*buurtbel.Application, error) {
	a := &buurtbel.Application{}
	var choices string
	if err := scan(&a.ID, &a.Zone, &a.Network, &a.Household, &a.Business, &a.Basis, &a.Source, &a.Found, &a.Language, &choices); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(choices), &a.Choices); err != nil {
		return nil, fmt.Errorf("read choices: %w", err)
	}
	return a, nil
}

func (tx *Tx) readFacts(a *buurtbel.Application) error {
	return tx.each(func(r *sql.Rows) error {
		var f buurtbel.ApplicationFact
		var at int64
		err := r.Scan(&f.Seq, &f.Kind, &at, &f.By, &f.Detail)
		f.At = instant(at)
		a.Facts = append(a.Facts, f)
		return err
	}, `select seq, kind, at, by_id, detail from application_fact where application = $1 and zone = $2 order by seq`, a.ID, tx.scope.Zone)
}

// ZoneOfApplication finds the zone of an application by a link, which names no zone.
//
// Errors: error.application.unknown (NotFound).
func (tx *Tx) ZoneOfApplication(id buurtbel.ID) (zone buurtbel.ID, err error) {
	err = tx.row(`select zone from application where id = $1`, id).Scan(&zone)
	return zone, missing(err, "error.application.unknown")
}

// OpenApplications lists the applications of the scope's zone that wait for somebody, the oldest first, at most n.
func (tx *Tx) OpenApplications(n int) ([]*buurtbel.Application, error) {
	out, err := list(tx, scanApplication, applicationColumns+`where zone = $1 and state in ('proving', 'ready', 'asked', 'referred') order by id limit $2`, tx.scope.Zone, n)
	for _, a := range out {
		if err == nil {
			err = tx.readFacts(a)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read applications: %w", err)
	}
	return out, nil
}

// OpenApplicant opens who applied: for the program's own reckoning, and for the applicant. Whoever else sees it goes by LookAtApplicant.
func (tx *Tx) OpenApplicant(id buurtbel.ID) (p Applicant, err error) {
	var sealed vault.Sealed
	if err := tx.row(`select person from application where id = $1 and zone = $2`, id, tx.scope.Zone).Scan(&sealed); err != nil {
		return p, missing(err, "error.application.unknown")
	}
	return p, tx.openJSON("application", "person", id, sealed, &p)
}

// LookAtApplicant opens who applied, with contact points, and records the look in the zone's chain in the same transaction, for the applicant to find.
func (tx *Tx) LookAtApplicant(actor buurtbel.Actor, role buurtbel.Role, purpose string, a *buurtbel.Application) (p Applicant, list []ApplicantContact, err error) {
	if err := actor.May(buurtbel.MayTakeIn, buurtbel.Scope{Zone: tx.scope.Zone, Network: a.Network}, tx.now); err != nil {
		return p, nil, err
	}
	if p, err = tx.OpenApplicant(a.ID); err != nil {
		return p, nil, err
	}
	if list, err = tx.ApplicantContacts(a.ID); err != nil {
		return p, nil, err
	}
	content, err := json.Marshal(Look{Office: actor.Office, Role: role, Purpose: purpose, Subject: a.ID, Members: []buurtbel.ID{a.ID}})
	if err != nil {
		return p, nil, fmt.Errorf("write look: %w", err)
	}
	return p, list, tx.AppendAbout(buurtbel.EntryLook, actor.Person, content, a.ID) // who is let in keeps the id, and reads it on the own page
}

// ApplicantContact is a contact point of an applicant with its opened address.
type ApplicantContact struct {
	buurtbel.ContactPoint
	Address string
}

// ApplicantContacts opens the contact points of an applicant that are still there, in order.
func (tx *Tx) ApplicantContacts(id buurtbel.ID) ([]ApplicantContact, error) {
	var out []ApplicantContact
	err := tx.each(func(r *sql.Rows) error {
		c := ApplicantContact{ContactPoint: buurtbel.ContactPoint{Member: id}}
		var verified, noCalls int64
		var sealed vault.Sealed
		if err := r.Scan(&c.ID, &c.Kind, &c.Rank, &c.State, &verified, &noCalls, &sealed); err != nil {
			return err
		}
		plain, err := tx.open("contact", "address", c.ID, sealed)
		c.Verified, c.NoCalls, c.Address = verified != 0, noCalls != 0, string(plain)
		out = append(out, c)
		return err
	}, `select id, kind, rank, state, verified_at, no_calls, address from contact where member = $1 and zone = $2 and state <> 'gone' order by rank, id`, id, tx.scope.Zone)
	if err != nil {
		return nil, fmt.Errorf("open contact points: %w", err)
	}
	return out, nil
}

// VerifyContact marks a contact point as its owner's own. It is false when it was so already, or is gone.
func (tx *Tx) VerifyContact(person, contact buurtbel.ID) (bool, error) {
	n, err := tx.exec(`update contact set verified_at = $1 where id = $2 and member = $3 and zone = $4 and verified_at = 0 and state <> 'gone'`,
		micros(tx.now), contact, person, tx.scope.Zone)
	if err != nil {
		return false, fmt.Errorf("verify contact point: %w", err)
	}
	return n == 1, nil
}

// Admit makes a member of an applicant: the same id, and the contact points that were proved.
func (tx *Tx) Admit(a *buurtbel.Application) error {
	p, err := tx.OpenApplicant(a.ID)
	if err != nil {
		return err
	}
	m := NewMember{Name: p.Name, Home: p.Home, Place: p.Place, Member: buurtbel.Member{ID: a.ID, Network: a.Network, Household: a.Household,
		State: buurtbel.MemberActive, Language: a.Language, Choices: a.Choices}}
	if err := tx.InsertMembers([]NewMember{m}); err != nil {
		return err
	}
	if f, ok := a.Has(buurtbel.FactRules); ok { // outlives the application, which goes in time
		version, err := strconv.Atoi(f.Detail)
		if err != nil {
			return fmt.Errorf("read version of rules: %w", err)
		}
		if _, err := tx.AcceptRules(a.Network, version, a.ID, f.By, string(a.Source)); err != nil {
			return err
		}
	}
	return tx.eraseApplicant(a.ID, true)
}

// EraseApplicant erases who applied: person, contact points, notes and codes. The facts stay, with ids only.
func (tx *Tx) EraseApplicant(id buurtbel.ID) error { return tx.eraseApplicant(id, false) }

func (tx *Tx) eraseApplicant(id buurtbel.ID, keepVerified bool) error {
	nobody, err := tx.sealJSON("application", "person", id, Applicant{})
	if err != nil {
		return err
	}
	contacts, err := tx.ApplicantContacts(id)
	if err != nil {
		return err
	}
	for _, c := range contacts {
		if c.Verified && keepVerified {
			continue
		}
		if err := tx.forgetContact(c.ID); err != nil {
			return err
		}
	}
	queries := []string{`delete from proof where application = $1 and zone = $2`, `delete from application_note where application = $1 and zone = $2`}
	if !keepVerified { // nobody is left to read it
		queries = append(queries, `delete from journal_about where member = $1 and zone = $2`)
	}
	for _, query := range queries {
		if _, err := tx.exec(query, id, tx.scope.Zone); err != nil {
			return fmt.Errorf("erase applicant: %w", err)
		}
	}
	_, err = tx.exec(`update application set person = $1 where id = $2 and zone = $3`, nobody, id, tx.scope.Zone)
	if err != nil {
		return fmt.Errorf("erase applicant: %w", err)
	}
	return nil
}

// forgetContact takes a contact point out of use for good and erases its address; its row stays for the deliveries that name it.
func (tx *Tx) forgetContact(id buurtbel.ID) error {
	nothing, err := tx.seal("contact", "address", id, nil)
	if err != nil {
		return fmt.Errorf("seal contact point: %w", err)
	}
	_, err = tx.exec(`update contact set state = 'gone', address = $1, hash = $2, changed_at = $3 where id = $4 and zone = $5 and state <> 'gone'`,
		nothing, tx.db.AddressHash("gone "+id.String()), micros(tx.now), id, tx.scope.Zone)
	if err != nil {
		return fmt.Errorf("forget contact point: %w", err)
	}
	return nil
}

// ApplicationNote is what somebody wrote about an application.
type ApplicationNote struct {
	ID   buurtbel.ID
	Kind buurtbel.ApplicationFactKind // asked, answered, referred or declined
	By   buurtbel.ID
	At   time.Time
	Body string
}

// PutNote keeps what somebody wrote, sealed.
func (tx *Tx) PutNote(application buurtbel.ID, n ApplicationNote) error {
	body, err := tx.seal("application_note", "body", n.ID, []byte(clean(n.Body)))
	if err != nil {
		return fmt.Errorf("seal note: %w", err)
	}
	_, err = tx.exec(`insert into application_note (id, zone, application, kind, by_id, at, body) values ($1,$2,$3,$4,$5,$6,$7)`,
		n.ID, tx.scope.Zone, application, n.Kind, n.By, micros(tx.now), body)
	if err != nil {
		return fmt.Errorf("insert note: %w", err)
	}
	return nil
}

// Notes opens what was written about an application, in order.
func (tx *Tx) Notes(application buurtbel.ID) ([]ApplicationNote, error) {
	var out []ApplicationNote
	err := tx.each(func(r *sql.Rows) error {
		var n ApplicationNote
		var at int64
		var sealed vault.Sealed
		if err := r.Scan(&n.ID, &n.Kind, &n.By, &at, &sealed); err != nil {
			return err
		}
		plain, err := tx.open("application_note", "body", n.ID, sealed)
		n.At, n.Body = instant(at), string(plain)
		out = append(out, n)
		return err
	}, `select id, kind, by_id, at, body from application_note where application = $1 and zone = $2 order by id`, application, tx.scope.Zone)
	if err != nil {
		return nil, fmt.Errorf("open notes: %w", err)
	}
	return out, nil
}
