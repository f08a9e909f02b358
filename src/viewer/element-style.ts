/**
 * The look of the element. Everything that a page may want to change is a custom property of the
 * host or a part; the panel stays dark on purpose: it lies on a picture, whatever the page's scheme.
 */
export const ELEMENT_STYLE = `
:host {
  display: block;
  position: relative;
  overflow: hidden;
  background: var(--pixelcast-background, #0a0a0b);
  color: var(--pixelcast-color, #a1a1aa);
  font: 13px/1.45 var(--pixelcast-font, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif);
  -webkit-tap-highlight-color: transparent;
}
:host([hidden]) { display: none; }
:host(:focus-visible) { outline: 2px solid var(--pixelcast-accent, #3b82f6); outline-offset: -2px; }

.stage { position: relative; width: 100%; height: 100%; aspect-ratio: 16 / 9; }
.frame { position: absolute; overflow: hidden; }
video, canvas { position: absolute; left: 0; top: 0; display: block; object-fit: fill; }
:host(:not([data-picture])) .frame { visibility: hidden; }
.frame.pixelated > * { image-rendering: pixelated; }
:host(:is([data-state="reconnecting"], [data-state="closed"], [data-state="failed"])) .frame { opacity: .55; transition: opacity .3s .4s; }

.status {
  position: absolute; inset: 0;
  display: grid; place-content: center; justify-items: center; gap: 10px;
  padding: 16px; text-align: center; pointer-events: none;
  animation: appear .25s .35s both;
}
.status[hidden] { display: none; }
.status .text { margin: 0; max-width: 36ch; color: var(--pixelcast-status-color, inherit); }
.status .detail { margin: 0; max-width: 44ch; opacity: .72; font-size: 12px; }
.status .detail:empty { display: none; }
.status .spinner {
  width: 18px; height: 18px; border-radius: 50%;
  border: 2px solid currentColor; border-top-color: transparent; opacity: .65;
  animation: turn .9s linear infinite;
}
.status.quiet .spinner { display: none; }
:host([data-picture]) .status {
  inset: auto; left: 50%; bottom: 24px; transform: translateX(-50%);
  display: flex; align-items: center; gap: 10px; padding: 8px 14px;
  width: max-content; max-width: calc(100% - 32px); box-sizing: border-box;
  border-radius: 999px; background: rgb(17 17 19 / .88); color: #f4f4f5;
  box-shadow: 0 0 0 1px rgb(255 255 255 / .1), 0 8px 24px rgb(0 0 0 / .35);
}
:host([data-picture]) .status[hidden] { display: none; }
:host([data-picture]) .status .text { color: inherit; }
:host([data-picture]) .status .detail { display: none; }
:host([data-picture]) .status .spinner { width: 12px; height: 12px; flex: none; }

.stats {
  position: absolute; top: 12px; right: 12px; z-index: 1;
  width: 224px; max-width: calc(100% - 24px); box-sizing: border-box; padding: 12px 14px;
  border-radius: var(--pixelcast-radius, 10px);
  background: rgb(17 17 19 / .94); color: #fafafa;
  box-shadow: 0 0 0 1px rgb(255 255 255 / .09), 0 8px 28px rgb(0 0 0 / .32);
  font-size: 12px; line-height: 20px; font-variant-numeric: tabular-nums;
}
.stats[hidden] { display: none; }
.stats dl { display: grid; grid-template-columns: auto 1fr; column-gap: 16px; margin: 0; }
.stats dt { color: #a1a1aa; }
.stats dd { margin: 0; text-align: right; white-space: nowrap; }
.stats .lead { display: flex; align-items: baseline; justify-content: space-between; margin-bottom: 2px; }
.stats .lead b { font-size: 20px; line-height: 26px; font-weight: 600; letter-spacing: -.01em; }
.stats .lead span { color: #a1a1aa; }
.stats svg { display: block; width: 100%; height: 32px; margin: 2px 0 8px; overflow: visible; }
.stats polyline {
  fill: none; stroke: var(--pixelcast-live, #34d399); stroke-width: 1.5;
  stroke-linejoin: round; stroke-linecap: round; vector-effect: non-scaling-stroke;
}
.stats line { stroke: rgb(255 255 255 / .1); vector-effect: non-scaling-stroke; }
.stats .warn { color: #fbbf24; }

.controls {
  position: absolute; left: 0; right: 0; bottom: 0; z-index: 2;
  display: flex; align-items: center; gap: 4px; padding: 28px 10px 8px 14px;
  background: linear-gradient(transparent, rgb(0 0 0 / .6)); color: #fff;
  opacity: 0; transition: opacity .15s;
}
.controls[hidden] { display: none; }
:host(:hover) .controls, .controls:focus-within, :host(:focus-visible) .controls { opacity: 1; }
@media (hover: none) { .controls { opacity: 1; } }
.controls .badge { display: flex; align-items: center; gap: 7px; margin-right: auto; font-size: 12px; }
.controls .dot { width: 7px; height: 7px; border-radius: 50%; background: #a1a1aa; }
:host([data-state="live"]) .controls .dot { background: var(--pixelcast-live, #34d399); }
:host([data-state="reconnecting"]) .controls .dot { background: #fbbf24; }
:host([data-state="failed"]) .controls .dot { background: #f87171; }
.controls button {
  display: grid; place-items: center; width: 32px; height: 32px; padding: 0;
  border: 0; border-radius: 8px; background: none; color: inherit; cursor: pointer;
}
.controls button:hover, .controls button[aria-pressed="true"] { background: rgb(255 255 255 / .16); }
.controls button:focus-visible { outline: 2px solid #fff; outline-offset: -2px; }
.controls svg { width: 16px; height: 16px; fill: none; stroke: currentColor; stroke-width: 1.5; }

@keyframes appear { from { opacity: 0; } }
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) {
  .status .spinner { animation: none; border-color: currentColor; opacity: .4; }
  .status { animation-duration: 1ms; }
  .frame, .controls { transition: none !important; }
}
`
