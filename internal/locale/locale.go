// Package locale holds every sentence that a person reads, in Dutch (as written in Belgium), French, German and English,
// and writes dates, times, numbers and amounts the way each language does.
//
// The sentences lie in text/<area>.<language>.toml. Areas keep authors apart: error, message (what goes out by SMS and mail),
// template (ready texts for alerts), wording (findings of the pre-flight), screen, cli, outside, import, geo, address and sheet (what is said about
// a file line by line), voice (what a call says), speech (what keeps a text from being spoken), digest (the weekday police news) and tips (advice). A part of an area may have a file of its own,
// such as error-input.nl.toml. A key names one sentence and starts with its area: "error.alert.text-empty".
// A sentence with a number has the plural forms of its language and takes the number as Args["Count"].
//
// It does not choose a language, know a telephone number or a police zone: those come in as arguments. It never translates free text.
//
// Always true: every key exists in all four languages with the same placeholders (a test reads the files), and asking for
// a key that does not exist gives the key itself, never an empty text and never a panic.
package locale

import (
	"embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"

	"github.com/buurtbel/buurtbel"
)

//go:embed text/*.toml
var files embed.FS

// Areas lists the areas of the catalogue: the first parts of keys.
var Areas = []string{"error", "message", "template", "wording", "screen", "cli", "outside", "import", "geo", "address", "sheet", "voice", "speech", "digest", "tips"}

// sentence is the raw form of one catalogue entry in one language.
type sentence struct{ one, other string }

// catalogue is read once at start and never changed afterwards.
type catalogue struct {
	localizers map[buurtbel.Language]*i18n.Localizer
	sentences  map[buurtbel.Language]map[string]sentence
}

var (
	book    *catalogue
	bookErr error
)

func init() { book, bookErr = load() }

// Check tells whether all catalogue files could be read. The program asks at start: a broken sentence file must not be met by a member first.
func Check() error { return bookErr }

// strict makes a forgotten argument an error instead of "<no value>" in a person's message.
var strict = &template.TextParser{Option: "missingkey=error"}

// load reads every embedded file; one that cannot be read is named in the error and the others still work.
func load() (*catalogue, error) {
	c := &catalogue{map[buurtbel.Language]*i18n.Localizer{}, map[buurtbel.Language]map[string]sentence{}}
	bundle := i18n.NewBundle(language.Dutch)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	for _, l := range buurtbel.Languages {
		c.sentences[l] = map[string]sentence{}
	}
	entries, err := files.ReadDir("text")
	problems := []error{err}
	for _, e := range entries {
		problems = append(problems, c.read(bundle, e.Name()))
	}
	for _, l := range buurtbel.Languages {
		c.localizers[l] = i18n.NewLocalizer(bundle, string(l))
	}
	return c, errors.Join(problems...)
}

func (c *catalogue) read(bundle *i18n.Bundle, name string) error {
	data, err := files.ReadFile("text/" + name)
	if err != nil {
		return fmt.Errorf("sentences %s: %w", name, err)
	}
	f, err := bundle.ParseMessageFileBytes(data, name)
	if err != nil {
		return fmt.Errorf("sentences %s: %w", name, err)
	}
	lang := buurtbel.Language(f.Tag.String())
	if !lang.Valid() {
		return fmt.Errorf("sentences %s: no language %q", name, lang)
	}
	area, _, _ := strings.Cut(name, ".")
	area, _, _ = strings.Cut(area, "-") // error-input.nl.toml holds a part of the area error
	for _, m := range f.Messages {
		if !strings.HasPrefix(m.ID, area+".") {
			return fmt.Errorf("sentences %s: key %s belongs in another file", name, m.ID)
		}
		if _, double := c.sentences[lang][m.ID]; double {
			return fmt.Errorf("sentences %s: key %s is there twice", name, m.ID)
		}
		c.sentences[lang][m.ID] = sentence{m.One, m.Other}
	}
	return nil
}

// Text gives the sentence of key in lang with args filled in. Args["Count"] chooses the plural form; whole numbers are written with
// the thousands separator of the language, so codes and years are passed as strings. An unknown language reads Dutch.
// An unknown key, or a sentence that lacks an argument, gives the key.
func Text(lang buurtbel.Language, key string, args buurtbel.Args) string {
	l, ok := book.localizers[lang]
	if !ok {
		lang, l = buurtbel.Dutch, book.localizers[buurtbel.Dutch]
	}
	data := make(map[string]any, len(args))
	for k, v := range args {
		data[k] = written(lang, v)
	}
	config := &i18n.LocalizeConfig{MessageID: key, TemplateData: data, TemplateParser: strict}
	if n, is := whole(args["Count"]); is {
		config.PluralCount = n
	}
	// Localize may give a text beside an error: a plural form that the language has but the sentence does not need.
	s, err := l.Localize(config)
	if err != nil && s == "" {
		return key
	}
	return s
}

// Has tells whether the catalogue holds key, in Dutch and so (a test says) in every language.
func Has(key string) bool {
	_, ok := book.sentences[buurtbel.Dutch][key]
	return ok
}

// Keys lists every key of the catalogue, sorted.
func Keys() []string { return slices.Sorted(maps.Keys(book.sentences[buurtbel.Dutch])) }

// Error gives the sentence a person reads for err: that of an *buurtbel.Error's key, else that of its kind. It never shows err's own words.
func Error(lang buurtbel.Language, err error) string {
	var e *buurtbel.Error
	if !errors.As(err, &e) {
		return Text(lang, "error.internal", nil)
	}
	if s := Text(lang, e.Key, e.Args); s != e.Key {
		return s
	}
	return Text(lang, "error.kind."+e.Kind.String(), nil)
}

// written gives the form in which an argument is shown.
func written(lang buurtbel.Language, v any) any {
	if n, ok := whole(v); ok {
		return Number(lang, n)
	}
	return v
}

// whole gives v as an int64 when it is a whole number.
func whole(v any) (int64, bool) {
	switch n := v.(type) {
	case int:
		return int64(n), true
	case int8:
		return int64(n), true
	case int16:
		return int64(n), true
	case int32:
		return int64(n), true
	case int64:
		return n, true
	case uint8:
		return int64(n), true
	case uint16:
		return int64(n), true
	case uint32:
		return int64(n), true
	case uint:
		return int64(n), n <= 1<<62
	case uint64:
		return int64(n), n <= 1<<62
	}
	return 0, false
}
