package speech

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// The kinds of speaker.
const (
	Espeak   = "espeak"   // espeak-ng, the default
	Command  = "command"  // a program of the operator: text on standard input, WAV on standard output
	HTTP     = "http"     // an engine reached over HTTP that answers with WAV
	Recorded = "recorded" // recordings of exact sentences, and Fallback for all others
)

// Config is how speech is made.
type Config struct {
	Kind     string        `toml:"kind" default:"espeak" oneof:"espeak command http recorded" doc:"What makes speech: espeak is espeak-ng, command a program of yours, http an engine on the network, recorded a folder of recordings with fallback behind it."`
	Fallback string        `toml:"fallback" default:"espeak" oneof:"espeak command http" doc:"What says the sentences that are not recorded."`
	Voices   []string      `toml:"voices" example:"nl=nl+f2" doc:"Voice per language, as the speaker names it. Unset: nl, fr-be, de and en-gb."`
	Timeout  time.Duration `toml:"timeout" default:"20s" min:"1s" max:"5m" doc:"How long one text may take to become speech."`
	AtOnce   int           `toml:"at_once" default:"2" min:"1" max:"64" doc:"Texts that are made into speech at the same moment. The others wait."`
	Largest  int64         `toml:"largest" default:"64 MB" unit:"bytes" min:"64 KB" max:"1 GB" doc:"Largest sound that is taken from the speaker."`
	Cache    int64         `toml:"cache" default:"64 MB" unit:"bytes" min:"0" max:"4 GB" doc:"Memory for speech that was made before. A minute is 1 MB."`

	Program string   `toml:"program" example:"/usr/bin/espeak-ng" doc:"Program for espeak and command. Unset: espeak-ng."`
	Args    []string `toml:"args" example:"--voice={voice}" doc:"Arguments of the program for command. {voice}, {language}, {speed} (1 or 0.75) and {percent} (100 or 75) are filled in. The text comes on standard input, never here."`

	URL           string   `toml:"url" example:"https://speech.example.org/say?voice={voice}" doc:"Address of the engine for http. {voice}, {language}, {speed} and {percent} are filled in; {text} stands in the body alone."`
	Method        string   `toml:"method" default:"POST" oneof:"POST PUT" doc:"Method of the request."`
	Headers       []string `toml:"headers" example:"Accept: audio/wav" doc:"Header lines of the request. Secrets belong in authorization."`
	Authorization string   `toml:"authorization" secret:"true" doc:"Value of the Authorization header."`
	Format        string   `toml:"format" default:"json" oneof:"json form text" doc:"How the body is written; it decides how the text is escaped in it."`
	Body          string   `toml:"body" example:"{\"input\":\"{text}\",\"voice\":\"{voice}\",\"speed\":{speed}}" doc:"Body of the request. {text} is the text; {voice}, {language}, {speed} and {percent} are filled in too."`
	PlainHTTP     bool     `toml:"plain_http" default:"false" doc:"Whether the engine on another machine may be reached without encryption."`

	Folder string `toml:"folder" example:"/var/lib/buurtbel/recordings" doc:"Folder of recordings, with index.json in it."`
}

// Fill puts the defaults where nothing is said.
func (c *Config) Fill() {
	set(&c.Kind, Espeak)
	set(&c.Fallback, Espeak)
	set(&c.Timeout, 20*time.Second)
	set(&c.AtOnce, 2)
	set(&c.Largest, 64<<20)
	set(&c.Program, "espeak-ng")
	set(&c.Method, http.MethodPost)
	set(&c.Format, "json")
}

