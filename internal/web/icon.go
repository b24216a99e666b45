package web

import (
	"fmt"
	"html/template"
	"strings"
)

// bellMark is the mark of the product: a bell that is a house with its door open. It is drawn in the colours of the page.
const bellMark template.HTML = `<svg class="bell" viewBox="0 0 32 32" aria-hidden="true" focusable="false"><path class="body" d="M16 2.2a2.3 2.3 0 0 1 2.3 2.3v.5c4.6 1.2 7.2 5 7.2 9.8 0 4.7 1 7 2.9 8.9.6.6.2 1.6-.7 1.6H4.3c-.9 0-1.3-1-.7-1.6 1.9-1.9 2.9-4.2 2.9-8.9 0-4.8 2.6-8.6 7.2-9.8v-.5A2.3 2.3 0 0 1 16 2.2z"/><path class="door" d="M12.6 25.3v-6.6a3.4 3.4 0 0 1 6.8 0v6.6z"/><path class="clapper" d="M12.7 27h6.6a3.3 3.3 0 0 1-6.6 0z"/></svg>`

// icons holds the drawings by name, read once: the pages carry them, so they take the colour of the words beside them.
var icons = readIcons()

func readIcons() map[string]template.HTML {
	out := map[string]template.HTML{}
	entries, err := assetFiles.ReadDir("assets/icons")
	if err != nil { // embedded: cannot happen in a program that was built
		panic("web: icons: " + err.Error())
	}
	for _, entry := range entries {
		name, isSVG := strings.CutSuffix(entry.Name(), ".svg")
		if !isSVG {
			continue
		}
		data, err := assetFiles.ReadFile("assets/icons/" + entry.Name())
		if err != nil {
			panic("web: icon " + name + ": " + err.Error())
		}
		svg := strings.Replace(strings.TrimSpace(string(data)), `<svg xmlns="http://www.w3.org/2000/svg"`, `<svg class="icon" aria-hidden="true" focusable="false"`, 1)
		out[name] = template.HTML(svg)
	}
	return out
}

// icon gives the drawing of this name. Icons never stand without a word.
func icon(name string) (template.HTML, error) {
	if svg, ok := icons[name]; ok {
		return svg, nil
	}
	return "", fmt.Errorf("no icon %q: add it to icons.txt and run scripts/assets.sh", name)
}

// keyHint shows which keys do the same as the control beside it. Screen readers get them from aria-keyshortcuts instead.
func keyHint(keys ...string) template.HTML {
	var b strings.Builder
	b.WriteString(`<span class="keys" aria-hidden="true">`)
	for _, k := range keys {
		b.WriteString("<kbd>" + template.HTMLEscapeString(k) + "</kbd>")
	}
	b.WriteString("</span>")
	return template.HTML(b.String())
}
