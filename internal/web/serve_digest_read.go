package web

import (
	"encoding/xml"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/informing"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// meDigest is what a member was told, month by month, and whether it comes by mail. An office that was asked sees the wish alone.
func (v *visit) meDigest(m mine) error {
	s, err := v.self(m)
	if err != nil {
		return err
	}
	page := MeDigest{Mine: v.view(m, s), Wishes: !s.Member.Choices.NoDigest}
	if !m.asked {
		a, err := v.s.o.News.Archive(v.r.Context(), v.actor, v.zone, v.r.URL.Query().Get("month"))
		if err != nil {
			return err
		}
		page.Month = v.monthName(a.Month)
		for _, i := range a.Items {
			page.Items = append(page.Items, v.digestLine(a.Rules, i, a.Location))
		}
		page.Counts = v.digestCounts(a, func(buurtbel.DigestCount) bool { return true }, v.t("screen.digest.year"))
		for i := range page.Counts.Months {
			month := a.Months[i]
			page.Counts.Months[i].Href, page.Counts.Months[i].Here = m.base+"/digest?month="+month, month == a.Month
		}
	}
	f := v.meFrame(m, v.t("screen.me.digest"))
	f.Path = m.base + "/digest"
	return v.respond(http.StatusOK, f, page)
}

func (v *visit) meDigestWish(m mine) error {
	if err := v.form(); err != nil {
		return err
	}
	wish := v.r.PostFormValue("wish")
	if wish != "yes" && wish != "no" {
		return buurtbel.Fail(buurtbel.Invalid, "error.form.unreadable", nil)
	}
	if err := joining.ReadDigest(v.r.Context(), v.s.o.DB, v.actor, m.word, wish == "yes"); err != nil {
		return err
	}
	return v.kept(m, "/digest")
}

func (v *visit) monthName(month string) string {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return month
	}
	return locale.Month(v.lang, t)
}

// digestCounts counts by month and category what belongs.
func (v *visit) digestCounts(a *informing.Archive, belongs func(buurtbel.DigestCount) bool, title string) DigestCounts {
	out := DigestCounts{Title: title}
	for _, month := range a.Months {
		one := DigestMonth{Name: v.monthName(month)}
		for _, c := range append(slices.Clone(buurtbel.DigestCategories), a.Rules.Keys()...) {
			cell := DigestCell{Name: informing.CategoryWords(a.Rules, c, v.lang)}
			for _, n := range a.Counts {
				if n.Month == month && n.Category == c && belongs(n) {
					cell.Count += n.Count
				}
			}
			if one.Total += cell.Count; cell.Count > 0 {
				one.Each = append(one.Each, cell)
			}
		}
		out.Months, out.Total = append(out.Months, one), out.Total+one.Total
	}
	return out
}

// publishing lists the zones that publish their counts.
func (v *visit) publishing() ([]*buurtbel.Zone, error) {
	t, err := v.town()
	if err != nil {
		return nil, err
	}
	var out []*buurtbel.Zone
	for id := range t.zones {
		_, zone, err := v.s.o.News.Published(v.r.Context(), id)
		switch {
		case err == nil:
			out = append(out, zone)
		case buurtbel.KindOf(err) != buurtbel.NotFound:
			return nil, err
		}
	}
	slices.SortFunc(out, func(a, b *buurtbel.Zone) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// news leads to the first zone that publishes.
func (v *visit) news() error {
	zones, err := v.publishing()
	if err != nil {
		return err
	}
	if len(zones) == 0 {
		return buurtbel.Fail(buurtbel.NotFound, "error.digest.unknown", nil)
	}
	return v.newsPage(zones[0].ID, zones)
}

func (v *visit) newsOf() error {
	id, err := v.id("zone")
	if err != nil {
		return err
	}
	zones, err := v.publishing()
	if err != nil {
		return err
	}
	return v.newsPage(id, zones)
}

func (v *visit) newsPage(id buurtbel.ID, zones []*buurtbel.Zone) error {
	a, zone, err := v.s.o.News.Published(v.r.Context(), id)
	if err != nil {
		return err
	}
	view := News{Zone: zone.Name, Feed: "/news/" + id.String() + "/feed.atom"}
	for _, name := range towns(a) {
		view.Municipalities = append(view.Municipalities, NewsTown{name, v.digestCounts(a, func(c buurtbel.DigestCount) bool { return c.Municipality == name }, v.t("screen.digest.year-of", "Municipality", name))})
	}
	for _, z := range zones {
		if z.ID != id {
			view.Others = append(view.Others, Link{Words: z.Name, Href: "/news/" + z.ID.String()})
		}
	}
	f := v.public(v.t("screen.digest.news"), "/news/"+id.String())
	f.NoIndex = true
	v.w.Header().Set("X-Robots-Tag", "noindex")
	return v.respond(http.StatusOK, f, view)
}

func towns(a *informing.Archive) []string {
	var out []string
	for _, c := range a.Counts {
		out = append(out, c.Municipality)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// feed is an Atom feed (RFC 4287): an entry for each municipality and month that is over.
type feed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Link    feedLink    `xml:"link"`
	Entries []feedEntry `xml:"entry"`
}

type feedLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type feedEntry struct {
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Link    feedLink `xml:"link"`
	Content string   `xml:"content"`
}

// newsFeed tells the same as the page to programs that read feeds, month by month: a month is told when it is over.
func (v *visit) newsFeed() error {
	id, err := v.id("zone")
	if err != nil {
		return err
	}
	a, zone, err := v.s.o.News.Published(v.r.Context(), id)
	if err != nil {
		return err
	}
	page := v.s.o.Link + "/news/" + id.String()
	out := feed{Lang: string(v.lang), ID: page, Title: v.t("screen.digest.news") + " – " + zone.Name, Author: zone.Name, Link: feedLink{"alternate", page}}
	for _, name := range towns(a) {
		counts := v.digestCounts(a, func(c buurtbel.DigestCount) bool { return c.Municipality == name }, "")
		for i, m := range counts.Months[:len(counts.Months)-1] {
			if m.Total > 0 {
				out.Entries = append(out.Entries, feedMonth(page, name, a.Months[i], m, a.Location))
			}
		}
	}
	slices.SortStableFunc(out.Entries, func(a, b feedEntry) int { return strings.Compare(b.Updated, a.Updated) })
	out.Updated = monthOver(a.Months[len(a.Months)-2], a.Location)
	v.w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	v.w.Header().Set("X-Robots-Tag", "noindex")
	if _, err := v.w.Write([]byte(xml.Header)); err != nil {
		return err
	}
	return xml.NewEncoder(v.w).Encode(out)
}

func feedMonth(page, town, month string, m DigestMonth, loc *time.Location) feedEntry {
	e := feedEntry{ID: page + "#" + month + "-" + strings.ReplaceAll(strings.ToLower(town), " ", "-"), Title: town + ", " + m.Name, Updated: monthOver(month, loc), Link: feedLink{"alternate", page}}
	var lines []string
	for _, c := range m.Each {
		lines = append(lines, c.Name+": "+strconv.Itoa(c.Count))
	}
	e.Content = strings.Join(lines, "\n")
	return e
}

// monthOver is when a month is over, as feeds write it.
func monthOver(month string, loc *time.Location) string {
	t, err := time.ParseInLocation("2006-01", month, loc)
	if err != nil {
		return ""
	}
	return t.AddDate(0, 1, 0).Format(time.RFC3339)
}
