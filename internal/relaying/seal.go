package relaying

import (
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/mailread"
	"github.com/buurtbel/buurtbel/internal/replytext"
	"github.com/buurtbel/buurtbel/internal/store"
)

// fewHomes is the fewest member homes that a street needs to be named as where a reply comes from (rule 4); below it the network is named.
const fewHomes = 5

// MostReply is the longest text of a conversation, in bytes.
const MostReply = 10_000

var replyForms = map[mailread.Format]replytext.Form{mailread.Fixed: replytext.Plain, mailread.Flowed: replytext.Flowed, mailread.FlowedDelSp: replytext.FlowedDelSp}

// ownWords gives what the author of a mail wrote in it. The subject of a new mail is the author's too.
func ownWords(m *mailread.Mail, names ...string) string {
	own := ""
	if len(m.Texts) > 0 {
		text := m.Texts[max(0, slices.IndexFunc(m.Texts, func(t mailread.Text) bool { return t.Type == "text/plain" && strings.TrimSpace(t.Body) != "" }))]
		form := replyForms[text.Format]
		if text.Type == "text/html" {
			form = replytext.HTML
		}
		own = replytext.Cut(text.Body, form, names...).Own
	}
	if m.Kind == mailread.Message && strings.TrimSpace(m.Subject) != "" {
		own = strings.TrimSpace(m.Subject + "\n\n" + own)
	}
	return cut(own)
}

// cut bounds a text, on the border of a character.
func cut(text string) string {
	text = strings.TrimSpace(strings.ToValidUTF8(text, ""))
	if len(text) <= MostReply {
		return text
	}
	return strings.ToValidUTF8(text[:MostReply], "")
}

// record is what the member's own record knows, which nobody else is shown.
type record struct {
	known    replytext.Known
	home     store.Home
	language buurtbel.Language
	network  buurtbel.ID
	alarm    store.ContactHolder // the first telephone that takes texts; Contact 0: none
}

// recordOf opens the record of a member for the postroom's own use.
func recordOf(tx *store.Tx, member buurtbel.ID, mail *mailread.Mail) (*record, error) {
	s, err := tx.Self(member, true)
	if err != nil {
		return nil, err
	}
	r := &record{home: s.Home, language: s.Member.Language, network: s.Member.Network}
	names := []string{strings.TrimSpace(s.Name.Given + " " + s.Name.Family), s.Name.Given, s.Name.Family}
	if mail != nil {
		names = append(names, mail.Name)
		r.known.Mailboxes = append(r.known.Mailboxes, mail.From)
	}
	r.known.Names = slices.DeleteFunc(names, func(n string) bool { return strings.TrimSpace(n) == "" })
	for _, c := range s.Contacts {
		switch c.Kind {
		case buurtbel.Mailbox:
			r.known.Mailboxes = append(r.known.Mailboxes, c.Address)
		case buurtbel.Mobile, buurtbel.Fixed:
			r.known.Phones = append(r.known.Phones, c.Address)
		case buurtbel.Browser:
		}
		if c.Kind == buurtbel.Mobile && c.Verified && c.State == buurtbel.ContactOK && r.alarm.Contact == 0 {
			r.alarm = store.ContactHolder{Contact: c.ID, Member: member, Zone: s.Member.Zone, Network: s.Member.Network, State: c.State, Kind: c.Kind, Language: s.Member.Language}
		}
	}
	if s.Home.Street != "" {
		r.known.Homes = []replytext.Home{{Streets: []string{s.Home.Street}, Number: s.Home.Number}}
	}
	return r, nil
}

// mask hides what the record knows. The marks say in the reader's words what stood there.
func (r *record) mask(text string, reader buurtbel.Language) string {
	marks := map[replytext.Secret]string{}
	for secret, word := range map[replytext.Secret]string{replytext.Name: "name", replytext.Phone: "phone", replytext.Mailbox: "mailbox", replytext.Place: "place"} {
		marks[secret] = locale.Text(reader, "message.reply.mask-"+word, nil)
	}
	return replytext.MaskWith(text, r.known, marks)
}

// street gives the street of a member when enough homes of members of the network are in it, else "".
func street(tx *store.Tx, r *record) (string, error) {
	if r.home.Street == "" {
		return "", nil
	}
	members, err := tx.NetworkMembers(r.network)
	if err != nil {
		return "", err
	}
	doors := map[store.Home]bool{}
	err = tx.EachHome(members, func(_ buurtbel.ID, h store.Home) {
		if strings.EqualFold(h.Street, r.home.Street) && h.PostalCode == r.home.PostalCode && h.Number != "" {
			doors[store.Home{Number: strings.ToLower(h.Number), Box: strings.ToLower(h.Box)}] = true
		}
	})
	if err != nil || len(doors) < fewHomes {
		return "", err
	}
	return r.home.Street, nil
}

// placeWords says where a reply comes from, as a reader may know it.
func placeWords(lang buurtbel.Language, c *store.Conversation, network string) string {
	switch {
	case c.Unplaced:
		return locale.Text(lang, "message.reply.from-nobody", nil)
	case c.Place != "":
		return locale.Text(lang, "message.reply.from-street", buurtbel.Args{"Street": c.Place, "Network": network})
	}
	return locale.Text(lang, "message.reply.from-network", buurtbel.Args{"Network": network})
}

// networkName gives the name of a network of the transaction's zone.
func networkName(tx *store.Tx, id buurtbel.ID) (string, error) {
	list, err := tx.NetworksOf([]buurtbel.ID{id})
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0].Name, nil
}
