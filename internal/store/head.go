package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// Head authenticates the whole journal as it stood at a moment. The database keeps what it was made of; its line in a file outside the
// database is what a rewritten past cannot match.
type Head struct {
	At      time.Time // to the microsecond, UTC
	Entries int64     // of all chains together
	MAC     []byte    // with the ring's journal key
}

// HeadText writes a head as one line: time, count of entries, MAC.
func HeadText(h Head) string {
	return h.At.UTC().Format(time.RFC3339Nano) + " " + strconv.FormatInt(h.Entries, 10) + " " + hex.EncodeToString(h.MAC)
}

// ParseHead reads what HeadText wrote. Anything else is Invalid (error.journal.head).
func ParseHead(line string) (Head, error) {
	wrong := buurtbel.Fail(buurtbel.Invalid, "error.journal.head", nil)
	fields := strings.Fields(line)
	if len(fields) != 3 {
		return Head{}, wrong
	}
	at, err := time.Parse(time.RFC3339Nano, fields[0])
	if year := at.UTC().Year(); err != nil || year < 1 || year > 9999 {
		return Head{}, wrong
	}
	entries, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil || entries < 0 {
		return Head{}, wrong
	}
	mac, err := hex.DecodeString(fields[2])
	if err != nil || len(mac) != vault.MACSize {
		return Head{}, wrong
	}
	return Head{At: at.UTC(), Entries: entries, MAC: mac}, nil
}

// link is one chain's head within a seal.
type link struct {
	chain buurtbel.Chain
	seq   int64
	hash  buurtbel.Hash
}

// seal is one row of journal_seal: the heads that moved since the seal before, bound to that one.
type seal struct {
	number  int64
	at      time.Time
	entries int64
	body    []byte
	mac     []byte
}

// Heads joins the heads of all chains, authenticates them with the ring's journal key, and keeps what was authenticated. Each names only
// the chains that grew since the one before and is bound to that one, so that the newest vouches for all. The chains are read before the
// writing begins, however many there are; what is added meanwhile is in the next one. Busy when others were first again and again.
func (db *DB) Heads(ctx context.Context) (Head, error) {
	const attempts = 5 // others seal too: at the end of each alert, and daily
	for range attempts {
		h, err := db.sealHeads(ctx)
		if !duplicate(err) {
			return h, err
		}
	}
	return Head{}, buurtbel.Fail(buurtbel.Busy, "error.store.busy", nil)
}

// sealHeads makes the next seal. A duplicate error tells that another one made it at the same moment.
func (db *DB) sealHeads(ctx context.Context) (Head, error) {
	var s seal
	err := db.Read(ctx, buurtbel.Scope{}, func(tx *Tx) (err error) {
		s, err = tx.nextSeal()
		return err
	})
	if err != nil {
		return Head{}, err
	}
	err = db.WriteRank(ctx, Bulk, buurtbel.Scope{}, func(tx *Tx) error {
		_, err := tx.exec(`insert into journal_seal (number, at, entries, body, mac) values ($1, $2, $3, $4, $5)`, s.number, micros(s.at), s.entries, s.body, s.mac)
		return err
	})
	if err != nil {
		return Head{}, fmt.Errorf("insert head: %w", err)
	}
	return Head{At: s.at, Entries: s.entries, MAC: s.mac}, nil
}

func (tx *Tx) nextSeal() (seal, error) {
	last, err := tx.lastSeal()
	if err != nil {
		return seal{}, fmt.Errorf("read last head: %w", err)
	}
	known, err := tx.sealedSeqs()
	if err != nil {
		return seal{}, fmt.Errorf("read earlier heads: %w", err)
	}
	chains, err := tx.heads()
	if err != nil {
		return seal{}, fmt.Errorf("read heads: %w", err)
	}
	s := seal{number: last.number + 1, at: instant(micros(tx.now))}
	var grown []link
	for _, c := range chains {
		s.entries += c.seq
		if known[c.chain].seq != c.seq || known[c.chain].hash != c.hash {
			grown = append(grown, c)
		}
	}
	s.body = sealBody(s, last.mac, grown)
	s.mac = tx.db.ring.MAC(vault.Journal, s.body)
	return s, nil
}

// sealBody writes what a head authenticates: number, time, count, the MAC before, then one line for each chain that grew.
func sealBody(s seal, before []byte, grown []link) []byte {
	b := fmt.Appendf(nil, "%d %d %d %x\n", s.number, micros(s.at), s.entries, before)
	for _, l := range grown {
		b = fmt.Appendf(b, "%d %d %d %x\n", l.chain.Subject, l.chain.Node, l.seq, l.hash[:])
	}
	return b
}

