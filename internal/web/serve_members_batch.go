package web

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/phone"
	tables "github.com/buurtbel/buurtbel/internal/sheet"
	"github.com/buurtbel/buurtbel/internal/store"
)

// batch reads a change of several members: those that were ticked, or everybody whom the filter lets through.
func (v *visit) batch(network buurtbel.ID) (governing.Batch, error) {
	b := governing.Batch{Kind: store.BulkKind(v.r.PostFormValue("kind")), How: v.r.PostFormValue("how")}
	if b.Kind == "back" {
		b.Kind = store.BulkAway
	} else if b.Kind == store.BulkAway {
		var err error
		if b.Away, err = v.awaySpan(); err != nil {
			return b, err
		}
	}
	for _, text := range v.r.PostForm["member"] {
		id, err := buurtbel.ParseID(text)
		if err != nil {
			return b, buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil)
		}
		if !slices.Contains(b.Members, id) && len(b.Members) <= governing.MostAtOnce {
			b.Members = append(b.Members, id)
		}
	}
	if v.r.PostFormValue("all") != "yes" {
		return b, nil
	}
	why, ok, err := v.why(network, governing.ForBulk)
	if err != nil || !ok {
		return b, err
	}
	filter, err := v.filter()
	if err != nil {
		return b, err
	}
	list, err := governing.ListMembers(v.r.Context(), v.s.o.DB, v.actor, v.roleFirst(), v.zone, network, why, filter, 1)
	if err == nil {
		b.Members = list.All
	}
	return b, err
}

// memberBatch shows what a change would do; the second post does it.
func (v *visit) memberBatch() error {
	network, err := v.formOf("network")
	if err != nil {
		return err
	}
	b, err := v.batch(network)
	if err == nil && v.r.PostFormValue("do") == "do" {
		_, err = governing.ChangeMany(v.r.Context(), v.s.o.DB, v.actor, v.zone, network, b, v.s.o.Link)
		if err == nil {
			return v.redirect(v.batchBack(network) + "?said=" + v.r.PostFormValue("kind"))
		}
	}
	var e governing.Effect
	if err == nil {
		e, err = governing.Preview(v.r.Context(), v.s.o.DB, v.actor, v.zone, network, b)
	}
	if err != nil && buurtbel.KindOf(err) == buurtbel.Invalid {
		return v.membersPage(network, statusOf(buurtbel.Invalid), err)
	}
	if err != nil {
		return err
	}
	return v.batchPage(network, b, e)
}

// batchBack is where a change came from: a member's page, which only a coordinator gets without a reason, or the list.
func (v *visit) batchBack(network buurtbel.ID) string {
	if id, err := buurtbel.ParseID(v.r.PostFormValue("from")); err == nil && v.r.PostFormValue("kind") != "left" {
		return membersPath(network, "/"+id.String())
	}
	return membersPath(network, "")
}

func (v *visit) batchPage(network buurtbel.ID, b governing.Batch, e governing.Effect) error {
	networks, err := v.networksByID()
	if err != nil {
		return err
	}
	kind := v.r.PostFormValue("kind")
	view := MemberBatch{Action: membersPath(network, "/batch"), Back: v.batchBack(network), Undo: v.t("screen.members.batch-undo"),
		Hidden: []Fact{{"kind", kind}, {"how", b.How}, {"until", v.r.PostFormValue("until")}, {"from", v.r.PostFormValue("from")}}}
	if n := networks[network]; n != nil {
		view.Network = n.Name
	}
	if b.Kind == governing.BulkAsk {
		view.Undo = v.t("screen.members.batch-mail")
	}
	for _, id := range b.Members {
		view.Hidden = append(view.Hidden, Fact{"member", id.String()})
	}
	pairs := []any{"Count", e.Changed, "Date", locale.Date(v.lang, b.Away.Until.Add(-time.Minute), v.place())}
	view.Words = v.t("screen.members.batch-"+kind, pairs...)
	for _, n := range []struct {
		count int
		key   string
	}{{e.Roles, "roles"}, {e.NoMail, "no-mail"}, {e.NotThere, "not-there"}} {
		if n.count > 0 {
			view.Notes = append(view.Notes, v.t("screen.members.batch-"+n.key, "Count", n.count))
		}
	}
	if e.Changed > 0 {
		view.Do = v.t("screen.members.batch-do-" + kind)
	}
	f := v.frame(v.t("screen.members.batch"), Calm)
	f.Path = view.Back
	return v.respond(http.StatusOK, f, view)
}

// undoLines lists what can still be taken back.
func (v *visit) undoLines(network buurtbel.ID) ([]UndoLine, error) {
	changes, err := governing.Undoable(v.r.Context(), v.s.o.DB, v.actor, v.zone, network)
	if err != nil {
		return nil, err
	}
	var out []UndoLine
	loc := v.place()
	for _, c := range changes {
		key := string(c.Kind)
		if c.Kind == store.BulkAway && c.Away.From.IsZero() {
			key = "back"
		}
		out = append(out, UndoLine{c.ID.String(), v.t("screen.members.undo-"+key, "Count", c.People, "When", locale.When(v.lang, c.At, v.now, loc))})
	}
	return out, nil
}

