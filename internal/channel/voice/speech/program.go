package speech

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
)

// program is an engine that is a process per text: text on standard input, WAV on standard output. What it writes on standard error is not
// kept, since it may hold the text.
type program struct {
	path    string
	args    []string
	largest int64
	escape  func(text string) string // nil for none
}

// findProgram looks a program up; an error names it.
func findProgram(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", buurtbel.FailWith(err, buurtbel.Invalid, "speech.program-missing", buurtbel.Args{"Program": filepath.Base(name)})
	}
	return path, nil
}

func (p *program) wav(ctx context.Context, text string, how manner) ([]byte, error) {
	args := make([]string, len(p.args))
	for i, a := range p.args {
		args[i] = how.fill(a, func(s string) string { return s })
	}
	if p.escape != nil {
		text = p.escape(text)
	}
	out := &bounded{most: p.largest}
	cmd := exec.CommandContext(ctx, p.path, args...)
	cmd.Stdin, cmd.Stdout = strings.NewReader(text+"\n"), out
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8"} // ours may hold secrets
	cmd.WaitDelay = time.Second                                               // a grandchild must not hold the pipe open
	apart(cmd)
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case out.over: // the program may have died of a closed pipe meanwhile
		return nil, buurtbel.FailWith(err, buurtbel.Internal, "speech.too-large", nil)
	case errors.As(err, &exit):
		return nil, buurtbel.FailWith(errors.New(exit.String()), buurtbel.Internal, "speech.program-stopped", buurtbel.Args{"Program": filepath.Base(p.path)})
	case err != nil:
		return nil, buurtbel.FailWith(err, buurtbel.Internal, "speech.program-stopped", buurtbel.Args{"Program": filepath.Base(p.path)})
	}
	return out.kept, nil
}

var espeakSigns = strings.NewReplacer("[[", "[", "]]", "]", "\x00", "", "\x01", "")

// plainForEspeak takes out what espeak-ng reads as phonemes ("[[") or as commands (control character 1) and not as text.
func plainForEspeak(text string) string {
	for before := ""; before != text; {
		before, text = text, espeakSigns.Replace(text)
	}
	return text
}
