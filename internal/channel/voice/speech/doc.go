// Package speech makes the sound of a call: it brings a text to what can be said, has it spoken, and makes the sound fit for a telephone.
//
// Say knows how Dutch and French of Belgium, German and English read numbers, times, dates, streets and abbreviations. Open gives a
// voice.Speaker that is espeak-ng, a program of the operator, an engine reached over HTTP, or recordings with one of those behind them.
//
// It chooses no language, keeps nothing on disk and knows no call. Always true: a text reaches a program on its standard input only, never
// in arguments that others on the machine can see; no error holds a word of it; every sound is at voice.Rate and equally loud.
package speech
