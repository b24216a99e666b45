// Package config is the program's configuration: one TOML file, and environment variables that win over it.
//
// Every key is a field of a struct, documented in its tags; reading, checking, `config describe` and docs/operating/configuration.md
// all follow from those, so they cannot disagree. What a village changes (hours, texts, plans) is no configuration but rows.
//
// The package opens no connection. It reads the file, the files that hold secrets, and in CheckSystem the key ring and the folders.
//
// Always true: every problem is reported at once, each with its place; no problem and no printed form holds a secret; a key that
// nobody knows is an error and never ignored.
package config

import (
	"time"

	"github.com/buurtbel/buurtbel/internal/channel/email"
	"github.com/buurtbel/buurtbel/internal/channel/push"
	"github.com/buurtbel/buurtbel/internal/channel/sms/gateway"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp"
	"github.com/buurtbel/buurtbel/internal/channel/voice/sip"
	"github.com/buurtbel/buurtbel/internal/channel/voice/speech"
	"github.com/buurtbel/buurtbel/internal/entering"
)

// Config is the whole configuration.
type Config struct {
	Server    Server    `toml:"server" doc:"The web server: the desk, the members' pages and the links in messages."`
	Store     Store     `toml:"store" doc:"The database and the folder beside it."`
	Vault     Vault     `toml:"vault" doc:"The keys, and where the heads of the journal go. Both lie outside the database: who steals one must not get the other."`
	Log       Log       `toml:"log" doc:"What the program writes about itself to standard error. It never holds a name, a number, an address or a text."`
	Metrics   Metrics   `toml:"metrics" doc:"Figures for Prometheus, on an address of their own."`
	Delivery  Delivery  `toml:"delivery" doc:"How messages are handed to carriers."`
	Carrier   Carrier   `toml:"carrier" doc:"Where carriers that speak HTTP bring receipts and texts."`
	Retention Retention `toml:"retention" doc:"How many days things that name persons are kept. A task forgets daily what is older; what an open alert or a feedback debt needs stays whatever its age."`
	SMS       []SMS     `toml:"sms" doc:"A carrier of short messages. Write the table once for each carrier; the first is used, the next ones while it cannot take work."`
	Email     []Email   `toml:"email" doc:"A mail server that carries our mail. Write the table once for each."`
	Incoming  Incoming  `toml:"incoming" doc:"Mail that comes in: members answer our mails, and servers report what did not arrive. The mail server of the domain hands it on; see docs/operating/incoming.md."`
	Voice     []Voice   `toml:"voice" doc:"A trunk that carries telephone calls. Write the table once for each; the first is used first, one that cannot present the number last."`
	Push      Push      `toml:"push" doc:"Messages to members' browsers (web push). The pages must be served over https, except on this machine itself."`

	Passkeys  Passkeys    `toml:"passkeys" doc:"Passkeys, with which people sign in by a touch. Both keys follow from public_url and are rarely written."`
	OIDC      []OIDC      `toml:"oidc" doc:"An identity provider of police or city (OpenID Connect). Write the table once for each; see docs/operating/sign-in.md."`
	OIDCGroup []OIDCGroup `toml:"oidc_group" doc:"A role that a group of a provider gives in a zone. Write the table once for each line; a group without a line gives nothing."`

	Speech speech.Config `toml:"speech" doc:"What turns a message into speech. Used only when there is a trunk."`

	where map[string]Place // of what was said, such as "sms[0].sender"
}

// Server is the web server.
type Server struct {
	Listen         string        `toml:"listen" default:"127.0.0.1:8080" doc:"Address and port to listen on. A reverse proxy before it usually does TLS."`
	PublicURL      string        `toml:"public_url" default:"http://127.0.0.1:8080" example:"https://buurtbel.example.org" doc:"What links in messages begin with. It must be https, except on this machine itself."`
	TrustedProxies []string      `toml:"trusted_proxies" example:"10.0.0.0/24" doc:"Addresses or ranges of the proxies whose X-Forwarded-For and X-Forwarded-Proto are believed. Nobody else's are."`
	ReadTimeout    time.Duration `toml:"read_timeout" default:"10s" min:"1s" max:"5m" doc:"How long a request may take to arrive."`
	WriteTimeout   time.Duration `toml:"write_timeout" default:"30s" min:"1s" max:"10m" doc:"How long an answer may take to leave. Live pages are exempt."`
	IdleTimeout    time.Duration `toml:"idle_timeout" default:"2m" min:"1s" max:"1h" doc:"How long an unused connection stays open."`
	StopTimeout    time.Duration `toml:"stop_timeout" default:"20s" min:"1s" max:"5m" doc:"How long stopping waits for answers of carriers. What is then still open is uncertain."`
	MaxBody        int64         `toml:"max_body" default:"20 MB" unit:"bytes" min:"64 KB" max:"1 GB" doc:"Largest request. Lists of members are the largest thing people send."`
}

