package buurtbel

import (
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// Hash is a SHA-256 digest.
type Hash [sha256.Size]byte

// Chain names one chain of the journal: entries about one subject, written by one node.
type Chain struct {
	Subject ID // an alert, or a zone for what belongs to no alert
	Node    int
}

// Entry is one link of a chain. It holds opaque ids and hashes only; what it commits to lies beside it and can be erased (rule 18).
type Entry struct {
	Chain      Chain
	Seq        int64 // from 1 without a gap
	At         time.Time
	Kind       EntryKind
	Actor      ID // 0: the program
	Commitment Hash
	Prev       Hash // of the entry before; zero for the first
	Hash       Hash // of all of the above
}

// EntryKind says what an entry tells.
type EntryKind string

// The kinds of entry.
const (
	EntryLaunch   EntryKind = "launch"
	EntryConfirm  EntryKind = "confirm"
	EntryMessage  EntryKind = "message" // update, all clear, correction, feedback
	EntryExpand   EntryKind = "expand"
	EntryAttempts EntryKind = "attempts" // one batch; its content lists attempt, outcome, code
	EntryReceipts EntryKind = "receipts"
	EntryStop     EntryKind = "stop"
	EntryHeard    EntryKind = "heard"
	EntryText     EntryKind = "text"
	EntryReply    EntryKind = "reply" // a step of a sealed conversation: its id, never the member's
	EntryFinish   EntryKind = "finish"
	EntryLook     EntryKind = "look" // somebody opened contact data
	EntryImport   EntryKind = "import"
	EntryUndo     EntryKind = "undo"
	EntryContact  EntryKind = "contact" // a contact point was lost or came back
	EntrySignIn   EntryKind = "sign-in"
	EntryChange   EntryKind = "change"
	EntryJoin     EntryKind = "join" // what happened to an application, a household, or the people of a business
	EntryHead     EntryKind = "head" // heads joined and authenticated
)

// Commit gives SHA-256(salt, content): content can be erased, the chain still verifies.
func Commit(salt [16]byte, content []byte) Hash {
	h := sha256.New()
	h.Write(salt[:])
	h.Write(content)
	return Hash(h.Sum(nil))
}

// Seal computes the entry's hash from its other fields.
func (e *Entry) Seal() {
	b := make([]byte, 0, 160)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Chain.Subject))
	b = binary.BigEndian.AppendUint64(b, uint64(e.Chain.Node))
	b = binary.BigEndian.AppendUint64(b, uint64(e.Seq))
	b = binary.BigEndian.AppendUint64(b, uint64(e.At.UnixMicro()))
	b = binary.BigEndian.AppendUint64(b, uint64(e.Actor))
	b = binary.BigEndian.AppendUint16(b, uint16(len(e.Kind)))
	b = append(b, e.Kind...)
	b = append(b, e.Commitment[:]...)
	b = append(b, e.Prev[:]...)
	e.Hash = sha256.Sum256(b)
}

// Break says where and how a chain is broken.
type Break struct {
	Chain Chain
	Seq   int64
	Why   string // one of the Why words
}

// Why a chain is broken. The list is closed; each has a sentence.
const (
	WhyChanged    = "changed"    // an entry is not what was written
	WhyRemoved    = "removed"    // an entry is missing within the chain
	WhyInserted   = "inserted"   // an entry was put in between
	WhyContent    = "content"    // what is kept beside an entry is not what it committed to
	WhyCut        = "cut"        // the newest entries are missing
	WhyRecomputed = "recomputed" // the chain fits together but is not the one whose head was authenticated
	WhyHead       = "head"       // an authenticated head was changed, or is missing
)

// VerifyChain checks entries of one chain, in the order of Seq from 1, against each other. nil: whole. It cannot see a cut tail or a
// chain recomputed from its first entry on: that takes a head kept elsewhere.
func VerifyChain(entries []Entry) *Break {
	var prev Hash
	for i := range entries {
		e := entries[i]
		switch {
		case e.Seq < int64(i)+1 || e.Chain != entries[0].Chain:
			return &Break{Chain: entries[0].Chain, Seq: int64(i) + 1, Why: WhyInserted}
		case e.Seq > int64(i)+1:
			return &Break{Chain: e.Chain, Seq: int64(i) + 1, Why: WhyRemoved}
		}
		got := e.Hash
		if e.Seal(); e.Hash != got {
			return &Break{Chain: e.Chain, Seq: e.Seq, Why: WhyChanged}
		}
		if e.Prev != prev { // sealed as it stands, but not after the entry that stands before it
			return &Break{Chain: e.Chain, Seq: e.Seq, Why: WhyInserted}
		}
		prev = got
	}
	return nil
}
