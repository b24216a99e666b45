package sheet

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Defuse makes a text harmless in a spreadsheet: one that begins with = + - @ tab or CR would be run as a formula, so an apostrophe goes
// before it. Read takes that apostrophe off again.
func Defuse(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\uff1d\uff0b\uff0d\uff20", []rune(text)[0]) {
		return "'" + text
	}
	return text
}

func undefuse(text string) string {
	if inner, ok := strings.CutPrefix(text, "'"); ok && inner != "" && (Defuse(inner) != inner || inner[0] == '0') {
		return inner
	}
	return text
}

// WriteCSV writes rows as spreadsheets of Belgium and the Netherlands open them by a double click: UTF-8 with its mark, semicolons, CRLF.
// Each cell is defused.
func WriteCSV(w io.Writer, rows [][]string) error {
	b := bufio.NewWriter(w)
	if _, err := b.WriteString("\ufeff"); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				b.WriteByte(';') // Flush tells what goes wrong
			}
			b.WriteString(quote(Defuse(cell)))
		}
		b.WriteString("\r\n")
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

func quote(cell string) string {
	if !strings.ContainsAny(cell, "\";,\t|\r\n") && strings.TrimSpace(cell) == cell {
		return cell
	}
	return `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
}
