package main

import (
	"net/url"
	"os"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/sms"
	"github.com/buurtbel/buurtbel/internal/channel/sms/gateway"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp"
	"github.com/buurtbel/buurtbel/internal/config"
)

type inspectCommand struct {
	PDU     inspectPDU     `cmd:"" name:"pdu" help:"An SMPP PDU, in hexadecimal."`
	Receipt inspectReceipt `cmd:"" help:"The text of a delivery receipt."`
	Text    inspectText    `cmd:"" help:"The text of an SMS: alphabet, parts, and the spelling that would cost less."`
	Gateway inspectGateway `cmd:"" help:"What a carrier that speaks HTTP brings: receipts or texts."`
	Mail    inspectMail    `cmd:"" help:"A mail that arrived: what it is, who sent it, its texts, and for a report who was not reached and why."`
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

type inspectGateway struct {
	Name  string `arg:"" help:"Name of the carrier in the configuration."`
	Kind  string `default:"receipts" enum:"receipts,texts,events" help:"The last word of the address it is brought to: receipts, texts or events."`
	File  string `type:"existingfile" help:"File with the body of the request."`
	Query string `help:"What stands after the question mark of the address."`
}

func (i inspectGateway) Run(w *world) error {
	c, err := w.load()
	if err != nil {
		return err
	}
	var body []byte
	if i.File != "" {
		if body, err = os.ReadFile(i.File); err != nil {
			return err
		}
	}
	query, err := url.ParseQuery(i.Query)
	if err != nil {
		return buurtbel.FailWith(err, buurtbel.Invalid, "error.command.syntax", buurtbel.Args{"Message": "--query"})
	}
	for _, s := range c.SMS {
		if s.Name == i.Name && s.Type == config.TypeHTTP {
			made, err := gateway.Inspect(s.Gateway(), i.Kind, body, query)
			if err != nil {
				return err
			}
			return w.json(made)
		}
	}
	return buurtbel.Fail(buurtbel.NotFound, "error.config.carrier", buurtbel.Args{"Name": i.Name})
}
