package smpp_test

import (
	"errors"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest/smsc"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp/wire"
)

// TestAnswerOnlyWhenStored: the carrier gets its answer after the event is durable, and is asked to come again when it is not.
func TestAnswerOnlyWhenStored(t *testing.T) {
	carrier := smsc.Start(t, smsc.Faults{})
	type waiting struct {
		event  channel.Event
		stored func(error)
	}
	events := make(chan waiting, 10)
	cfg := config(carrier.Addr())
	cfg.EventsWaiting = 1
	open(t, cfg, func(e channel.Event, stored func(error)) { events <- waiting{e, stored} })
	text := wire.Message{Source: wire.Address{TON: 1, NPI: 1, Addr: "32455000001"}, Dest: wire.Address{TON: 1, NPI: 1, Addr: "32455010000"}, Short: []byte("OK")}
	status := make(chan uint32, 1)
	go deliverTo(carrier, text, status)
	first := <-events
	if first.event.Text != "OK" || first.event.To != "+32455010000" {
		t.Errorf("%+v", first.event)
	}
	if got := carrier.Deliver(text); got != 0x64 {
		t.Errorf("beyond the bound: 0x%X", got)
	}
	select {
	case got := <-status:
		t.Fatalf("answered 0x%X before it was stored", got)
	default:
	}
	first.stored(nil)
	first.stored(errors.New("a second call counts for nothing"))
	if got := <-status; got != 0 {
		t.Errorf("stored: 0x%X", got)
	}
	text.Command = wire.DataSM
	text.TLVs = wire.AppendTLV(nil, wire.TagMessagePayload, text.Short)
	go deliverTo(carrier, text, status)
	second := <-events
	second.stored(errors.New("disk is full"))
	if got := <-status; got != 0x64 || second.event.Text != "OK" {
		t.Errorf("not stored: 0x%X, %+v", got, second.event)
	}
}

// deliverTo gives the status of the answer, or 0xFFFF when none came.
func deliverTo(carrier *smsc.SMSC, m wire.Message, status chan<- uint32) {
	got, err := carrier.TryDeliver(m, 10*time.Second)
	if err != nil {
		got = 0xFFFF
	}
	status <- got
}

func TestReceiptBeforeAnswer(t *testing.T) {
	for _, first := range []bool{true, false} {
		carrier := smsc.Start(t, smsc.Faults{Receipts: 2, ReceiptFirst: first})
		refs := make(chan string, 10)
		s := open(t, config(carrier.Addr()), func(e channel.Event, stored func(error)) { stored(nil); refs <- e.Ref })
		got := send(t, s, message("Proef"))
		for range 2 { // duplicates pass: who stores them tells them apart
			if ref := <-refs; got.Failure != nil || ref != got.Refs[0] {
				t.Errorf("%+v, %q", got, ref)
			}
		}
	}
}

func TestGarbageDelivery(t *testing.T) {
	carrier := smsc.Start(t, smsc.Faults{})
	s := open(t, config(carrier.Addr()), func(_ channel.Event, stored func(error)) { stored(nil) })
	carrier.Raw(wire.AppendHeader(nil, wire.DeliverSM, 0, 1))        // a deliver_sm without a body
	carrier.Raw(wire.AppendHeader(nil, wire.Command(0x42), 0, 2))    // no such command
	carrier.Raw(wire.AppendHeader(nil, wire.SubmitSMResp, 0, 12345)) // an answer to nothing
	await(t, "the garbage", func() bool { return s.Stats().Garbage == 2 && s.Stats().Late == 1 })
	if got := send(t, s, message("Proef")); got.Failure != nil {
		t.Error(got.Failure)
	}
}
