package sheet

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// WriteXLSX writes rows as a workbook of one sheet. Every cell is text and defused: no reader takes one for a formula, also not after it was
// saved as CSV.
func WriteXLSX(w io.Writer, rows [][]string) (err error) {
	book := excelize.NewFile()
	defer func() {
		if closing := book.Close(); err == nil && closing != nil {
			err = fmt.Errorf("close workbook: %w", closing)
		}
	}()
	name := book.GetSheetName(0)
	for i, row := range rows {
		for j, cell := range row {
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err == nil {
				err = book.SetCellStr(name, at, Defuse(cell))
			}
			if err != nil {
				return fmt.Errorf("write cell: %w", err)
			}
		}
	}
	if err := book.Write(w); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}
