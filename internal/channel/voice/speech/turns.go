package speech

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// turns is a voice.Speaker that lets few texts at once through to its engine, each for a limited time.
type turns struct {
	engine  engine
	free    chan struct{}
	timeout time.Duration
	voices  map[buurtbel.Language]string
}

// Speak waits for its turn. The time-out counts from then.
func (t *turns) Speak(ctx context.Context, text string, language buurtbel.Language, slow bool) (voice.Audio, error) {
	if strings.TrimSpace(text) == "" {
		return nil, buurtbel.Fail(buurtbel.Invalid, "speech.text-empty", nil)
	}
	if !language.Valid() {
		return nil, buurtbel.Fail(buurtbel.Invalid, "speech.language", nil)
	}
	select {
	case t.free <- struct{}{}:
		defer func() { <-t.free }()
	case <-ctx.Done():
		return nil, internal(ctx.Err())
	}
	limited, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	file, err := t.engine.wav(limited, text, manner{t.voices[language], language, slow})
	switch {
	case ctx.Err() != nil:
		return nil, internal(ctx.Err())
	case limited.Err() != nil:
		return nil, buurtbel.FailWith(limited.Err(), buurtbel.Internal, "speech.too-slow", nil)
	case err != nil:
		return nil, err
	}
	return listen(file)
}

// listen makes a WAV file fit for a telephone.
func listen(file []byte) (voice.Audio, error) {
	s, err := readWAV(file)
	if err != nil {
		return nil, buurtbel.FailWith(err, buurtbel.Internal, "speech.unreadable", nil)
	}
	audio, err := prepare(s)
	if err != nil {
		return nil, buurtbel.FailWith(err, buurtbel.Internal, "speech.silent", nil)
	}
	return audio, nil
}

func internal(err error) error {
	return buurtbel.FailWith(err, buurtbel.Internal, "speech.failed", nil)
}

var errTooLarge = errors.New("the sound is larger than is allowed")

// bounded keeps at most so many bytes.
type bounded struct {
	kept []byte
	most int64
	over bool // more came than is kept
}

func (b *bounded) Write(p []byte) (int, error) {
	if int64(len(b.kept)+len(p)) > b.most {
		b.over = true
		return 0, errTooLarge
	}
	b.kept = append(b.kept, p...)
	return len(p), nil
}
