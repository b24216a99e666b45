package smpp

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	"github.com/linxGnu/gosmpp/pdu"

	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp/wire"
)

// bindRefused says that the carrier answered the bind with an error.
type bindRefused struct{ status uint32 }

func (e *bindRefused) Error() string {
	return fmt.Sprintf("smpp: bind refused: %s (%s)", statusName(e.status), statusCode(e.status))
}

const bindSequence = 1

// dial connects and binds, all within ConnectTimeout.
func (s *Session) dial(ctx context.Context) (*conn, error) {
	deadline := time.Now().Add(s.cfg.ConnectTimeout)
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	nc, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { nc.Close() }) // the bind below fails then; its error is the one that counts
	defer stop()
	r := bufio.NewReaderSize(nc, 64<<10)
	if err := s.bind(nc, r, deadline); err != nil {
		if closeErr := nc.Close(); closeErr != nil {
			s.log.Debug("closing a refused connection", "error", closeErr)
		}
		return nil, err
	}
	return newConn(s, nc, r), nil
}

func (s *Session) connect(ctx context.Context) (net.Conn, error) {
	if s.tls == nil {
		return new(net.Dialer).DialContext(ctx, "tcp", s.cfg.Address)
	}
	return (&tls.Dialer{Config: s.tls}).DialContext(ctx, "tcp", s.cfg.Address)
}

// bind sends bind_transceiver (SMPP 3.4 section 4.1.5) and waits for its answer.
func (s *Session) bind(nc net.Conn, r *bufio.Reader, deadline time.Time) error {
	if err := nc.SetDeadline(deadline); err != nil {
		return fmt.Errorf("smpp: bind: %w", err)
	}
	request := pdu.NewBindRequest(pdu.Transceiver)
	request.SystemID, request.Password, request.SystemType = s.cfg.SystemID, s.cfg.Password, s.cfg.SystemType
	request.SetSequenceNumber(bindSequence)
	b := pdu.NewBuffer(nil)
	request.Marshal(b)
	if _, err := nc.Write(b.Bytes()); err != nil {
		return fmt.Errorf("smpp: bind: %w", err)
	}
	if err := awaitBind(r); err != nil {
		return err
	}
	return nc.SetDeadline(time.Time{})
}

// awaitBind reads until the answer to the bind comes; what else a carrier says before it is not for us.
func awaitBind(r *bufio.Reader) error {
	var buf []byte
	for {
		frame, err := wire.ReadFrame(r, buf)
		if err != nil {
			return fmt.Errorf("smpp: waiting for the answer to the bind: %w", err)
		}
		h, err := wire.ReadHeader(frame)
		if err != nil {
			return err
		}
		switch {
		case h.Command == wire.BindTransceiverResp && h.Status == 0:
			return nil
		case h.Command == wire.BindTransceiverResp, h.Command == wire.GenericNack:
			return &bindRefused{status: h.Status}
		}
		buf = frame
	}
}
