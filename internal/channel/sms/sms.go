// Package sms is what all carriers of short messages have in common: how a message becomes a text, what their configuration and
// codes look like, and how fast they may be.
//
// It opens no connection (see smpp) and decides nothing about who gets a message. Texts and numbers never reach a log from here.
package sms

import (
	"strings"

	"github.com/buurtbel/buurtbel/internal/channel"
)

// Render gives the text of m as it is sent, with its link put in. When the carrier allows no links, or m has none, the mark goes out together
// with the white space before it: a text is complete without its link.
func (c *Config) Render(m *channel.Message) string {
	link := m.Link
	if !c.Links {
		link = ""
	}
	return RenderText(m.Content.Text, link)
}

// RenderText puts link in the place of channel.LinkMark.
func RenderText(text, link string) string {
	before, after, marked := strings.Cut(text, channel.LinkMark)
	if !marked {
		return text
	}
	if link == "" {
		before = strings.TrimRight(before, " \n\t")
	}
	return before + link + RenderText(after, link)
}
