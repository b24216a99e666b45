package speech

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/zaf/g711"

	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// The forms of sound in a WAV file that are read (RFC 2361, appendix A).
const (
	formPCM        = 0x0001
	formFloat      = 0x0003
	formALaw       = 0x0006
	formMuLaw      = 0x0007
	formExtensible = 0xfffe
)

// WAV writes sound as a WAV file that every player and browser knows: PCM, one channel, 16 bits.
func WAV(a voice.Audio) []byte {
	data := make([]byte, 0, 2*len(a))
	for _, sample := range a {
		data = binary.LittleEndian.AppendUint16(data, uint16(sample))
	}
	return riff(layout{kind: formPCM, channels: 1, rate: voice.Rate, bits: 16}, data)
}

// riff puts sound in the container (Multimedia Programming Interface and Data Specifications 1.0, chapter 3).
func riff(l layout, data []byte) []byte {
	const head = 44
	frame := l.channels * l.bits / 8
	out := make([]byte, 0, head+len(data))
	out = append(out, "RIFF"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(head-8+len(data)))
	out = append(out, "WAVEfmt "...)
	out = binary.LittleEndian.AppendUint32(out, 16) // length of the form
	out = binary.LittleEndian.AppendUint16(out, l.kind)
	out = binary.LittleEndian.AppendUint16(out, uint16(l.channels))
	out = binary.LittleEndian.AppendUint32(out, uint32(l.rate))
	out = binary.LittleEndian.AppendUint32(out, uint32(l.rate*frame))
	out = binary.LittleEndian.AppendUint16(out, uint16(frame))
	out = binary.LittleEndian.AppendUint16(out, uint16(l.bits))
	out = append(out, "data"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(data)))
	return append(out, data...)
}

// What a file may hold at most. An hour at 48 kHz is no sentence, and a rate of 1 Hz no sound.
const (
	mostChannels = 8
	leastRate    = 4000
	mostRate     = 192_000
)

// sound is what a WAV file holds: one channel, 1 is full scale.
type sound struct {
	samples []float64
	rate    int // samples a second
}

// form of the sound, from the chunk "fmt ".
type layout struct {
	kind     uint16
	channels int
	rate     int
	bits     int
}

var errShort = errors.New("wav: the file ends too early")

// readWAV reads a WAV file: PCM of 8, 16, 24 and 32 bits, 32-bit floating point, A-law and mu-law, any rate, up to eight channels, which are mixed.
// A length that cannot be true, as programs write that speak into a pipe, means up to the end. No error holds a byte of the file.
func readWAV(file []byte) (sound, error) {
	if len(file) < 12 || string(file[:4]) != "RIFF" || string(file[8:12]) != "WAVE" {
		return sound{}, errors.New("wav: this is no WAV file")
	}
	var shape *layout
	for rest := file[12:]; len(rest) >= 8; {
		name, size := string(rest[:4]), uint64(binary.LittleEndian.Uint32(rest[4:]))
		body := rest[8:]
		if size > uint64(len(body)) {
			size = uint64(len(body))
		}
		switch name {
		case "fmt ":
			var err error
			if shape, err = readLayout(body[:size]); err != nil {
				return sound{}, err
			}
		case "data":
			if shape == nil {
				return sound{}, errors.New("wav: sound before its form")
			}
			return shape.decode(body[:size])
		}
		rest = body[min(size+size%2, uint64(len(body))):]
	}
	return sound{}, errShort
}

func readLayout(b []byte) (*layout, error) {
	if len(b) < 16 {
		return nil, errShort
	}
	l := &layout{
		kind: binary.LittleEndian.Uint16(b), channels: int(binary.LittleEndian.Uint16(b[2:])),
		rate: int(binary.LittleEndian.Uint32(b[4:])), bits: int(binary.LittleEndian.Uint16(b[14:])),
	}
	if l.kind == formExtensible {
		if len(b) < 26 {
			return nil, errShort
		}
		l.kind = binary.LittleEndian.Uint16(b[24:]) // the sub-format begins with the plain form
	}
	if l.channels < 1 || l.channels > mostChannels || l.rate < leastRate || l.rate > mostRate {
		return nil, fmt.Errorf("wav: %d channels at %d Hz", l.channels, l.rate)
	}
	if l.sample() == nil {
		return nil, fmt.Errorf("wav: form %d with %d bits is not read", l.kind, l.bits)
	}
	return l, nil
}

// sample gives the reader of one sample, nil for a form that is not read.
func (l *layout) sample() func([]byte) float64 {
	switch {
	case l.kind == formPCM && l.bits == 8:
		return func(b []byte) float64 { return (float64(b[0]) - 128) / 128 }
	case l.kind == formPCM && l.bits == 16:
		return func(b []byte) float64 { return float64(int16(binary.LittleEndian.Uint16(b))) / (1 << 15) }
	case l.kind == formPCM && l.bits == 24:
		return func(b []byte) float64 {
			return float64(int32(uint32(b[0])<<8|uint32(b[1])<<16|uint32(b[2])<<24)) / (1 << 31)
		}
	case l.kind == formPCM && l.bits == 32:
		return func(b []byte) float64 { return float64(int32(binary.LittleEndian.Uint32(b))) / (1 << 31) }
	case l.kind == formFloat && l.bits == 32:
		return func(b []byte) float64 { return finite(float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))) }
	case l.kind == formALaw && l.bits == 8:
		return func(b []byte) float64 { return float64(g711.DecodeAlawFrame(b[0])) / (1 << 15) }
	case l.kind == formMuLaw && l.bits == 8:
		return func(b []byte) float64 { return float64(g711.DecodeUlawFrame(b[0])) / (1 << 15) }
	}
	return nil
}

// finite keeps a broken sample from spoiling all that follow in a filter.
func finite(x float64) float64 {
	if math.IsNaN(x) || math.Abs(x) > 8 {
		return 0
	}
	return x
}

// decode mixes the channels; a part of a frame at the end is left out.
func (l *layout) decode(b []byte) (sound, error) {
	read, size := l.sample(), l.bits/8
	frame := size * l.channels
	s := sound{samples: make([]float64, len(b)/frame), rate: l.rate}
	for i := range s.samples {
		sum := 0.0
		for c := range l.channels {
			sum += read(b[i*frame+c*size:])
		}
		s.samples[i] = sum / float64(l.channels)
	}
	if len(s.samples) == 0 {
		return sound{}, errors.New("wav: there is no sound in the file")
	}
	return s, nil
}
