#!/bin/sh
# Fetches the fonts, icons and map libraries with npm and copies what the pages use into internal/web/assets.
# The copies are committed, so building and running needs no Node. Run it again to change a version or add an icon.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
out=$root/internal/web/assets
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts \
	@fontsource-variable/atkinson-hyperlegible-next@5.3.0 \
	@fontsource-variable/atkinson-hyperlegible-mono@5.3.0 \
	lucide-static@1.62.0 \
	maplibre-gl@6.17.0 terra-draw@1.35.0 terra-draw-maplibre-gl-adapter@1.4.1
cd node_modules

mkdir -p "$out/fonts" "$out/icons" "$out/vendor"
fonts=@fontsource-variable
for f in next/files/atkinson-hyperlegible-next-latin-wght-normal next/files/atkinson-hyperlegible-next-latin-wght-italic \
	next/files/atkinson-hyperlegible-next-latin-ext-wght-normal mono/files/atkinson-hyperlegible-mono-latin-wght-normal; do
	cp "$fonts/atkinson-hyperlegible-$f.woff2" "$out/fonts/"
done
cp $fonts/atkinson-hyperlegible-next/LICENSE "$out/fonts/LICENSE-OFL.txt"

rm -f "$out"/icons/*.svg
# One name a line in icons.txt; only those are copied.
while read -r name; do
	[ -n "$name" ] || continue
	# The licence comment and the class are dropped: the page sets size and colour, LICENSE.txt lies beside.
	sed -e '/^<!--.*-->$/d' -e '/^ *class=/d' "lucide-static/icons/$name.svg" | tr -s '\n ' ' ' >"$out/icons/$name.svg"
done <"$out/icons/icons.txt"
cp lucide-static/LICENSE "$out/icons/LICENSE.txt"

strip_map() { sed -e '/^\/\/# sourceMappingURL=/d' "$1" >"$2"; }
strip_map maplibre-gl/dist/maplibre-gl.mjs "$out/vendor/maplibre-gl.mjs"
strip_map maplibre-gl/dist/maplibre-gl-worker.mjs "$out/vendor/maplibre-gl-worker.mjs"
cp maplibre-gl/dist/maplibre-gl.css "$out/vendor/maplibre-gl.css"
cp maplibre-gl/LICENSE.txt "$out/vendor/LICENSE-maplibre-gl.txt"
strip_map terra-draw/dist/terra-draw.modern.js "$out/vendor/terra-draw.mjs"
# Browsers know no bare module names and the policy allows no inline import map.
sed -e '/^\/\/# sourceMappingURL=/d' -e 's#from"terra-draw"#from"./terra-draw.mjs"#g' \
	terra-draw-maplibre-gl-adapter/dist/terra-draw-maplibre-gl-adapter.modern.js >"$out/vendor/terra-draw-maplibre-gl-adapter.mjs"
# These two packages ship no licence file; this is the text of their repository.
cat >"$out/vendor/LICENSE-terra-draw.txt" <<'LICENCE'
terra-draw 1.35.0 and terra-draw-maplibre-gl-adapter 1.4.1, https://github.com/JamesLMilner/terra-draw

MIT License

Copyright (c) James Milner and contributors

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to
the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR
ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE
SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
LICENCE
if grep -q 'from"[a-z]' "$out"/vendor/*.mjs; then echo "a bare module name is left in vendor/" >&2; exit 1; fi
