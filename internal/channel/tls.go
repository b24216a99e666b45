package channel

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// TLS makes the settings of connections to a carrier: TLS 1.2 or later. ca is a file with the certificates that may sign the carrier's, the
// system's when empty; name stands in its certificate, empty for the host that is connected to. Errors name the key tls_ca.
func TLS(ca, name string) (*tls.Config, error) {
	settings := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: name}
	if ca == "" {
		return settings, nil
	}
	file, err := os.ReadFile(ca)
	if err != nil {
		return nil, fmt.Errorf("tls_ca: %w", err)
	}
	settings.RootCAs = x509.NewCertPool()
	if !settings.RootCAs.AppendCertsFromPEM(file) {
		return nil, errors.New("tls_ca: the file holds no certificate")
	}
	return settings, nil
}
