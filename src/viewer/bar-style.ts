/**
 * The bar and the trackbars. The bar floats over the picture, and goes when nobody moves; docked (this
 * viewer controls something) nothing covers the picture, and it lies beneath it in the page's colours.
 */
export const BAR_STYLE = `
.top { grid-area: 2 / 1; align-self: start; z-index: 3; min-width: 0; transition: opacity .2s; }
.bar {
  grid-area: 2 / 1; align-self: end; justify-self: center; z-index: 3;
  display: flex; align-items: center; gap: 2px; margin: 12px; padding: 4px; box-sizing: border-box;
  max-width: calc(100% - 24px); border-radius: 12px;
  background: rgb(17 17 19 / .88); color: #fafafa; font-size: 12px;
  box-shadow: 0 0 0 1px rgb(255 255 255 / .09), 0 8px 28px rgb(0 0 0 / .3);
  transition: opacity .2s;
}
:host([data-idle][data-picture]:not([data-docked])) :is(.bar, .top) { opacity: 0; pointer-events: none; }
:host([data-idle][data-picture]:not([data-docked])) :is(.bar, .top):has(:focus-visible) { opacity: 1; pointer-events: auto; }
:host([data-idle]:fullscreen) .surface:not(.listened) { cursor: none; }

.bar .badge { display: flex; align-items: center; gap: 7px; padding: 0 10px; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.bar .dot { flex: none; width: 7px; height: 7px; border-radius: 50%; background: #a1a1aa; }
:host([data-state="live"]) .bar .dot { background: var(--pixelcast-live, #34d399); }
:host([data-state="reconnecting"]) .bar .dot { background: #fbbf24; }
:host([data-state="failed"]) .bar .dot { background: #f87171; }
.bar .zoom { display: flex; align-items: center; }
.bar button {
  display: flex; align-items: center; justify-content: center; gap: 7px; flex: none;
  height: 32px; min-width: 32px; padding: 0 8px; border: 0; border-radius: 8px;
  background: none; color: inherit; font: inherit; cursor: pointer;
}
.bar .percent { min-width: 54px; padding: 0 4px; opacity: .8; }
.bar .percent.zoomed { opacity: 1; font-weight: 600; }
.bar button:hover, .bar button[aria-pressed="true"] { background: rgb(128 128 128 / .28); }
.bar button:focus-visible { outline: 2px solid currentColor; outline-offset: -2px; }
.bar svg { width: 16px; height: 16px; fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; }
.bar .record svg { fill: #ef4444; stroke: none; }
.bar .record[aria-pressed="true"] { background: rgb(239 68 68 / .22); }
.bar .record[aria-pressed="true"] svg { animation: pulse 1.6s ease-in-out infinite; }
:host(:not([data-picture])) .bar :is(.zoom, .capture) { display: none; }
.bar .time:empty { display: none; }
@keyframes pulse { 50% { opacity: .35; } }
@media (pointer: coarse) {
  .bar button { height: 40px; min-width: 40px; }
  .bar .zoom button:not(.percent) { display: none; }
}
@media (prefers-reduced-motion: reduce) { .bar .record svg { animation: none !important; } }

:host([data-docked]) .top { grid-area: 1 / 1; }
:host([data-docked]) .bar {
  grid-area: 4 / 1; margin: 0; padding: 4px 8px; max-width: none; justify-self: stretch; justify-content: flex-end;
  border-radius: 0; background: var(--pixelcast-panel, Canvas); color: var(--pixelcast-panel-color, CanvasText); box-shadow: none;
}

.trackbars {
  grid-area: 3 / 1; display: grid; gap: 2px 32px; padding: 10px 16px; max-height: 40vh; overflow: auto;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr));
  background: var(--pixelcast-panel, Canvas); color: var(--pixelcast-panel-color, CanvasText);
  border-top: 1px solid rgb(128 128 128 / .25);
}
.trackbar { display: flex; align-items: center; gap: 12px; min-height: 32px; min-width: 0; }
.trackbar .name { flex: 0 0 30%; min-width: 5em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.trackbar input { font: inherit; color: inherit; accent-color: var(--pixelcast-accent, #3b82f6); }
.trackbar [type="range"] { flex: 1; min-width: 60px; margin: 0; height: 24px; touch-action: pan-y; }
.trackbar [type="number"] {
  flex: none; width: calc(var(--digits) * 1ch + 1ch); box-sizing: content-box; padding: 3px 6px; border: 1px solid rgb(128 128 128 / .35); border-radius: 7px;
  background: transparent; text-align: right; appearance: textfield; -moz-appearance: textfield;
}
.trackbar [type="number"]::-webkit-inner-spin-button { display: none; }
.trackbar input:focus-visible { outline: 2px solid var(--pixelcast-accent, #3b82f6); outline-offset: 1px; }
.trackbar input:disabled { opacity: .55; }
@media (pointer: coarse) { .trackbar { min-height: 44px; } }
`
