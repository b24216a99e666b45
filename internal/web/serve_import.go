package web

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/loading"
	"github.com/buurtbel/buurtbel/internal/locale"
	tables "github.com/buurtbel/buurtbel/internal/sheet"
	"github.com/buurtbel/buurtbel/internal/store"
)

const (
	mostList   = 2 << 20 // bytes of a list that is brought in a browser; a workbook may unpack to ten times that
	mostPeople = 5000    // rows of it
	listTime   = time.Minute
)

// importRoutes are the taking over of a list of members in a browser: brought, mended, taken over, taken back.
func (s *Server) importRoutes() []route {
	return []route{
		{method: "GET", path: "/members/{network}/import", may: buurtbel.MayImport, handler: (*visit).importStart},
		{method: "POST", path: "/members/{network}/import", may: buurtbel.MayImport, proof: proofAlways, handler: (*visit).importBring},
		{method: "GET", path: "/members/{network}/import/{list}", may: buurtbel.MayImport, proof: proofAlways, handler: (*visit).importDraft},
		{method: "POST", path: "/members/{network}/import/{list}", may: buurtbel.MayImport, proof: proofAlways, handler: (*visit).importChange},
	}
}

// importNetwork reads the network of the path and asks the right for it.
func (v *visit) importNetwork() (*buurtbel.Network, error) {
	id, err := v.id("network")
	if err != nil {
		return nil, err
	}
	if err := v.actor.May(buurtbel.MayImport, buurtbel.Scope{Zone: v.zone, Network: id}, v.now); err != nil {
		return nil, err
	}
	networks, err := v.networksByID()
	if err == nil && networks[id] == nil {
		err = buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
	}
	return networks[id], err
}

func (v *visit) importStart() error {
	n, err := v.importNetwork()
	if err != nil {
		return err
	}
	return v.importStartPage(n, http.StatusOK, nil)
}

func (v *visit) importStartPage(n *buurtbel.Network, status int, wrong error) error {
	view := ImportStart{Network: n.Name, Action: membersPath(n.ID, "/import"), Back: v.importBack(n.ID)}
	loc := v.place()
	err := v.read(func(tx *store.Tx) error {
		drafts, err := tx.Drafts(n.ID, v.actor.Person)
		for _, d := range drafts {
			key := "screen.import.draft"
			if d.Import != 0 {
				key = "screen.import.taken"
			}
			view.Drafts = append(view.Drafts, Link{Words: v.t(key, "When", locale.When(v.lang, d.At, v.now, loc)), Href: view.Action + "/" + d.ID.String()})
		}
		return err
	})
	if err != nil {
		return err
	}
	f := v.frame(v.t("screen.import.title", "Network", n.Name), Calm)
	f.Path = view.Action
	if wrong != nil {
		f.Problem = locale.Error(v.lang, wrong)
	}
	return v.respond(status, f, view)
}

// importBack leads to the list for who may see names, and to the first page for who may only bring lists.
func (v *visit) importBack(network buurtbel.ID) string {
	if v.actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: v.zone, Network: network}, v.now) == nil {
		return membersPath(network, "")
	}
	return "/"
}

// importBring reads a list. Its name and its kind, as the browser tells them, are not looked at, and nothing is written to a disk.
func (v *visit) importBring() error {
	n, err := v.importNetwork()
	if err != nil {
		return err
	}
	id, err := v.bring(n.ID)
	if kind := buurtbel.KindOf(err); err != nil && (kind == buurtbel.Invalid || kind == buurtbel.Conflict) {
		return v.importStartPage(n, statusOf(kind), err)
	}
	if err != nil {
		return err
	}
	return v.redirect(membersPath(n.ID, "/import/"+id.String()))
}

func (v *visit) bring(network buurtbel.ID) (buurtbel.ID, error) {
	data, err := v.upload("file", mostList)
	if err != nil {
		return 0, err
	}
	v.s.reading.Lock() // one at a time: a workbook costs memory while it is read
	table, err := tables.Read(bytes.NewReader(data), tables.Options{MaxBytes: mostList, MaxRows: mostPeople})
	v.s.reading.Unlock()
	if err != nil {
		return 0, err
	}
	return loading.KeepList(v.r.Context(), v.s.o.DB, v.actor, v.zone, network, table)
}

// mostParts is how many parts of a form are looked at for a file.
const mostParts = 10

// upload reads a file of a form (RFC 7578) into memory, at most most bytes. A slow line has a minute.
func (v *visit) upload(field string, most int64) ([]byte, error) {
	if err := http.NewResponseController(v.w).SetReadDeadline(time.Now().Add(listTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil, err
	}
	parts, err := v.r.MultipartReader()
	if err != nil {
		return nil, buurtbel.FailWith(err, buurtbel.Invalid, "error.import.no-file", nil)
	}
	for range mostParts {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, unreadable(err)
		}
		if part.FormName() != field {
			continue
		}
		return readPart(part, most)
	}
	return nil, buurtbel.Fail(buurtbel.Invalid, "error.import.no-file", nil)
}

