package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/buurtbel/buurtbel/internal/channel/push"
	"github.com/buurtbel/buurtbel/internal/config"
	"github.com/buurtbel/buurtbel/internal/outside"
	"github.com/buurtbel/buurtbel/internal/town"
	"github.com/buurtbel/buurtbel/internal/vault"
)

// DemoPlace says where a demo or a test lives.
type DemoPlace struct {
	Folder   string // gets data, keys apart from it, and the configuration file
	Database string // postgres://…; empty: SQLite in the folder
	Listen   string // of the web server, with its port
	Calls    bool   // a trunk to the outside's carrier of calls; it needs a program that speaks
}

// DemoCaller is the number that calls of the demo show.
const DemoCaller = "+3220009999"

// DemoConfig makes the key ring and a configuration file as an operator would write it, for a program that knows only the outside world.
func DemoConfig(p DemoPlace, o *outside.Client) (*config.Config, error) {
	data, keys := filepath.Join(p.Folder, "data"), filepath.Join(p.Folder, "keys")
	for _, folder := range []string{data, keys} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, fmt.Errorf("make folder: %w", err)
		}
	}
	keyring := filepath.Join(keys, "keyring")
	if _, err := vault.Create(keyring); err != nil {
		return nil, err
	}
	pushKey := filepath.Join(keys, "push.pem")
	if _, err := push.CreateKeys(pushKey); err != nil {
		return nil, err
	}
	settings := map[string]any{
		"server": map[string]any{"listen": p.Listen, "public_url": "http://" + p.Listen},
		"store":  map[string]any{"folder": data, "database": p.Database},
		"vault":  map[string]any{"keyring": keyring},
		"log":    map[string]any{"level": "warn"},
		"sms": []map[string]any{{"name": "demo", "address": o.SMPP(), "system_id": "buurtbel", "password": "secret", "sender": "8810",
			"can_be_answered": true, "ask_answer": true, "receipts": true}},
		"email": []map[string]any{{"name": "demo-mail", "address": o.SMTP(), "tls": "none", "from": "alarm@" + town.PoliceMail}},
		"push":  map[string]any{"key_file": pushKey, "contact": "alarm@" + town.PoliceMail, "allow_private": true},
	}
	if p.Calls {
		settings["voice"] = []map[string]any{{"name": "demo-calls", "server": o.SIP(), "local": "127.0.0.1", "caller": DemoCaller, "lines": 60}}
	}
	var text strings.Builder
	if err := toml.NewEncoder(&text).Encode(settings); err != nil {
		return nil, fmt.Errorf("write configuration: %w", err)
	}
	path := filepath.Join(p.Folder, "buurtbel.toml")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		return nil, fmt.Errorf("write configuration: %w", err)
	}
	return config.Load(path, nil)
}
