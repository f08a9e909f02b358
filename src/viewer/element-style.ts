/**
 * The look of the element: the picture, and what is said about it. Everything that a page may want to
 * change is a custom property of the host or a part; what lies on the picture stays dark on purpose,
 * whatever the page's scheme.
 */
export const ELEMENT_STYLE = `
:host {
  display: block;
  position: relative;
  overflow: hidden;
  background: var(--pixelcast-background, #0a0a0b);
  color: var(--pixelcast-color, #a1a1aa);
  font: 13px/1.45 var(--pixelcast-font, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif);
  font-variant-numeric: tabular-nums;
  -webkit-tap-highlight-color: transparent;
}
:host([hidden]), [hidden] { display: none !important; }

.root {
  display: grid; width: 100%; height: 100%;
  container-type: inline-size;
  grid-template: auto minmax(0, 1fr) auto auto / minmax(0, 1fr);
}
.stage {
  grid-area: 2 / 1; position: relative; aspect-ratio: 16 / 9; overflow: hidden;
  align-self: stretch; justify-self: stretch; min-height: 0;
}
.surface { position: absolute; inset: 0; overflow: hidden; outline: none; touch-action: pan-x pan-y; user-select: none; -webkit-user-select: none; -webkit-touch-callout: none; }
.surface.ring::after {
  content: ""; position: absolute; inset: 0; pointer-events: none;
  box-shadow: inset 0 0 0 2px var(--pixelcast-accent, #3b82f6);
}
.surface.zoomed { touch-action: none; cursor: grab; }
.surface.zoomed:active { cursor: grabbing; }
.surface.listened, .surface.choosing { touch-action: none; }
.surface.listened { cursor: default; }
.surface.choosing { cursor: crosshair; }
.frame { position: absolute; overflow: hidden; }
video, .frame canvas { position: absolute; left: 0; top: 0; display: block; object-fit: fill; pointer-events: none; }
:host(:not([data-picture])) :is(.frame, .overlay) { visibility: hidden; }
.frame.pixelated > * { image-rendering: pixelated; }
:host(:is([data-state="reconnecting"], [data-state="closed"], [data-state="failed"])) :is(.frame, .overlay) { opacity: .55; transition: opacity .3s .4s; }
.overlay { position: absolute; left: 0; top: 0; display: block; pointer-events: none; }
.surface.on-object:not(.choosing) { cursor: pointer; }
.grid { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; }

.status {
  position: absolute; inset: 0;
  display: grid; place-content: center; justify-items: center; gap: 10px;
  padding: 16px; text-align: center; pointer-events: none;
  animation: appear .25s .35s both;
}
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
  inset: auto; left: 50%; top: 50%; transform: translate(-50%, -50%);
  display: flex; align-items: center; gap: 10px; padding: 8px 14px;
  width: max-content; max-width: calc(100% - 32px); box-sizing: border-box;
  border-radius: 999px; background: rgb(17 17 19 / .88); color: #f4f4f5;
  box-shadow: 0 0 0 1px rgb(255 255 255 / .1), 0 8px 24px rgb(0 0 0 / .35);
}
:host([data-picture]) .status .text { color: inherit; }
:host([data-picture]) .status .detail { display: none; }
:host([data-picture]) .status .spinner { width: 12px; height: 12px; flex: none; }

.transport {
  position: absolute; left: 50%; bottom: 12px; transform: translateX(-50%); z-index: 2; pointer-events: none;
  padding: 3px 10px; border-radius: 999px; background: rgb(17 17 19 / .7); color: #f4f4f5; font-size: 12px; line-height: 18px;
  white-space: nowrap; transition: opacity .3s;
}
:host([controls]:not([data-docked])) .transport { bottom: 62px; }
:host([data-idle]) .transport, :host(:not([data-picture])) .transport { opacity: 0; }

.readout {
  grid-area: 2 / 1; align-self: end; justify-self: start; z-index: 4; margin: 12px; pointer-events: none;
  display: flex; align-items: center; gap: 10px; padding: 5px 10px; border-radius: 8px;
  background: rgb(17 17 19 / .88); color: #fafafa; white-space: nowrap;
  font: 12px/18px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  box-shadow: 0 0 0 1px rgb(255 255 255 / .09);
}
@container (max-width: 900px) { :host([controls]:not([data-docked])) .readout { margin-bottom: 62px; } }
:host([data-docked]) .readout { grid-area: 4 / 1; align-self: center; margin: 0 4px; background: none; color: var(--pixelcast-panel-color, CanvasText); box-shadow: none; }
@container (max-width: 620px) { :host([data-docked]) .readout .hex { display: none; } }
@container (max-width: 480px) { :host([data-docked]) .readout { display: none; } }
.readout .place { min-width: 10ch; }
.readout .colour { min-width: 11ch; }
.readout .hex { opacity: .65; }
.readout .swatch { width: 14px; height: 14px; border-radius: 4px; box-shadow: inset 0 0 0 1px rgb(255 255 255 / .25); }

.select { position: absolute; inset: 0; pointer-events: none; overflow: hidden; }
.select .rubber {
  position: absolute; box-sizing: border-box; border: 1px solid #fff;
  box-shadow: 0 0 0 1px rgb(0 0 0 / .7), 0 0 0 9999px rgb(0 0 0 / .45);
}
.select .crosshair { position: absolute; inset: 0; }
.select .crosshair::before, .select .crosshair::after { content: ""; position: absolute; background: rgb(255 255 255 / .75); }
.select .crosshair::before { left: 50%; top: 0; bottom: 0; width: 1px; }
.select .crosshair::after { top: 50%; left: 0; right: 0; height: 1px; }
.select .hint {
  position: absolute; left: 50%; top: 12px; transform: translateX(-50%); z-index: 2; pointer-events: auto;
  display: flex; align-items: center; gap: 6px; padding: 6px 6px 6px 14px; width: max-content; max-width: calc(100% - 24px); box-sizing: border-box;
  border-radius: 12px; background: rgb(17 17 19 / .92); color: #fafafa;
  box-shadow: 0 0 0 1px rgb(255 255 255 / .1), 0 8px 24px rgb(0 0 0 / .35);
}
.select .hint span { margin-right: 8px; }
.select button {
  padding: 5px 12px; border: 0; border-radius: 8px; background: rgb(255 255 255 / .12); color: inherit;
  font: inherit; cursor: pointer;
}
.select button:hover { background: rgb(255 255 255 / .2); }
.select button.primary { background: var(--pixelcast-accent, #3b82f6); color: #fff; }
.select button:disabled { opacity: .45; cursor: default; }
.select button:focus-visible { outline: 2px solid #fff; outline-offset: 1px; }

@keyframes appear { from { opacity: 0; } }
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) {
  .status .spinner { animation: none; border-color: currentColor; opacity: .4; }
  .status { animation-duration: 1ms; }
  .frame, .overlay, .bar, .top { transition: none !important; }
}
`