func (v *visit) memberUndo() error {
	network, err := v.formOf("network")
	if err != nil {
		return err
	}
	change, err := buurtbel.ParseID(v.r.PostFormValue("change"))
	if err != nil {
		return buurtbel.Fail(buurtbel.NotFound, "error.members.undo", nil)
	}
	if _, err := governing.UndoMany(v.r.Context(), v.s.o.DB, v.actor, v.zone, network, change); err != nil {
		return err
	}
	return v.redirect(membersPath(network, "?said=undone"))
}

// taken opens the list for paper or a file; shown is true when the list page was answered instead, because something is lacking.
func (v *visit) taken(what string) (list *governing.MemberSheet, network buurtbel.ID, shown bool, err error) {
	if network, err = v.formOf("network"); err != nil {
		return nil, network, false, err
	}
	why, ok, err := v.why(network, what)
	var filter governing.Filter
	if err == nil && ok {
		filter, err = v.filter()
	}
	if err == nil {
		list, err = governing.TakeList(v.r.Context(), v.s.o.DB, v.actor, v.roleFirst(), v.zone, network, what, why, filter)
	}
	if kind := buurtbel.KindOf(err); err != nil && (kind == buurtbel.Invalid || kind == buurtbel.Conflict) {
		return nil, network, true, v.membersPage(network, statusOf(kind), err)
	}
	return list, network, false, err
}

// memberPrint answers with the list itself: a print is journalled, so nobody can come back to its address.
func (v *visit) memberPrint() error {
	list, network, shown, err := v.taken(governing.ForPrint)
	if err != nil || shown {
		return err
	}
	view := MemberPrint{Network: list.Network.Name, Back: membersPath(network, ""),
		Printed: v.t("screen.members.printed", "Count", len(list.Cards), "When", locale.When(v.lang, list.At, v.now, v.place()))}
	for _, c := range list.Cards {
		l := list.Listed[c.Member]
		view.Lines = append(view.Lines, MemberPrintLine{Name: personName(c.Name), Home: homeLine(c.Home), Note: strings.Join(v.memberNotes(&l), ", "),
			Numbers: strings.Join(addresses(c, list.Country, buurtbel.Mobile, buurtbel.Fixed), ", "), Mails: strings.Join(addresses(c, list.Country, buurtbel.Mailbox), ", ")})
	}
	f := v.frame(v.t("screen.members.of", "Network", view.Network), Calm)
	f.Path = view.Back
	return v.respond(http.StatusOK, f, view)
}

// addresses gives a member's numbers or mailboxes of some kinds that are in use, as people write them.
func addresses(c store.Card, country string, kinds ...buurtbel.ContactKind) []string {
	var out []string
	for _, p := range c.Contacts {
		if !slices.Contains(kinds, p.Kind) || p.State == buurtbel.ContactDead {
			continue
		}
		if p.Kind == buurtbel.Mailbox {
			out = append(out, p.Address)
		} else {
			out = append(out, phone.Format(p.Address, country))
		}
	}
	return out
}

var exportColumns = []string{"given", "family", "street", "house-number", "box", "postal-code", "municipality", "mobile", "fixed", "mail", "since", "state"}

// memberExport answers with the list as a file that a spreadsheet opens. No cell of it can be run as a formula.
func (v *visit) memberExport() error {
	list, _, shown, err := v.taken(governing.ForExport)
	if err != nil || shown {
		return err
	}
	var head []string
	for _, c := range exportColumns {
		head = append(head, v.t("screen.members.column-"+c))
	}
	rows := [][]string{head}
	for _, c := range list.Cards {
		l := list.Listed[c.Member]
		rows = append(rows, []string{c.Name.Given, c.Name.Family, c.Home.Street, c.Home.Number, c.Home.Box, c.Home.PostalCode, c.Home.Municipality,
			strings.Join(addresses(c, list.Country, buurtbel.Mobile), ", "), strings.Join(addresses(c, list.Country, buurtbel.Fixed), ", "),
			strings.Join(addresses(c, list.Country, buurtbel.Mailbox), ", "), l.Joined.In(v.place()).Format(time.DateOnly), v.t("screen.members.state-" + string(l.Member.State))})
	}
	var b bytes.Buffer
	name, kind, write := "leden.csv", "text/csv; charset=utf-8", tables.WriteCSV
	if v.r.PostFormValue("format") == "xlsx" {
		name, kind, write = "leden.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", tables.WriteXLSX
	}
	if err := write(&b, rows); err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", kind)
	v.w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, err = v.w.Write(b.Bytes())
	return err
}
