package email

import (
	"encoding/base64"
	"net"
	"slices"

	"github.com/emersion/go-sasl"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
)

// signIn does AUTH (RFC 4954) by PLAIN, or by LOGIN for servers that know nothing better.
func (l *line) signIn() error {
	if !l.private() {
		return &channel.Failure{Reason: buurtbel.Credentials, Temporary: true, Code: "clear text"}
	}
	var client sasl.Client
	switch {
	case slices.Contains(l.auth, sasl.Plain):
		client = sasl.NewPlainClient("", l.cfg.Username, l.cfg.Password)
	case slices.Contains(l.auth, sasl.Login):
		client = sasl.NewLoginClient(l.cfg.Username, l.cfg.Password)
	default:
		return &channel.Failure{Reason: buurtbel.Credentials, Temporary: true, Code: "auth not offered"}
	}
	return l.exchange(client)
}

// exchange plays client's part. LOGIN gives the name only when asked for it: not every server takes it as an initial response.
func (l *line) exchange(client sasl.Client) error {
	mech, first, err := client.Start()
	if err != nil {
		return err
	}
	command := "AUTH " + mech
	asked := mech == sasl.Login
	if !asked {
		command += " " + base64.StdEncoding.EncodeToString(first)
	}
	answer, err := l.ask(command)
	for round := 0; err == nil && answer.code == 334; round++ {
		if round == 3 {
			return errUnparseable // LOGIN needs two; a server may not ask for ever
		}
		response := first
		if !asked {
			if response, err = next(client, answer.text); err != nil {
				return err
			}
		}
		asked = false
		answer, err = l.ask(base64.StdEncoding.EncodeToString(response))
	}
	if err == nil && answer.code != 235 {
		return verdict(stepAuth, answer)
	}
	return err
}

// next answers a challenge. One that makes no sense is a fault of the server's.
func next(client sasl.Client, challenge []byte) ([]byte, error) {
	plain, err := base64.StdEncoding.DecodeString(string(challenge))
	if err != nil {
		return nil, errUnparseable
	}
	response, err := client.Next(plain)
	if err != nil {
		return nil, errUnparseable
	}
	return response, nil
}

// private tells whether a password may be said: over TLS, or to this machine itself.
func (l *line) private() bool {
	if l.cfg.TLS != tlsNone {
		return true // open has secured the line, or failed
	}
	remote, ok := l.conn.RemoteAddr().(*net.TCPAddr)
	return ok && remote.IP.IsLoopback()
}
