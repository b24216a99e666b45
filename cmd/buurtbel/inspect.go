package main

import (
	"github.com/buurtbel/buurtbel/internal/channel/sms"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp"
)

type inspectCommand struct {
	PDU     inspectPDU     `cmd:"" name:"pdu" help:"An SMPP PDU, in hexadecimal."`
	Receipt inspectReceipt `cmd:"" help:"The text of a delivery receipt."`
	Text    inspectText    `cmd:"" help:"The text of an SMS: alphabet, parts, and the spelling that would cost less."`
}

type inspectPDU struct {
	Hex string `arg:"" help:"The bytes in hexadecimal; spaces and colons are allowed."`
}

func (i inspectPDU) Run(w *world) error {
	made, err := smpp.InspectPDU(i.Hex)
	if err != nil {
		return err
	}
	return w.json(made)
}

type inspectReceipt struct {
	Text string `arg:"" help:"The text as the carrier sent it."`
}

func (i inspectReceipt) Run(w *world) error { return w.json(smpp.InspectReceipt(i.Text)) }

type inspectText struct {
	Text string `arg:"" help:"The text."`
}

func (i inspectText) Run(w *world) error { return w.json(sms.InspectText(i.Text)) }