func readPart(part *multipart.Part, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(part, most+1))
	switch {
	case err != nil:
		return nil, unreadable(err)
	case int64(len(data)) > most:
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.sheet.too-big", buurtbel.Args{"MB": most >> 20})
	case len(data) == 0:
		return nil, buurtbel.Fail(buurtbel.Invalid, "error.import.no-file", nil)
	}
	return data, nil
}

// unreadable says that a body is too large, or was cut off.
func unreadable(err error) error {
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return buurtbel.FailWith(err, buurtbel.Invalid, "error.form.too-large", nil)
	}
	return buurtbel.FailWith(err, buurtbel.Invalid, "error.form.unreadable", nil)
}

// importDraft shows a list: what it is understood as, or how far it is.
func (v *visit) importDraft() error {
	n, err := v.importNetwork()
	if err != nil {
		return err
	}
	return v.importPage(n, http.StatusOK, nil)
}

func (v *visit) importPage(n *buurtbel.Network, status int, wrong error) error {
	id, err := v.id("list")
	if err != nil {
		return err
	}
	zone, err := v.zoneRow()
	if err != nil {
		return err
	}
	d, staged, err := loading.ReadList(v.r.Context(), v.s.o.DB, v.actor, zone, n.ID, id)
	if kind := buurtbel.KindOf(err); err != nil && (staged == nil || kind != buurtbel.Invalid) {
		return err
	}
	if wrong == nil && err != nil {
		status, wrong = statusOf(buurtbel.Invalid), err
	}
	if d.Import != 0 {
		return v.importProgress(n, id, status, wrong)
	}
	f := v.frame(v.t("screen.import.title", "Network", n.Name), Calm)
	f.Path = membersPath(n.ID, "/import/"+id.String())
	if wrong != nil {
		f.Problem = locale.Error(v.lang, wrong)
	}
	if v.r.Method == http.MethodGet && v.r.URL.Query().Get("said") == "mended" {
		f.Status = v.t("screen.import.mended")
	}
	return v.respond(status, f, v.draftView(n, d, staged))
}

func (v *visit) zoneRow() (z *buurtbel.Zone, err error) {
	err = v.read(func(tx *store.Tx) error {
		z, err = tx.Zone()
		return err
	})
	return z, err
}

func (v *visit) importProgress(n *buurtbel.Network, id buurtbel.ID, status int, wrong error) error {
	p, err := loading.ListProgress(v.r.Context(), v.s.o.DB, v.actor, v.zone, n.ID, id)
	if err != nil {
		return err
	}
	view := ImportProgress{Network: n.Name, Action: membersPath(n.ID, "/import/"+id.String()), Back: v.importBack(n.ID), Done: p.Done, Total: p.Total,
		Going: p.State == store.ImportRunning || p.State == store.ImportUndoing, Words: v.t("screen.import.state-"+string(p.State), "Count", p.Done, "Total", p.Total)}
	if p.Undoable {
		view.Undo = v.t("screen.import.undo-means", "Count", p.Total)
	}
	f := v.frame(v.t("screen.import.title", "Network", n.Name), Calm)
	f.Path = view.Action
	if view.Going {
		f.Refresh = 2
	}
	if wrong != nil {
		f.Problem = locale.Error(v.lang, wrong)
	}
	return v.respond(status, f, view)
}

// importChange mends a list, takes it over, gives it up, or takes it back.
func (v *visit) importChange() error {
	n, err := v.importNetwork()
	if err != nil {
		return err
	}
	id, err := v.formOf("list")
	if err != nil {
		return err
	}
	ctx, db, path := v.r.Context(), v.s.o.DB, membersPath(n.ID, "/import/"+id.String())
	switch v.r.PostFormValue("do") {
	case "mend":
		var m loading.Mend
		if m, err = v.mended(); err == nil {
			err = loading.MendList(ctx, db, v.actor, v.zone, n.ID, id, m)
		}
		path += "?said=mended"
	case "take":
		var zone *buurtbel.Zone
		if zone, err = v.zoneRow(); err == nil {
			_, err = loading.TakeList(ctx, db, v.actor, zone, n.ID, id)
		}
	case "drop":
		err = loading.DropList(ctx, db, v.actor, v.zone, n.ID, id)
		path = membersPath(n.ID, "/import")
	case "undo":
		err = loading.TakeBack(ctx, db, v.actor, v.zone, n.ID, id)
	default:
		err = buurtbel.Fail(buurtbel.Invalid, "error.form.unreadable", nil)
	}
	if kind := buurtbel.KindOf(err); err != nil && (kind == buurtbel.Invalid || kind == buurtbel.Conflict) {
		return v.importPage(n, statusOf(kind), err)
	}
	if err != nil {
		return err
	}
	return v.redirect(strings.TrimSuffix(path, "?"))
}
