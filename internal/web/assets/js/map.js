// The map: areas in outline with their names, and drawing a polygon or circle. The list beside it says the same, so a page without WebGL lacks nothing.
import * as maplibre from "../vendor/maplibre-gl.mjs";
import { TerraDraw, TerraDrawPolygonMode, TerraDrawCircleMode, TerraDrawRenderMode, TerraDrawSelectMode } from "../vendor/terra-draw.mjs";
import { TerraDrawMapLibreGLAdapter } from "../vendor/terra-draw-maplibre-gl-adapter.mjs";

maplibre.setWorkerUrl(new URL("../vendor/maplibre-gl-worker.mjs", import.meta.url).href);
const empty = { type: "FeatureCollection", features: [] };

// The map takes its colours from the tokens; the drawing library understands only sRGB, so a canvas translates.
const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
function colour(token, host) {
  const probe = document.createElement("span");
  probe.className = "hidden";
  host.append(probe);
  probe.style.color = `var(--${token})`;
  pen.clearRect(0, 0, 1, 1);
  pen.fillStyle = getComputedStyle(probe).color;
  probe.remove();
  pen.fillRect(0, 0, 1, 1);
  return "#" + [...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)].map((v) => v.toString(16).padStart(2, "0")).join("");
}

function read(text) {
  try { return text ? JSON.parse(text) : empty; } catch { return empty; }
}

function box(features) {
  const bounds = new maplibre.LngLatBounds();
  const walk = (c) => (typeof c[0] === "number" ? bounds.extend(c) : c.forEach(walk));
  features.forEach((f) => walk(f.geometry.coordinates));
  return bounds;
}

function style(host, areas) {
  const c = (token) => colour(token, host);
  const kind = (k) => ["==", ["get", "kind"], k];
  return {
    version: 8,
    sources: { areas: { type: "geojson", data: { ...areas, features: areas.features.map(({ type, properties, geometry }) => ({ type, properties, geometry })) } } },
    layers: [
      { id: "land", type: "background", paint: { "background-color": c("map-land") } },
      { id: "zone", type: "fill", source: "areas", filter: kind("zone"), paint: { "fill-color": c("map-zone"), "fill-opacity": 0.45 } },
      { id: "chosen", type: "fill", source: "areas", filter: kind("chosen"), paint: { "fill-color": c("accent"), "fill-opacity": 0.28 } },
      { id: "street", type: "line", source: "areas", filter: kind("street"), layout: { "line-cap": "round" }, paint: { "line-color": c("surface-raised"), "line-width": 5 } },
      { id: "zone-edge", type: "line", source: "areas", filter: kind("zone"), paint: { "line-color": c("line-strong"), "line-width": 1.5, "line-dasharray": [3, 2] } },
      { id: "chosen-edge", type: "line", source: "areas", filter: kind("chosen"), paint: { "line-color": c("ink"), "line-width": 2.5 } },
    ],
  };
}

function names(map, areas) {
  for (const f of areas.features) {
    if (!f.properties?.name || f.properties.kind === "street") continue;
    const label = Object.assign(document.createElement("span"), { className: "map-name" + (f.properties.kind === "chosen" ? " is-chosen" : ""), textContent: f.properties.name });
    label.setAttribute("aria-hidden", "true");
    f.label = label;
    new maplibre.Marker({ element: label }).setLngLat(box([f]).getCenter()).addTo(map);
  }
}

// The networks that are ticked beside the map are the chosen ones on it.
function follow(map, areas) {
  let changed = false;
  for (const f of areas.features) {
    const box = f.properties?.id && document.querySelector(`input[name="network"][value="${CSS.escape(f.properties.id)}"]`);
    if (!box) continue;
    const kind = box.checked ? "chosen" : "zone";
    changed ||= f.properties.kind !== kind;
    f.properties.kind = kind;
    f.label?.classList.toggle("is-chosen", box.checked);
  }
  if (changed) map.getSource("areas")?.setData({ ...areas, features: areas.features.map(({ type, properties, geometry }) => ({ type, properties, geometry })) });
}

