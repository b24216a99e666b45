package buurtbel

import (
	"errors"
	"fmt"
)

// Kind sorts errors by what the person or program that caused them can do. The list is closed.
type Kind uint8

// The kinds of error. Doors turn a Kind into a status of their protocol, in one place each.
const (
	Internal  Kind = iota // our fault; the person can only try again later
	Invalid               // the input is wrong; the sentence says what to change
	NotFound              // no such thing in the actor's scope
	Forbidden             // the actor may not do this
	Conflict              // the thing has changed or was done already
	Busy                  // try again in a moment
)

var kindWords = [...]string{"internal", "invalid", "not-found", "forbidden", "conflict", "busy"}

func (k Kind) String() string {
	if int(k) < len(kindWords) {
		return kindWords[k]
	}
	return "internal"
}

// Args are the values a sentence needs. They are shown to a person, so they never hold what that person may not see.
type Args map[string]any

// Error carries a sentence's key, never the sentence: what a person reads is looked up in their language.
type Error struct {
	Kind Kind
	Key  string // key of the sentence in internal/locale, such as "error.alert.text-empty"
	Args Args
	err  error // the technical cause, for the log only
}

// Fail makes an Error without a technical cause.
func Fail(kind Kind, key string, args Args) *Error {
	return &Error{Kind: kind, Key: key, Args: args}
}

// FailWith makes an Error that keeps its technical cause for the log.
func FailWith(err error, kind Kind, key string, args Args) *Error {
	return &Error{Kind: kind, Key: key, Args: args, err: err}
}

func (e *Error) Error() string {
	if e.err != nil {
		return fmt.Sprintf("%s (%s): %v", e.Key, e.Kind, e.err)
	}
	return fmt.Sprintf("%s (%s)", e.Key, e.Kind)
}

// Unwrap gives the technical cause.
func (e *Error) Unwrap() error { return e.err }

// KindOf gives the kind of err: Internal when err is not an *Error.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// KeyOf gives the sentence key of err, or "error.internal".
func KeyOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Key
	}
	return "error.internal"
}
