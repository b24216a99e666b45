// Package keep holds modules that are about to be used.
package keep

import (
	_ "codeberg.org/go-pdf/fpdf"
	_ "github.com/boombuler/barcode/qr"
	_ "github.com/emiago/diago"
	_ "github.com/emiago/sipgo"
	_ "github.com/pion/rtp"
	_ "github.com/zaf/g711"
)
