package outside_test

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel/internal/outside"
)

// BenchmarkSubmits measures what the SMSC takes on one connection: wall time here, its processor time per submit_sm beside it.
func BenchmarkSubmits(b *testing.B) {
	for _, receipts := range []bool{false, true} {
		b.Run(fmt.Sprintf("receipts=%t", receipts), func(b *testing.B) {
			p := spawn(b, outside.Options{Bench: true, Password: "secret"})
			nc, err := net.Dial("tcp", p.SMPP())
			if err != nil {
				b.Fatal(err)
			}
			pump(b, nc, b.N, receipts)
			b.StopTimer()
			s, err := p.Summary(b.Context(), "7")
			if err != nil || s.Count != b.N || len(s.Doubled) != 0 {
				b.Fatalf("%d of %d in the log, %d doubled, %v", s.Count, b.N, len(s.Doubled), err)
			}
			nc.Close()
			peak := peakMB(b, p.PID())
			if err := p.Stop(); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "submits/s")
			b.ReportMetric(float64(p.CPU().Nanoseconds())/float64(b.N), "cpu-ns/submit")
			b.ReportMetric(peak, "peak-MB")
		})
	}
}

// pump sends n texts with a window of 1000 and waits for all answers, and for all receipts.
func pump(b *testing.B, nc net.Conn, n int, receipts bool) {
	bind := pduOf(9, 1, []byte("bench\x00secret\x00\x00\x34\x00\x00\x00"))
	if _, err := nc.Write(bind); err != nil {
		b.Fatal(err)
	}
	window := make(chan struct{}, 1000)
	done := make(chan error, 1)
	go func() { done <- drain(nc, n, receipts, window) }()
	w := bufio.NewWriterSize(nc, 32<<10)
	b.ResetTimer()
	text := "Politiezone Vlierbeek: inbraak bezig in de Lindestraat. Blijf binnen, kijk uit, bel 101. Tot 22.00 uur. [a7]"
	text = strings.NewReplacer("[", "\x1b\x3c", "]", "\x1b\x3e").Replace(text)
	for i := range n {
		select {
		case window <- struct{}{}:
		default:
			w.Flush()
			window <- struct{}{}
		}
		flag := byte(0)
		if receipts {
			flag = 1
		}
		body := fmt.Appendf(nil, "\x00\x01\x018810\x00\x01\x0132455%06d\x00\x00\x00\x00\x00000000001000000R\x00%c\x00\x00\x00%c%s", i, flag, len(text), text)
		// Both goroutines write to the connection, so each writes whole PDUs.
		if w.Available() < 16+len(body) {
			w.Flush()
		}
		if _, err := w.Write(pduOf(4, uint32(i+2), body)); err != nil {
			b.Fatal(err)
		}
	}
	w.Flush()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
}

func pduOf(command, seq uint32, body []byte) []byte {
	p := binary.BigEndian.AppendUint32(nil, uint32(16+len(body)))
	p = binary.BigEndian.AppendUint32(p, command)
	p = binary.BigEndian.AppendUint32(p, 0)
	p = binary.BigEndian.AppendUint32(p, seq)
	return append(p, body...)
}

func drain(nc net.Conn, n int, receipts bool, window chan struct{}) error {
	r := bufio.NewReaderSize(nc, 64<<10)
	w := bufio.NewWriterSize(nc, 16<<10)
	waiting := n
	if receipts {
		waiting *= 2
	}
	for waiting > 0 {
		h, err := r.Peek(16)
		if err != nil {
			return err
		}
		size, command, status, seq := binary.BigEndian.Uint32(h), binary.BigEndian.Uint32(h[4:]), binary.BigEndian.Uint32(h[8:]), binary.BigEndian.Uint32(h[12:])
		if _, err := io.CopyN(io.Discard, r, int64(size)); err != nil {
			return err
		}
		switch {
		case status != 0:
			return fmt.Errorf("status %d", status)
		case command == 0x80000004:
			<-window
			waiting--
		case command == 5:
			waiting--
			w.Write(pduOf(0x80000005, seq, []byte{0}))
			if r.Buffered() < 16 || w.Available() < 17 {
				w.Flush()
			}
		}
	}
	return w.Flush()
}

// BenchmarkMails measures what the mail server takes on four connections: mails of 5 kB, one envelope each, pipelined as far as RFC 2920 allows.
func BenchmarkMails(b *testing.B) {
	p := spawn(b, outside.Options{Bench: true})
	line := strings.Repeat("Een gewone regel van een gewoon bericht aan de buren. ", 1) + "\r\n"
	body := "Subject: inbraak [a7]\r\nMessage-ID: <x%d@example.org>\r\nFrom: a@example.org\r\n\r\n" + strings.Repeat(line, 5000/len(line)) + ".\r\n"
	const conns = 4
	done := make(chan error, conns)
	b.ResetTimer()
	for c := range conns {
		go func() { done <- mailPump(p.SMTP(), body, c, conns, b.N) }()
	}
	for range conns {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	s, err := p.MailSummary(b.Context(), "7")
	if err != nil || s.Count != b.N || s.Messages != b.N {
		b.Fatalf("%d of %d in the log, %v", s.Count, b.N, err)
	}
	if err := p.Stop(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
	b.ReportMetric(float64(p.CPU().Nanoseconds())/float64(b.N), "cpu-ns/mail")
}

func mailPump(address, body string, from, step, n int) error {
	nc, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return err
	}
	defer nc.Close()
	r := bufio.NewReader(nc)
	expect := func(lines int) error {
		for range lines {
			l, err := r.ReadString('\n')
			if err != nil || l[0] > '3' {
				return fmt.Errorf("%q %w", l, err)
			}
		}
		return nil
	}
	fmt.Fprint(nc, "HELO x\r\n")
	if err := expect(2); err != nil {
		return err
	}
	for i := from; i < n; i += step {
		fmt.Fprintf(nc, "MAIL FROM:<a@example.org>\r\nRCPT TO:<m%d@example.org>\r\nDATA\r\n", i)
		if err := expect(3); err != nil {
			return err
		}
		fmt.Fprintf(nc, body, i)
		if err := expect(1); err != nil {
			return err
		}
	}
	return nil
}

// peakMB is the largest resident size that the process ever had, from proc(5).
func peakMB(b *testing.B, pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Log(err)
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	var kb float64
	if _, err := fmt.Sscan(rest, &kb); err != nil {
		b.Log(err)
	}
	return kb / 1024
}
