//go:build keep

// Package keep names the modules that the next steps use, so that go.mod holds their versions.
package keep

import (
	_ "codeberg.org/go-pdf/fpdf"
	_ "github.com/boombuler/barcode/qr"
	_ "github.com/coreos/go-oidc/v3/oidc"
	_ "github.com/descope/virtualwebauthn"
	_ "github.com/go-webauthn/webauthn/webauthn"
	_ "golang.org/x/oauth2"
)