function drawing(map, host) {
  const field = document.querySelector("[data-area]");
  const edge = colour("ink", host), fill = colour("accent", host);
  const look = { fillColor: fill, fillOpacity: 0.3, outlineColor: edge, outlineWidth: 3 };
  const draw = new TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map }),
    modes: [
      new TerraDrawPolygonMode({ styles: { ...look, closingPointColor: fill, closingPointOutlineColor: edge, closingPointWidth: 7 } }),
      new TerraDrawCircleMode({ styles: look }),
      new TerraDrawSelectMode({
        flags: { polygon: { feature: { coordinates: { midpoints: true, draggable: true, deletable: true } } } },
        styles: { selectedPolygonColor: fill, selectedPolygonFillOpacity: 0.3, selectedPolygonOutlineColor: edge, selectedPolygonOutlineWidth: 3, selectionPointColor: fill, selectionPointOutlineColor: edge, selectionPointWidth: 7, midPointColor: edge, midPointWidth: 4 },
      }),
      new TerraDrawRenderMode({ modeName: "rest", styles: { polygonFillColor: fill, polygonFillOpacity: 0.3, polygonOutlineColor: edge, polygonOutlineWidth: 3 } }),
    ],
  });
  draw.start();
  draw.setMode("rest");
  const told = () => {
    const features = draw.getSnapshot().filter((f) => f.geometry.type === "Polygon");
    if (field) field.value = features.length ? JSON.stringify({ type: "FeatureCollection", features: features.map(({ geometry }) => ({ type: "Feature", properties: {}, geometry })) }) : "";
    field?.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const adjusts = Boolean(host.dataset.wordAdjust); // an area that exists can be changed corner by corner
  if (adjusts) {
    const loops = read(host.dataset.drawn).features.flatMap((f) => (f.geometry.type === "MultiPolygon" ? f.geometry.coordinates : [f.geometry.coordinates]));
    draw.addFeatures(loops.map((coordinates) => ({ type: "Feature", properties: { mode: "polygon" }, geometry: { type: "Polygon", coordinates } })));
  }
  draw.on("finish", (_, context) => { if (context?.action === "draw") rest(); told(); });
  const tools = toolbar(host, draw, () => { draw.clear(); rest(); told(); });
  function rest() { draw.setMode("rest"); tools.forEach((b) => b.setAttribute("aria-pressed", "false")); }
  host.addEventListener("keydown", (e) => { if (e.key === "Escape") rest(); });
}

function toolbar(host, draw, clear) {
  const bar = host.previousElementSibling;
  const button = (words, action) => {
    const b = Object.assign(document.createElement("button"), { type: "button", className: "pick", textContent: words });
    b.addEventListener("click", action);
    bar.append(b);
    return b;
  };
  const offered = [["polygon", host.dataset.wordPolygon], ["circle", host.dataset.wordCircle], ["select", host.dataset.wordAdjust]];
  const modes = offered.filter(([, words]) => words).map(([mode, words]) =>
    button(words, (e) => { draw.setMode(mode); modes.forEach((b) => b.setAttribute("aria-pressed", String(b === e.currentTarget))); }));
  modes.forEach((b) => b.setAttribute("aria-pressed", "false"));
  const wipe = button(host.dataset.wordClear, clear);
  wipe.hidden = draw.getSnapshot().length === 0;
  draw.on("change", () => { wipe.hidden = draw.getSnapshot().length === 0; });
  return modes;
}

function show(host) {
  const areas = read(host.dataset.areas);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = new maplibre.Map({
    container: host.querySelector("[data-canvas]"), style: style(host, areas), bounds: areas.features.length ? box(areas.features) : undefined,
    fitBoundsOptions: { padding: 36 }, attributionControl: false, dragRotate: false, pitchWithRotate: false, fadeDuration: still ? 0 : 150,
    locale: { "Map.Title": host.dataset.wordPicture, "NavigationControl.ZoomIn": host.dataset.wordIn, "NavigationControl.ZoomOut": host.dataset.wordOut },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "bottom-right");
  map.on("load", () => {
    host.querySelector("[data-none]")?.remove();
    names(map, areas);
    document.addEventListener("networks", () => follow(map, areas));
    if (host.hasAttribute("data-draw")) drawing(map, host);
    host.dataset.ready = "yes";
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => map.setStyle(style(host, areas)));
}

for (const host of document.querySelectorAll("[data-map]")) {
  try { show(host); } catch (err) { console.warn("map:", err.message); } // no WebGL: the sentence in the map's place stays, and the list
}
