package locale

import (
	"strconv"
	"time"

	"github.com/buurtbel/buurtbel"
)

// MonthName writes a month without its year: "november", "November".
func MonthName(lang buurtbel.Language, m time.Month) string { return months[known(lang)][m-1] }

// Month writes a month with its year: "november 2026", "November 2026".
func Month(lang buurtbel.Language, t time.Time) string {
	return MonthName(lang, t.Month()) + " " + strconv.Itoa(t.Year())
}