// readBody reads what sealBody wrote.
func readBody(body []byte) (s seal, before []byte, grown []link, err error) {
	first, rest, _ := bytes.Cut(body, []byte("\n"))
	fields := strings.Split(string(first), " ")
	if len(fields) != 4 {
		return s, nil, nil, errors.New("a head of the journal cannot be read")
	}
	var at int64
	if _, err := fmt.Sscan(strings.Join(fields[:3], " "), &s.number, &at, &s.entries); err != nil {
		return s, nil, nil, fmt.Errorf("read head: %w", err)
	}
	s.at = instant(at)
	if before, err = hex.DecodeString(fields[3]); err != nil {
		return s, nil, nil, fmt.Errorf("read head: %w", err)
	}
	for line := range bytes.Lines(rest) {
		var l link
		var hash []byte
		if _, err := fmt.Sscanf(string(line), "%d %d %d %x\n", &l.chain.Subject, &l.chain.Node, &l.seq, &hash); err != nil {
			return s, nil, nil, fmt.Errorf("read head: %w", err)
		}
		copy(l.hash[:], hash)
		grown = append(grown, l)
	}
	return s, before, grown, nil
}

func (tx *Tx) lastSeal() (s seal, err error) {
	err = tx.row(`select number, mac from journal_seal order by number desc limit 1`).Scan(&s.number, &s.mac)
	if errors.Is(err, sql.ErrNoRows) {
		return seal{}, nil
	}
	return s, err
}

func (tx *Tx) seals() ([]seal, error) {
	var out []seal
	err := tx.each(func(r *sql.Rows) error {
		var s seal
		var at int64
		err := r.Scan(&s.number, &at, &s.entries, &s.body, &s.mac)
		s.at = instant(at)
		out = append(out, s)
		return err
	}, `select number, at, entries, body, mac from journal_seal order by number`)
	return out, err
}

// sealedSeqs gives what the seals say of each chain: its newest.
func (tx *Tx) sealedSeqs() (map[buurtbel.Chain]link, error) {
	all, err := tx.seals()
	if err != nil {
		return nil, err
	}
	out := map[buurtbel.Chain]link{}
	for _, s := range all {
		_, _, grown, err := readBody(s.body)
		if err != nil {
			return nil, err
		}
		for _, l := range grown {
			out[l.chain] = l
		}
	}
	return out, nil
}

func (tx *Tx) heads() ([]link, error) {
	var out []link
	err := tx.each(func(r *sql.Rows) error {
		var l link
		var hash []byte
		err := r.Scan(&l.chain.Subject, &l.chain.Node, &l.seq, &hash)
		copy(l.hash[:], hash)
		out = append(out, l)
		return err
	}, `select subject, node, seq, hash from journal_head order by subject, node`)
	return out, err
}

// Verify checks every chain of the scope's zone, its contents and its head. For the installation it also checks the authenticated heads
// that the database keeps, and those in against, which came from outside: they alone show a past that was rewritten together with the
// heads. It gives every break that it finds; nil: whole.
func (tx *Tx) Verify(against []Head) ([]buurtbel.Break, error) {
	subjects, err := tx.subjects()
	if err != nil {
		return nil, fmt.Errorf("read chains: %w", err)
	}
	heads, err := tx.heads()
	if err != nil {
		return nil, fmt.Errorf("read heads: %w", err)
	}
	v := verifier{tx: tx, heads: map[buurtbel.Chain]link{}}
	for _, l := range heads {
		v.heads[l.chain] = l
	}
	if tx.scope.Zone == 0 {
		if err := v.readSeals(against); err != nil {
			return nil, err
		}
		for chain := range v.marks { // a chain that vanished whole is still named by a head
			subjects = append(subjects, chain.Subject)
		}
		for chain := range v.heads {
			subjects = append(subjects, chain.Subject)
		}
		slices.Sort(subjects)
		subjects = slices.Compact(subjects)
	}
	for _, subject := range subjects {
		if err := v.subject(subject); err != nil {
			return nil, err
		}
	}
	return v.breaks, nil
}

func (tx *Tx) subjects() ([]buurtbel.ID, error) {
	var out []buurtbel.ID
	err := tx.each(func(r *sql.Rows) error {
		var id buurtbel.ID
		err := r.Scan(&id)
		out = append(out, id)
		return err
	}, `select distinct subject from journal where cast($1 as bigint) = 0 or zone = $2 order by subject`, tx.scope.Zone, tx.scope.Zone)
	return out, err
}