func set[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Check tells everything that is wrong with c, after Fill. No value of a secret stands in the error.
func (c *Config) Check() error {
	var wrong []error
	say := func(bad bool, sentence string) {
		if bad {
			wrong = append(wrong, errors.New(sentence))
		}
	}
	say(!slices.Contains([]string{Espeak, Command, HTTP, Recorded}, c.Kind), `kind: must be "espeak", "command", "http" or "recorded"`)
	say(!slices.Contains([]string{Espeak, Command, HTTP}, c.Fallback), `fallback: must be "espeak", "command" or "http"`)
	say(c.Timeout < time.Millisecond, "timeout: is below 1ms")
	say(c.AtOnce < 1 || c.AtOnce > 64, "at_once: must be 1 to 64")
	say(c.Largest < 1<<10, "largest: must be at least 1 KB")
	say(c.Cache < 0, "cache: must not be negative")
	say(c.Kind == Recorded && c.Folder == "", "folder: is missing")
	_, err := c.voices()
	wrong = append(wrong, err)
	switch c.speaks() {
	case Command:
		say(c.Program == "" || c.Program == "espeak-ng", "program: is missing")
		say(strings.Contains(strings.Join(c.Args, " "), "{text}"), "args: the text comes on standard input; others on the machine can see arguments")
	case HTTP:
		wrong = append(wrong, c.checkHTTP())
	}
	return errors.Join(wrong...)
}

// speaks gives the kind that makes new speech.
func (c *Config) speaks() string {
	if c.Kind == Recorded {
		return c.Fallback
	}
	return c.Kind
}

func (c *Config) checkHTTP() error {
	var wrong []error
	at, err := url.Parse(braces.Replace(c.URL))
	switch {
	case err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http":
		wrong = append(wrong, errors.New("url: must begin with https:// or http:// and a host"))
	case at.User != nil:
		wrong = append(wrong, errors.New("url: a password belongs in authorization"))
	case at.Scheme == "http" && !c.PlainHTTP && !slices.Contains([]string{"127.0.0.1", "::1", "localhost"}, at.Hostname()):
		wrong = append(wrong, errors.New("url: must be https, or say plain_http"))
	}
	if strings.Contains(c.URL, "{text}") {
		wrong = append(wrong, errors.New("url: the text belongs in the body; addresses are kept in logs"))
	}
	if !strings.Contains(c.Body, "{text}") {
		wrong = append(wrong, errors.New("body: must hold {text}"))
	}
	for _, line := range c.Headers {
		if name, _, ok := strings.Cut(line, ":"); !ok || name == "" || strings.ContainsAny(name, " \t\r\n") {
			wrong = append(wrong, errors.New("headers: each must be written as Name: value"))
		}
	}
	if !slices.Contains([]string{"json", "form", "text"}, c.Format) {
		wrong = append(wrong, errors.New(`format: must be "json", "form" or "text"`))
	}
	if c.Method != http.MethodPost && c.Method != http.MethodPut {
		wrong = append(wrong, errors.New(`method: must be "POST" or "PUT"`))
	}
	return errors.Join(wrong...)
}

var braces = strings.NewReplacer("{", "", "}", "")

// voices gives the voice of each language.
func (c *Config) voices() (map[buurtbel.Language]string, error) {
	all := map[buurtbel.Language]string{buurtbel.Dutch: "nl", buurtbel.French: "fr-be", buurtbel.German: "de", buurtbel.English: "en-gb"}
	for _, one := range c.Voices {
		language, name, ok := strings.Cut(one, "=")
		l := buurtbel.Language(strings.TrimSpace(language))
		if name = strings.TrimSpace(name); !ok || !l.Valid() || name == "" || strings.HasPrefix(name, "-") {
			return nil, errors.New("voices: each must be written as nl=name")
		}
		all[l] = name
	}
	return all, nil
}

// String names the kind and nothing secret.
func (c Config) String() string { return "speech by " + c.Kind }

// LogValue does the same for slog.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Open gives the speaker that c describes, with its cache. Programs and recordings are looked for now: an error of kind Invalid says in a
// sentence what is missing.
func Open(c Config) (voice.Speaker, error) {
	c.Fill()
	if err := c.Check(); err != nil {
		return nil, buurtbel.FailWith(err, buurtbel.Invalid, "speech.config", nil)
	}
	voices, err := c.voices()
	if err != nil {
		return nil, err
	}
	var made voice.Speaker
	if made, err = c.open(voices); err != nil {
		return nil, err
	}
	if c.Kind == Recorded {
		if made, err = openRecorded(c.Folder, c.Largest, made); err != nil {
			return nil, err
		}
	}
	if c.Cache == 0 {
		return made, nil
	}
	return NewCache(made, strings.Join(append(slices.Sorted(maps.Values(voices)), c.Kind), " "), c.Cache), nil
}

func (c *Config) open(voices map[buurtbel.Language]string) (voice.Speaker, error) {
	t := &turns{free: make(chan struct{}, c.AtOnce), timeout: c.Timeout, voices: voices}
	switch c.speaks() {
	case HTTP:
		t.engine = newWebEngine(*c)
	case Command:
		path, err := findProgram(c.Program)
		if err != nil {
			return nil, err
		}
		t.engine = &program{path: path, args: c.Args, largest: c.Largest}
	default:
		path, err := findProgram(c.Program)
		if err != nil {
			return nil, err
		}
		t.engine = &program{path: path, args: []string{"-v", "{voice}", "-s", "{words}", "-b", "1", "--stdin", "--stdout"}, largest: c.Largest, escape: plainForEspeak}
	}
	return t, nil
}

// engine makes a WAV file of one text.
type engine interface {
	wav(ctx context.Context, text string, how manner) ([]byte, error)
}

// manner is how a text is to be said.
type manner struct {
	voice    string
	language buurtbel.Language
	slow     bool
}

// slowly is the share of the usual speed that a slow speaker has.
const slowly = 0.75

// wordsPerMinute is espeak-ng's usual speed; on a telephone a little calmer than its own 175.
const wordsPerMinute = 160

// fill puts what is known into a template of settings.
func (m manner) fill(template string, escape func(string) string) string {
	speed, percent, words := "1", "100", wordsPerMinute
	if m.slow {
		speed, percent, words = fmt.Sprint(slowly), fmt.Sprint(slowly*100), wordsPerMinute*3/4
	}
	return strings.NewReplacer(
		"{voice}", escape(m.voice), "{language}", escape(string(m.language)), "{speed}", speed, "{percent}", percent, "{words}", fmt.Sprint(words),
	).Replace(template)
}