// Store is the database and the data folder.
type Store struct {
	Folder   string `toml:"folder" default:"/var/lib/buurtbel" doc:"Folder for the database and temporary files. Only the program may read it."`
	Database string `toml:"database" secret:"true" example:"postgres://buurtbel@db.example.org/buurtbel" doc:"Empty: SQLite, one file in the folder. Otherwise the address of a PostgreSQL database; of several servers that replace each other: postgres://buurtbel@db1:5432,db2:5432/buurtbel?target_session_attrs=read-write."`
	Direct   string `toml:"direct" secret:"true" example:"postgres://buurtbel@db.example.org:5432/buurtbel" doc:"The address of the same database without a pooler such as pgbouncer between, for the two connections that a pooler cannot carry: one that hears at once what other nodes did, and one that sets up the tables. Empty: as above; behind a pooler the program then looks four times a second."`
	Readers  int    `toml:"readers" default:"4" min:"1" max:"64" doc:"Connections for reading."`
	Writers  int    `toml:"writers" default:"8" min:"1" max:"64" doc:"Connections for writing, PostgreSQL only. SQLite has one."`
	Node     int    `toml:"node" default:"0" min:"0" max:"255" doc:"Number of this process among those that share a PostgreSQL database. Each needs its own."`
}

// Vault is the key ring and the outside witness of the journal.
type Vault struct {
	Keyring            string        `toml:"keyring" default:"/etc/buurtbel/keyring" doc:"File with the keys, readable by the program alone. Back it up apart from the database: without it nothing can be read."`
	JournalHeadFile    string        `toml:"journal_head_file" example:"/mnt/elsewhere/journal-heads" doc:"File to which each head of the journal is appended, on a disk that who owns the database cannot write."`
	JournalHeadCommand []string      `toml:"journal_head_command" example:"/usr/local/bin/send-head" doc:"Program and arguments that get each head of the journal on standard input, to send it outside. Exit status 0 means sent."`
	JournalHeadTimeout time.Duration `toml:"journal_head_timeout" default:"30s" min:"1s" max:"10m" doc:"How long that program may take."`
}

// Log is what the program says about itself.
type Log struct {
	Level  string `toml:"level" default:"info" oneof:"debug info warn error" doc:"The least important lines that are written."`
	Format string `toml:"format" default:"text" oneof:"text json" doc:"How lines are written."`
}

// Metrics is where figures are served.
type Metrics struct {
	Listen string `toml:"listen" example:"127.0.0.1:9090" doc:"Address and port. Empty: none. Do not open it to the world."`
}

// Delivery is how messages are handed to carriers.
type Delivery struct {
	Unsettled int `toml:"unsettled" default:"500" min:"1" max:"500" doc:"Attempts without an outcome that this machine may have at one carrier. After a crash no more than these are uncertain."`
	Claim     int `toml:"claim" default:"250" min:"1" max:"500" doc:"Deliveries that are taken from the database at once."`
}

// Carrier is the door for carriers that speak HTTP.
type Carrier struct {
	Listen string `toml:"listen" example:"127.0.0.1:8081" doc:"Address and port for /carriers/. Empty: the web server's own."`
}

// Types of SMS carriers.
const (
	TypeSMPP = "smpp"
	TypeHTTP = "http"
)

// Retention is how long things that name persons are kept.
type Retention struct {
	Texts      int `toml:"texts" default:"90" min:"1" max:"3650" unit:"days" doc:"What people wrote back, after it came. Also automatic answers and sign-in links, after they went."`
	Deliveries int `toml:"deliveries" default:"400" min:"1" max:"3650" unit:"days" doc:"Who got a message and on which contact point, after it was finished; a text back that nobody has read. How many were reached, how and when stays."`
	Journal    int `toml:"journal" default:"1095" min:"1" max:"3650" unit:"days" doc:"What journal entries say about looks at contact data, lost contact points and sign-ins. The entries stay and still verify."`
	Previews   int `toml:"previews" default:"7" min:"1" max:"3650" unit:"days" doc:"Lists of members that were read and never taken over."`
	Left       int `toml:"left" default:"30" min:"1" max:"3650" unit:"days" doc:"What is known of a member, after the membership ended. Members can have themselves erased at once."`
	Breaches   int `toml:"breaches" default:"1825" min:"365" max:"7300" unit:"days" doc:"Entries of the register of breaches, after they were closed."`

	Erasures string `toml:"erasures" default:"" example:"/var/lib/buurtbel-keys/erasures" doc:"File in which each erasure of a person is noted by an opaque, signed id. It must lie outside the backup of the database: after a restore the program erases these persons again when it starts. Empty: beside the key ring, with .erasures after its name."`
}

