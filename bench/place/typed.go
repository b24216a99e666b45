package main

import (
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"
)

// seed is that of all that is typed: every run types the same over the same addresses.
const seed = 0x746970666f7574

// house is an address that exists: what somebody means.
type house struct {
	street, number, box, code, town string
}

// typed is what somebody types, keystroke by keystroke or whole.
type typed struct {
	meant   house
	text    string // as it is typed
	clean   string // the same without its errors
	number  bool   // the house number stands in it, whole
	spoiled bool
}

// typist writes addresses as people do: in several orders, with and without capitals, cut off anywhere from the third character on, and three
// of ten with typing errors.
type typist struct{ dice *rand.Rand }

func newTypist() *typist { return &typist{rand.New(rand.NewPCG(seed, 1))} }

// written gives an address in one of the orders in which people write it.
func (t *typist) written(h house) (text string, numberEnds int) {
	number := h.number
	if h.box != "" {
		number += []string{" bus ", "/"}[t.dice.IntN(2)] + h.box
	}
	street, town := h.street, h.town
	if t.dice.IntN(3) > 0 {
		street, town = strings.ToLower(street), strings.ToLower(town)
	}
	switch t.dice.IntN(5) {
	case 0:
		text = street + " " + number + ", " + h.code + " " + town
	case 1:
		text = street + " " + number + " " + town
	case 2:
		text = town + " " + street + " " + number
	case 3:
		text = h.code + " " + street + " " + number
	default:
		text = street + " " + number
		return text, len(text)
	}
	return text, strings.Index(text, number) + len(number)
}

// prefix types a part of an address, of three characters at least.
func (t *typist) prefix(h house) typed {
	text, numberEnds := t.written(h)
	length := utf8.RuneCountInString(text)
	n := 3
	if length > 3 {
		n += t.dice.IntN(length - 2)
	}
	cut := string([]rune(text)[:n])
	out := typed{meant: h, text: cut, clean: cut, number: len(cut) >= numberEnds}
	if t.dice.IntN(10) < 3 {
		out.text = t.spoil(cut)
		out.spoiled = out.text != cut
	}
	return out
}

// whole types an address to its end, with an error.
func (t *typist) whole(h house) typed {
	text, _ := t.written(h)
	return typed{meant: h, text: t.spoil(text), clean: text, number: true, spoiled: true}
}

// spoil makes a typing error in a word of four letters or more, and in half of those of eight or more a second one. A text without such a
// word stays as it is.
func (t *typist) spoil(text string) string {
	words := strings.Split(text, " ")
	var long []int
	for i, w := range words {
		if letters(w) >= 4 {
			long = append(long, i)
		}
	}
	if len(long) == 0 {
		return text
	}
	i := long[t.dice.IntN(len(long))]
	twice := letters(words[i]) >= 8 && t.dice.IntN(2) == 0
	words[i] = t.slip(words[i])
	if twice {
		words[i] = t.slip(words[i])
	}
	return strings.Join(words, " ")
}

func letters(w string) int {
	n := 0
	for _, r := range w {
		if unicode.IsDigit(r) {
			return 0
		}
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// slip is one typing error: two letters swapped, one left out, one too many, or a wrong one.
func (t *typist) slip(w string) string {
	r := []rune(w)
	var at []int
	for i, c := range r {
		if unicode.IsLetter(c) {
			at = append(at, i)
		}
	}
	if len(at) < 2 {
		return w
	}
	i := at[t.dice.IntN(len(at)-1)]
	wrong := rune("aeinorstlkdbmg"[t.dice.IntN(14)])
	switch t.dice.IntN(4) {
	case 0:
		r[i], r[i+1] = r[i+1], r[i]
		return string(r)
	case 1:
		return string(r[:i]) + string(r[i+1:])
	case 2:
		return string(r[:i]) + string(wrong) + string(r[i:])
	}
	r[i] = wrong
	return string(r)
}