// verifier gathers the breaks of a journal.
type verifier struct {
	tx     *Tx
	heads  map[buurtbel.Chain]link
	marks  map[buurtbel.Chain][]link // what authenticated heads say of each chain
	breaks []buurtbel.Break
}

func (v *verifier) found(chain buurtbel.Chain, seq int64, why string) {
	v.breaks = append(v.breaks, buurtbel.Break{Chain: chain, Seq: seq, Why: why})
}

// readSeals checks the authenticated heads and notes what they say. A broken head is named by its number, with an empty chain.
func (v *verifier) readSeals(against []Head) error {
	all, err := v.tx.seals()
	if err != nil {
		return fmt.Errorf("read authenticated heads: %w", err)
	}
	v.marks = map[buurtbel.Chain][]link{}
	var before []byte
	for i, s := range all {
		said, prev, grown, err := readBody(s.body)
		ok := err == nil && v.tx.db.ring.VerifyMAC(vault.Journal, s.body, s.mac) && bytes.Equal(prev, before) && s.number == int64(i)+1 &&
			said.number == s.number && said.at.Equal(s.at) && said.entries == s.entries
		if !ok {
			v.found(buurtbel.Chain{}, s.number, buurtbel.WhyHead)
		}
		for _, l := range grown {
			v.marks[l.chain] = append(v.marks[l.chain], l)
		}
		before = s.mac
	}
	for _, h := range against {
		if !slices.ContainsFunc(all, func(s seal) bool { return bytes.Equal(s.mac, h.MAC) && s.at.Equal(h.At) && s.entries == h.Entries }) {
			v.found(buurtbel.Chain{}, h.Entries, buurtbel.WhyRecomputed)
		}
	}
	return nil
}

// subject checks the chains of one subject.
func (v *verifier) subject(subject buurtbel.ID) error {
	entries, err := v.tx.JournalOf(subject)
	if err != nil {
		return fmt.Errorf("read journal: %w", err)
	}
	chains := map[buurtbel.Chain][]JournalEntry{}
	for _, e := range entries {
		chains[e.Chain] = append(chains[e.Chain], e)
	}
	for chain := range v.heads {
		if chain.Subject == subject && chains[chain] == nil && v.tx.scope.Zone == 0 {
			chains[chain] = []JournalEntry{}
		}
	}
	for chain := range v.marks {
		if chain.Subject == subject && chains[chain] == nil {
			chains[chain] = []JournalEntry{}
		}
	}
	for chain, list := range chains {
		v.chain(chain, list)
	}
	slices.SortStableFunc(v.breaks, func(a, b buurtbel.Break) int {
		return cmp.Or(cmp.Compare(a.Chain.Subject, b.Chain.Subject), cmp.Compare(a.Chain.Node, b.Chain.Node), cmp.Compare(a.Seq, b.Seq))
	})
	return nil
}

func (v *verifier) chain(chain buurtbel.Chain, list []JournalEntry) {
	plain := make([]buurtbel.Entry, len(list))
	for i := range list {
		plain[i] = list[i].Entry
		if list[i].Broken {
			v.found(chain, list[i].Seq, buurtbel.WhyContent)
		}
	}
	if b := buurtbel.VerifyChain(plain); b != nil {
		v.breaks = append(v.breaks, *b)
	}
	last := link{chain: chain}
	if n := len(plain); n > 0 {
		last.seq, last.hash = plain[n-1].Seq, plain[n-1].Hash
	}
	switch head, ok := v.heads[chain]; {
	case ok && last.seq < head.seq:
		v.found(chain, last.seq+1, buurtbel.WhyCut)
	case !ok || last != head:
		v.found(chain, last.seq, buurtbel.WhyHead)
	}
	v.compare(chain, plain)
}

// compare holds a chain against what authenticated heads say of it.
func (v *verifier) compare(chain buurtbel.Chain, list []buurtbel.Entry) {
	for _, mark := range v.marks[chain] {
		i, there := slices.BinarySearchFunc(list, mark.seq, func(e buurtbel.Entry, seq int64) int { return cmp.Compare(e.Seq, seq) })
		switch {
		case !there:
			v.found(chain, mark.seq, buurtbel.WhyCut)
		case list[i].Hash != mark.hash:
			v.found(chain, mark.seq, buurtbel.WhyRecomputed)
		}
	}
}
