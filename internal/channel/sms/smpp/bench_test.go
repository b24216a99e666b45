package smpp_test

import (
	"context"
	"fmt"
	"io"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"

	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest/smsc"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp/wire"
)

const benchText = "Politiezone Vlierbeek: inbraak bezig in de Vlierstraat, 14.05 u. Kijk uit naar een witte bestelwagen. Doe zelf niets, bel 101. Tot 16 u."

// BenchmarkSession measures hand-overs against the carrier in this process (whose CPU is in the figure).
func BenchmarkSession(b *testing.B) {
	for _, window := range []int{10, 100, 500} {
		for _, receipts := range []bool{false, true} {
			b.Run(fmt.Sprintf("window=%d/receipts=%t", window, receipts), func(b *testing.B) {
				faults := smsc.Faults{Forget: true}
				cfg := config(smsc.Start(b, faults).Addr())
				cfg.Window, cfg.Receipts = window, receipts
				if receipts {
					cfg = receiptConfig(b, window)
				}
				s := start(b, cfg, smpp.Options{Arrive: func(_ channel.Event, stored func(error)) { stored(nil) }})
				up(b, s)
				pump(b, s)
			})
		}
	}
}

func receiptConfig(b *testing.B, window int) smpp.Config {
	cfg := config(smsc.Start(b, smsc.Faults{Receipts: 1}).Addr())
	cfg.Window = window
	return cfg
}

// pump sends b.N messages from one goroutine and reports messages and CPU.
func pump(b *testing.B, s *smpp.Session) {
	m := message(benchText)
	m.Expires = time.Now().Add(time.Hour)
	var open sync.WaitGroup
	open.Add(b.N)
	settle := func(r channel.Result) {
		if r.Failure != nil {
			b.Error(r.Failure)
		}
		open.Done()
	}
	b.ReportAllocs()
	b.ResetTimer()
	before := cpu(b)
	for range b.N {
		s.Send(context.Background(), m, settle)
	}
	open.Wait()
	b.StopTimer()
	stats := s.Stats()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N), "cpu-us/msg")
	b.ReportMetric(float64(stats.Submitted)/float64(max(stats.Writes, 1)), "pdu/write")
}

func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkCodec compares the PDUs that run for every message with the general codec.
func BenchmarkCodec(b *testing.B) {
	b.Run("submit_sm/wire", func(b *testing.B) {
		b.ReportAllocs()
		var buf []byte
		for b.Loop() {
			buf = sampleSubmit().Append(buf[:0])
		}
	})
	b.Run("submit_sm/gosmpp", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			buf := pdu.NewBuffer(nil)
			librarySubmit(b).Marshal(buf)
		}
	})
	frame := sampleSubmit().Append(nil)
	b.Run("read/wire", func(b *testing.B) {
		b.ReportAllocs()
		var m wire.Message
		for b.Loop() {
			if err := m.Read(frame); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read/gosmpp", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := pdu.Parse(newReader(frame)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// sampleSubmit is a usual warning.
func sampleSubmit() *wire.Message {
	return &wire.Message{
		Command: wire.SubmitSM, Sequence: 7, Source: wire.Address{TON: 5, Addr: "Vlierbeek"}, Dest: wire.Address{TON: 1, NPI: 1, Addr: "32455000001"},
		Priority: 3, Validity: "000000010000000R", Registered: 1, Short: []byte(benchText),
	}
}

func librarySubmit(tb testing.TB) *pdu.SubmitSM {
	p := pdu.NewSubmitSM().(*pdu.SubmitSM)
	p.SetSequenceNumber(7)
	p.SourceAddr, p.DestAddr = libraryAddress(tb, 5, 0, "Vlierbeek"), libraryAddress(tb, 1, 1, "32455000001")
	p.PriorityFlag, p.ValidityPeriod, p.RegisteredDelivery = 3, "000000010000000R", 1
	if err := p.Message.SetMessageDataWithEncoding([]byte(benchText), data.GSM7BIT); err != nil {
		tb.Fatal(err)
	}
	return p
}

func libraryAddress(tb testing.TB, ton, npi byte, addr string) pdu.Address {
	a, err := pdu.NewAddressWithTonNpiAddr(ton, npi, addr)
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

type reader struct{ rest []byte }

func newReader(b []byte) io.Reader { return &reader{b} }

func (r *reader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
