package house

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"testing"
)

// foreign holds digests of words and pairs of words that have no place in this repository: they speak of something other than the
// project. They are digests so that the list does not contain what it forbids. To add one, in lower case:
//
//	printf '%s' 'some words' | sha256sum | cut -c1-16
var foreign = map[string]bool{
	"0dd9e4eb841b3e82": true, "18eeeac4d02767a1": true, "197a8c3159192554": true, "1ef4ecfc91da346a": true,
	"1f412223a72eaf1c": true, "28d031c22bf1e747": true, "31a85e22a24a7a4f": true, "3573cd1bad5b2134": true,
	"3872adf6b361630c": true, "3ea125d0bff386e6": true, "442e56863b7e9cf8": true, "487b91042c7cf27a": true,
	"52844af75eda9543": true, "53beb385cf69a2c6": true, "57de4cf40144bdf7": true, "5eff592cc497fccb": true,
	"60965168ce762e94": true, "6dee88b3be754271": true, "7d3194f79e645c42": true, "7feaaff7b59a06ea": true,
	"803b3eb2b6af0271": true, "8df215b3e8c142a4": true, "94a168d2da574b00": true, "98deda7aef4c558d": true,
	"a3a5734225c68af2": true, "a625159d18da5718": true, "a77ae7dd7e253c42": true, "c2dd71b9905e7c06": true,
	"c66a11eacbf99d98": true, "c70eca6b0f88f44d": true, "cdcbb68a3444fdd6": true, "cf98b41fb0f2d763": true,
	"d298391b07433318": true, "de2187af3fb01170": true, "e748f8750672ca8b": true, "ec3f4a4cd18a80ef": true,
	"ee662f0a4316976d": true, "ef57d98d468866eb": true, "f5cf14a68efbe273": true, "f88d78cc91af31d0": true,
}

var word = regexp.MustCompile(`[\p{L}\p{N}]+`)

func TestSpeaksOfItself(t *testing.T) {
	for _, f := range all(t, notVendored) {
		previous := ""
		for _, at := range word.FindAllIndex(f.text, -1) {
			w := strings.ToLower(string(f.text[at[0]:at[1]]))
			if foreign[digest(w)] || foreign[digest(previous+" "+w)] {
				t.Errorf("%s:%d: %q does not belong here", f.path, lineOf(f.text, at[0]), previous+" "+w)
			}
			previous = w
		}
	}
}

var digests = map[string]string{} // the same words come back all the time

func digest(w string) string {
	d, ok := digests[w]
	if !ok {
		sum := sha256.Sum256([]byte(w))
		d = hex.EncodeToString(sum[:8])
		digests[w] = d
	}
	return d
}

// The patterns are put together from pieces so that this file does not match itself.
var unwanted = []struct {
	pattern *regexp.Regexp
	reason  string
	except  func(path string) bool
}{
	{regexp.MustCompile(`(^|[^\w.-])/(wor` + `k|roo` + `t|hom` + `e/\w+)/[\w.]`), "a path of one machine", nil},
	{regexp.MustCompile(`(^|[^\w.$}-])/tm` + `p/[\w.]`), "a path of one machine: use t.TempDir, os.MkdirTemp or mktemp", nil},
	{regexp.MustCompile(`(proxy|sum)\.gol` + `ang\.org|registry\.npm` + `js\.org|deb\.deb` + `ian\.org`), "a host of a package registry", nil},
	{regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X|HA` + `CK)\b`), "unfinished work: do it, or write down in docs what is not done", data},
	{regexp.MustCompile(`(?m)^(<<<<` + `<<<|>>>>` + `>>>) `), "a merge that was not finished", nil},
	{regexp.MustCompile(`-----BEGIN [A-Z ]*PRIV` + `ATE KEY-----`), "a private key: make it when the test runs", nil},
}

func data(path string) bool { return strings.Contains(path, "testdata/") }

func TestUnwanted(t *testing.T) {
	for _, f := range all(t, notVendored) {
		for _, u := range unwanted {
			if u.except != nil && u.except(f.path) {
				continue
			}
			for _, at := range u.pattern.FindAllIndex(f.text, -1) {
				t.Errorf("%s:%d: %q: %s", f.path, lineOf(f.text, at[0]), strings.TrimSpace(string(f.text[at[0]:at[1]])), u.reason)
			}
		}
	}
}
