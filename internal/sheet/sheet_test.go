package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
)

// show writes a table as lines of "line:A=text".
func show(t *Table) []string {
	var out []string
	for _, r := range t.Rows {
		line := fmt.Sprint(r.Line)
		for _, c := range r.Cells {
			line += " " + c.Column + "=" + c.Text
			if c.Kind != Text {
				line += fmt.Sprintf("(%d)", c.Kind)
			}
		}
		out = append(out, line)
	}
	return out
}

func notes(t *Table) []string {
	var out []string
	for _, n := range t.Notes {
		out = append(out, fmt.Sprintf("%d%s %s", n.Line, n.Column, n.Key))
	}
	return out
}

func mustRead(t *testing.T, data string, o Options) *Table {
	t.Helper()
	table, err := Read(strings.NewReader(data), o)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return table
}

func TestReadCSV(t *testing.T) {
	for _, c := range []struct {
		name, data, delimiter string
		want, notes           []string
	}{
		{"semicolons", "naam;gsm\r\nZoë;0455\r\n", ";", []string{"1 A=naam B=gsm", "2 A=Zoë B=0455"}, nil},
		{"commas with semicolon inside", "naam,gsm\nJan,\"1;2\"\nAn,3\n", ",", []string{"1 A=naam B=gsm", "2 A=Jan B=1;2", "3 A=An B=3"}, nil},
		{"tabs", "a\tb\n1\t2\n", "\t", []string{"1 A=a B=b", "2 A=1 B=2"}, nil},
		{"bars", "a|b\n1|2\n", "|", []string{"1 A=a B=b", "2 A=1 B=2"}, nil},
		{"sep line", "sep=,\na,b\n", ",", []string{"2 A=a B=b"}, nil},
		{"old Mac line ends", "a;b\r1;2\r", ";", []string{"1 A=a B=b", "2 A=1 B=2"}, nil},
		{"line end in quotes counts", "a;b\n\"x\ny\";2\n3;4\n", ";", []string{"1 A=a B=b", "2 A=x\ny B=2", "4 A=3 B=4"}, nil},
		{"blank rows count", "a;b\n\n;;\n1;2\n", ";", []string{"1 A=a B=b", "4 A=1 B=2"}, nil},
		{"quote in a word", "a;b\n19\" tv;2\nsay \"hi\";3\n", ";", []string{"1 A=a B=b", "2 A=19\" tv B=2", "3 A=say \"hi\" B=3"}, nil},
		{"quote never closed", "a;b;c\n\"x;2;3\ny;4;5\n", ";", []string{"1 A=a B=b C=c", "2 A=\"x B=2 C=3", "3 A=y B=4 C=5"}, []string{"2A sheet.quote-open"}},
		{"stray quotes do not swallow rows", "a;b;c\n\"x;2;3\ny;4;5\"\nz;6;7\n", ";",
			[]string{"1 A=a B=b C=c", "2 A=\"x B=2 C=3", "3 A=y B=4 C=5\"", "4 A=z B=6 C=7"}, []string{"2A sheet.quote-open"}},
		{"ragged", "a;b\n1\n1;2;3\n4;5\n", ";", []string{"1 A=a B=b", "2 A=1", "3 A=1 B=2 C=3", "4 A=4 B=5"}, []string{"3C sheet.row-longer"}},
		{"kept zero", "a;b\n=\"0455000001\";'+32455000001\n", ";", []string{"1 A=a B=b", "2 A=0455000001 B=+32455000001"}, nil},
		{"twice encoded", "a;b\nZoÃ«;CafÃ©\n", ";", []string{"1 A=a B=b", "2 A=Zoë B=Café"}, []string{"2A sheet.encoding-mended", "2B sheet.encoding-mended"}},
		{"one column", "naam\nJan\n", ";", []string{"1 A=naam", "2 A=Jan"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := mustRead(t, c.data, Options{})
			if table.Delimiter != c.delimiter {
				t.Errorf("delimiter %q, want %q", table.Delimiter, c.delimiter)
			}
			if diff := cmp.Diff(c.want, show(table)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.notes, notes(table)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadEncodings(t *testing.T) {
	const text = "naam;plaats\nZoë;Crèmestraat 1 – “hoek”\n"
	latin, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	utf16 := func(e unicode.Endianness, bom unicode.BOMPolicy) string {
		out, err := unicode.UTF16(e, bom).NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, c := range []struct {
		name, data, encoding string
		guessed              bool
	}{
		{"UTF-8", text, "utf-8", false}, {"UTF-8 with mark", "\ufeff" + text, "utf-8", false}, {"Windows", latin, "windows-1252", true},
		{"UTF-16 LE with mark", utf16(unicode.LittleEndian, unicode.UseBOM), "utf-16le", false},
		{"UTF-16 BE with mark", utf16(unicode.BigEndian, unicode.UseBOM), "utf-16be", false},
		{"UTF-16 LE", utf16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16le", true},
		{"UTF-16 BE", utf16(unicode.BigEndian, unicode.IgnoreBOM), "utf-16be", true},
	} {
		table := mustRead(t, c.data, Options{})
		if diff := cmp.Diff([]string{"1 A=naam B=plaats", "2 A=Zoë B=Crèmestraat 1 – “hoek”"}, show(table)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if table.Encoding != c.encoding || (len(table.Notes) == 1) != c.guessed {
			t.Errorf("%s: encoding %s, notes %v", c.name, table.Encoding, notes(table))
		}
	}
}

// workbook makes a workbook of one call's doing.
func workbook(t *testing.T, fill func(f *excelize.File)) string {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func messyWorkbook(t *testing.T) string {
	return workbook(t, func(f *excelize.File) {
		builtin, err1 := f.NewStyle(&excelize.Style{NumFmt: 16})
		code := `[$-813]d\-mmm;@`
		custom, err2 := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
		_, err3 := f.NewSheet("Leden")
		must(t, err1, err2, err3,
			f.SetSheetRow("Leden", "A1", &[]any{"naam", "nr", "gsm", "adres"}),
			f.SetSheetRow("Leden", "A2", &[]any{"Zoë", 46145, 455000001, "Vlierlaan 1"}),
			f.SetSheetRow("Leden", "A3", &[]any{"An", 46145, 455000002.0}),
			f.MergeCell("Leden", "D2", "D3"),
			f.SetSheetRow("Leden", "A5", &[]any{"Piet", 3.5, "0455 00 00 03", "'=x", true}),
			f.SetCellStyle("Leden", "B2", "B2", builtin), f.SetCellStyle("Leden", "B3", "B3", custom),
			f.SetCellFormula("Leden", "C6", "A1"), f.SetCellStr("Leden", "A6", "Bo"),
			f.SetRowVisible("Leden", 5, false),
			f.AddComment("Leden", excelize.Comment{Cell: "A2", Author: "x", Text: "geheim"}),
		)
		_, err4 := f.NewSheet("Oud")
		must(t, err4, f.SetCellStr("Oud", "A1", "x"))
	})
}

func TestReadWorkbook(t *testing.T) {
	table := mustRead(t, messyWorkbook(t), Options{})
	if table.Sheet != "Leden" {
		t.Errorf("sheet %q, want the first that is not empty", table.Sheet)
	}
	want := []string{"1 A=naam B=nr C=gsm D=adres", "2 A=Zoë B=2026-05-03(2) C=455000001(1) D=Vlierlaan 1", "3 A=An B=2026-05-03(2) C=455000002(1) D=Vlierlaan 1",
		"5 A=Piet B=3.5(1) C=0455 00 00 03 D==x E=TRUE(3)", "6 A=Bo"}
	if diff := cmp.Diff(want, show(table)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"5 sheet.row-hidden", "6C sheet.formula-without-result", "3D sheet.merged-copied", "0 sheet.other-sheet"}, notes(table)); diff != "" {
		t.Error(diff)
	}
	if other := mustRead(t, messyWorkbook(t), Options{Sheet: "oud"}); other.Sheet != "Oud" {
		t.Errorf("sheet by name: %q", other.Sheet)
	}
}

// bomb is a workbook of a few kilobytes with ten million empty strings.
func bomb(t *testing.T) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range map[string]string{"xl/workbook.xml": "<workbook/>", "xl/sharedStrings.xml": "<sst>" + strings.Repeat("<si/>", 10_000_000) + "</sst>"} {
		w, err := z.Create(name)
		must(t, err)
		_, err = w.Write([]byte(data))
		must(t, err)
	}
	must(t, z.Close())
	return b.String()
}

func TestReadRefuses(t *testing.T) {
	zipOf := func(name string, size int) string {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.Create(name)
		must(t, err)
		_, err = w.Write(make([]byte, size))
		must(t, err, z.Close())
		return b.String()
	}
	wide := strings.Repeat("x;", 300) + "\n"
	for _, c := range []struct {
		name, data, reason string
		o                  Options
	}{
		{"nothing", "", "empty", Options{}}, {"blank rows", ";;\n\n", "empty", Options{}}, {"too big", strings.Repeat("a;b\n", 400000), "too-big", Options{MaxBytes: 1 << 20}},
		{"too many rows", strings.Repeat("a;b\n", 20), "too-many-rows", Options{MaxRows: 10}}, {"too wide", wide + wide, "too-many-columns", Options{}},
		{"old Excel", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "old-excel", Options{}},
		{"password", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + string(encryptedName), "password", Options{}},
		{"ODS", zipOf("content.xml", 3), "ods", Options{}}, {"Numbers", zipOf("Index/Document.iwa", 3), "numbers", Options{}},
		{"bomb", zipOf("xl/workbook.xml", 20<<20), "too-big", Options{MaxBytes: 1 << 20}}, {"many tiny elements", bomb(t), "too-many-rows", Options{}}, {"no workbook", zipOf("x", 3), "kind", Options{}},
		{"empty workbook part", zipOf("xl/workbook.xml", 3), "damaged", Options{}}, {"half a zip", zipOf("xl/workbook.xml", 300)[:60], "damaged", Options{}},
		{"PDF", "%PDF-1.7 x", "pdf", Options{}}, {"web page", "<!DOCTYPE html><table>", "html", Options{}}, {"a picture", "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00", "kind", Options{}},
		{"missing sheet", messyWorkbook(t), "no-such-sheet", Options{Sheet: "Andere"}},
	} {
		_, err := Read(strings.NewReader(c.data), c.o)
		if buurtbel.KeyOf(err) != "error.sheet."+c.reason {
			t.Errorf("%s: %v, want %s", c.name, err, c.reason)
		}
	}
	broken := messyWorkbook(t)
	if _, err := Read(strings.NewReader(broken[:len(broken)-200]), Options{}); buurtbel.KeyOf(err) != "error.sheet.damaged" {
		t.Errorf("cut workbook: %v", err)
	}
	boom := errors.New("disk")
	if _, err := Read(failing{boom}, Options{}); !errors.Is(err, boom) {
		t.Errorf("a failing reader: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestProgressEndsAtTheEnd(t *testing.T) {
	for _, data := range []string{strings.Repeat("a;b\n", 5000), messyWorkbook(t)} {
		var done, total, calls int64
		mustRead(t, data, Options{Progress: func(d, n int64) { done, total, calls = d, n, calls+1 }})
		if calls == 0 || done != total || total == 0 {
			t.Errorf("progress ended at %d of %d after %d calls", done, total, calls)
		}
	}
}

func TestColumnNames(t *testing.T) {
	for n, want := range map[int]string{1: "A", 26: "Z", 27: "AA", 703: "AAA"} {
		if ColumnName(n) != want || ColumnNumber(want) != n {
			t.Errorf("%d: %s, %d", n, ColumnName(n), ColumnNumber(want))
		}
	}
	if ColumnNumber("A1") != 0 || ColumnNumber("") != 0 {
		t.Error("what is no column is 0")
	}
}

// What WriteCSV writes, Read reads, and no cell begins as a formula.
func TestWriteThenRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.OneOf(rapid.StringMatching(`[=+\-@A-Za-z0-9éë";,| ]{1,9}`), rapid.StringMatching(`[a-z"=\n]{1,9}`)) // line ends and delimiters together look like rows
		width := rapid.IntRange(2, 5).Draw(t, "width")
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, width, width), 1, 8).Draw(t, "rows")
		for _, r := range rows {
			r[0] = "k" + r[0]
		}
		rows = slices.Insert(rows, 0, strings.Split(strings.Repeat("kop ", width)[:4*width-1], " ")) // an export has a header
		var b bytes.Buffer
		if err := WriteCSV(&b, rows); err != nil {
			t.Fatal(err)
		}
		table, err := Read(&b, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(table.Rows) != len(rows) {
			t.Fatalf("%d rows from %d: %q", len(table.Rows), len(rows), rows)
		}
		for i, r := range rows {
			for j, want := range r {
				if got := table.Rows[i].Cell(ColumnName(j + 1)).Text; got != strings.TrimSpace(undefuse(want)) {
					t.Fatalf("cell %d,%d is %q, was %q", i, j, got, want)
				}
			}
		}
	})
	for _, s := range []string{"=1+1", "+32", "-3", "@x", "\tx", "\rx", "＝1"} {
		if d := Defuse(s); d[0] != '\'' {
			t.Errorf("Defuse(%q) = %q", s, d)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"a;b\n1;\"2\n3\"\n", "sep=,\na,b", "\xff\xfea\x00;\x00", "\"", "a\tb\r\n\"\"\"\t", "PK\x03\x04", "Zo\xeb;x\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := Read(bytes.NewReader(data), Options{MaxBytes: 1 << 20, MaxRows: 1000})
		if err != nil {
			if buurtbel.KindOf(err) != buurtbel.Invalid {
				t.Fatalf("not a sentence: %v", err)
			}
			return
		}
		last := 0
		for _, r := range table.Rows {
			if r.Line <= last || len(r.Cells) == 0 {
				t.Fatalf("row %d after %d with %d cells", r.Line, last, len(r.Cells))
			}
			last = r.Line
		}
	})
}

func FuzzReadWorkbookXML(f *testing.F) {
	f.Add([]byte(`<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c><c r="B1" s="1"><v>46145</v></c></row></sheetData><mergeCells><mergeCell ref="A1:A2"/></mergeCells></worksheet>`))
	f.Add([]byte(`<worksheet><sheetData><row><c><v>1</v></c></row><row r="9"><c r="ZZ9"><f>1</f></c></row></sheetData></worksheet>`))
	f.Fuzz(func(t *testing.T, sheet []byte) {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for name, text := range map[string]string{
			"[Content_Types].xml":        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
			"xl/workbook.xml":            `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`,
			"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
			"xl/worksheets/sheet1.xml":   string(sheet),
		} {
			w, err := z.Create(name)
			must(t, err)
			_, err = w.Write([]byte(text))
			must(t, err)
		}
		must(t, z.Close())
		if _, err := Read(&b, Options{MaxBytes: 1 << 20, MaxRows: 1000}); err != nil && buurtbel.KindOf(err) != buurtbel.Invalid {
			t.Fatalf("not a sentence: %v", err)
		}
	})
}