// SMS is one carrier of short messages.
type SMS struct {
	Type      string `toml:"type" default:"smpp" oneof:"smpp http" doc:"How the carrier is spoken to: smpp is SMPP 3.4, http is what the keys that begin with http. say; see docs/operating/gateways.md."`
	AskAnswer bool   `toml:"ask_answer" default:"false" doc:"Whether texts through this carrier may ask for an answer (\"answer 1\") and name STOP. Only where the sender can be answered."`
	smpp.Config
	HTTP gateway.Config `toml:"http"`
}

// Gateway gives the configuration of a carrier of type http: what it shares with other carriers stands in the same keys as theirs.
func (s *SMS) Gateway() gateway.Config {
	c := s.HTTP
	c.Config = s.Config.Config
	c.Window, c.MaxPerSecond = s.Window, s.MaxPerSecond
	c.ResponseTimeout, c.ConnectTimeout, c.ThrottlePause = s.ResponseTimeout, s.ConnectTimeout, s.ThrottlePause
	c.TLSCA, c.TLSServerName = s.TLSCA, s.TLSServerName
	return c
}

// Voice is one trunk.
type Voice struct {
	PricePerMinute int `toml:"price_per_minute" default:"550" min:"0" max:"1000000" doc:"Price of a minute begun without VAT, in ten-thousandths of a euro: 550 is EUR 0.055."`
	sip.Config
}

// Email is one mail server.
type Email struct {
	email.Config
}

// Passkeys are where passkeys may be used.
type Passkeys struct {
	entering.Passkeys
}

// OIDC is one identity provider.
type OIDC struct {
	entering.Provider
}

// OIDCGroup is one line of the table of groups and roles.
type OIDCGroup struct {
	entering.Group
}

// Providers gives the identity providers as the verb wants them.
func (c *Config) Providers() (out []entering.Provider) {
	for _, p := range c.OIDC {
		out = append(out, p.Provider)
	}
	return out
}

// Groups gives the table of groups and roles as the verb wants it.
func (c *Config) Groups() (out []entering.Group) {
	for _, g := range c.OIDCGroup {
		out = append(out, g.Group)
	}
	return out
}

// Push is how messages go to members' browsers. There is one key for all of them, so there is one of it.
type Push struct {
	push.Config
}

// On tells whether messages go to browsers.
func (p Push) On() bool { return p.KeyFile != "" }

// Incoming is the door for mail that comes in.
type Incoming struct {
	Answers     string   `toml:"answers" example:"answer@buurtbel.example.org" doc:"Mailbox for answers and for mails that members begin. Behind a plus sign each mail of ours gets a signed part of its own. Empty: no mail comes in."`
	Reports     string   `toml:"reports" example:"report@buurtbel.example.org" doc:"Mailbox for reports of mails that did not arrive (MAIL FROM), likewise with a part of its own. Empty: that of the mail server."`
	SMTP        string   `toml:"smtp" example:"127.0.0.1:2525" doc:"Address and port that take mail by SMTP. Only the mail server of the domain may reach it."`
	LMTP        string   `toml:"lmtp" example:"/run/buurtbel/lmtp" doc:"Address and port, or the path of a socket, that take mail by LMTP."`
	Domain      string   `toml:"domain" example:"buurtbel.example.org" doc:"Host name with which we greet. Empty: the domain of answers."`
	Servers     []string `toml:"servers" example:"mx.example.org" doc:"Names under which our own mail server writes Authentication-Results. Only these are believed; that server must take away those which others wrote."`
	CheckDKIM   bool     `toml:"check_dkim" default:"true" doc:"Check DKIM signatures ourselves where our mail server said nothing good of the sender. It asks the domain name system."`
	Certificate string   `toml:"certificate" example:"/etc/buurtbel/mail.pem" doc:"File with the certificate for STARTTLS, its chain included. Empty: no encryption, for a door on this machine only."`
	Key         string   `toml:"key" example:"/etc/buurtbel/mail.key" doc:"File with the certificate's private key."`
	PerMinute   int      `toml:"per_minute" default:"600" min:"1" max:"100000" doc:"Mails that one client may bring in a minute; more are asked to come later."`
	MaxBytes    int64    `toml:"max_bytes" default:"25 MB" unit:"bytes" min:"64 KB" max:"25 MB" doc:"Largest mail. Larger ones are refused before they are sent."`
}
