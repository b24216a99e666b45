package speech

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// recording is one entry of a folder's index.json, which is a list of them.
type recording struct {
	Language buurtbel.Language `json:"language"`
	Text     string            `json:"text"` // one or more whole sentences, as written in a message or as said
	File     string            `json:"file"` // in the folder
	Slow     string            `json:"slow"` // the same said slower; "" to stretch File
}

// spoken names a recording by what it says.
type spoken struct {
	language buurtbel.Language
	text     string
	slow     bool
}

// recorded says what it has recordings of, and has the rest said by another speaker. All recordings are in memory.
type recorded struct {
	sounds  map[spoken]voice.Audio
	longest int // sentences
	rest    voice.Speaker
}

// pause is what lies between two sentences, beside the silence that each brings.
const pause = 180 * time.Millisecond

// openRecorded reads a folder; every file that the index names must be there and be sound.
func openRecorded(folder string, largest int64, rest voice.Speaker) (_ *recorded, err error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, buurtbel.FailWith(err, buurtbel.Invalid, "speech.folder-missing", nil)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	index, err := readWithin(root, "index.json", largest)
	if err != nil {
		return nil, buurtbel.FailWith(err, buurtbel.Invalid, "speech.index-unreadable", nil)
	}
	entries, err := readIndex(index)
	if err != nil {
		return nil, buurtbel.FailWith(err, buurtbel.Invalid, "speech.index-unreadable", nil)
	}
	r := &recorded{sounds: map[spoken]voice.Audio{}, rest: rest}
	for _, e := range entries {
		if err := r.add(root, e, largest); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// readIndex reads index.json. An error gives the number of the entry and never its text.
func readIndex(b []byte) ([]recording, error) {
	var entries []recording
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&entries); err != nil {
		return nil, errors.New("index.json: must be a list of objects with language, text, file and slow")
	}
	for i, e := range entries {
		if !e.Language.Valid() || strings.TrimSpace(e.Text) == "" || e.File == "" {
			return nil, fmt.Errorf("index.json: entry %d lacks its language, text or file", i+1)
		}
	}
	return entries, nil
}

func readWithin(root *os.Root, name string, largest int64) ([]byte, error) {
	file, err := root.Open(name) // os.Root keeps to the folder
	if err != nil {
		return nil, err
	}
	defer file.Close()
	out := &bounded{most: largest}
	if _, err := io.Copy(out, file); err != nil {
		return nil, err
	}
	return out.kept, nil
}

func (r *recorded) add(root *os.Root, e recording, largest int64) error {
	usual, err := load(root, e.File, largest)
	if err != nil {
		return err
	}
	slow := Stretch(usual, 1/slowly)
	if e.Slow != "" {
		if slow, err = load(root, e.Slow, largest); err != nil {
			return err
		}
	}
	text := Say(e.Text, e.Language, nil)
	r.longest = max(r.longest, len(sentences(text)))
	r.sounds[spoken{e.Language, key(text), false}] = usual
	r.sounds[spoken{e.Language, key(text), true}] = slow
	return nil
}

func load(root *os.Root, name string, largest int64) (voice.Audio, error) {
	missing := func(err error) error {
		return buurtbel.FailWith(err, buurtbel.Invalid, "speech.recording-unreadable", buurtbel.Args{"File": name})
	}
	file, err := readWithin(root, name, largest)
	if err != nil {
		return nil, missing(err)
	}
	audio, err := listen(file)
	if err != nil {
		return nil, missing(err)
	}
	return audio, nil
}

var sentence = regexp.MustCompile(`[^.!?]+(?:[.!?]+|$)`)

// sentences cuts a text that is ready to be said.
func sentences(text string) []string {
	var all []string
	for _, s := range sentence.FindAllString(text, -1) {
		if s = strings.TrimSpace(s); s != "" {
			all = append(all, s)
		}
	}
	return all
}

// key leaves out what cannot be heard: case, and the mark at the end.
func key(text string) string {
	return strings.TrimRight(strings.ToLower(strings.Join(strings.Fields(text), " ")), ".!?, ")
}

// Speak says the longest recordings that fit, from the first sentence on.
func (r *recorded) Speak(ctx context.Context, text string, language buurtbel.Language, slow bool) (voice.Audio, error) {
	var parts []voice.Audio
	var open []string // sentences that nobody recorded
	say := func() error {
		if len(open) == 0 {
			return nil
		}
		audio, err := r.rest.Speak(ctx, strings.Join(open, " "), language, slow)
		parts, open = append(parts, audio), nil
		return err
	}
	for all := sentences(text); len(all) > 0; {
		sound, used := r.find(all, language, slow)
		if used == 0 {
			open, all = append(open, all[0]), all[1:]
			continue
		}
		if err := say(); err != nil {
			return nil, err
		}
		parts, all = append(parts, sound), all[used:]
	}
	if err := say(); err != nil {
		return nil, err
	}
	if len(parts) == 0 {
		return nil, buurtbel.Fail(buurtbel.Invalid, "speech.text-empty", nil)
	}
	return Join(pause, parts...), nil
}

// find gives the recording of as many sentences as possible from the first on, and how many they are.
func (r *recorded) find(all []string, language buurtbel.Language, slow bool) (voice.Audio, int) {
	for n := min(r.longest, len(all)); n > 0; n-- {
		if sound, ok := r.sounds[spoken{language, key(strings.Join(all[:n], " ")), slow}]; ok {
			return sound, n
		}
	}
	return nil, 0
}
