/** The statistics panel. */
export const PANEL_STYLE = `
.stats {
  position: absolute; top: 12px; right: 12px; z-index: 1;
  width: 256px; max-width: calc(100% - 24px); max-height: calc(100% - 24px); overflow: auto;
  box-sizing: border-box; padding: 12px 14px;
  border-radius: var(--pixelcast-radius, 12px);
  background: rgb(17 17 19 / .94); color: #fafafa;
  box-shadow: 0 0 0 1px rgb(255 255 255 / .09), 0 8px 28px rgb(0 0 0 / .32);
  font-size: 12px; line-height: 20px;
}
.stats dl { display: grid; grid-template-columns: auto 1fr; column-gap: 16px; margin: 0; }
.stats dt { color: #a1a1aa; }
.stats dd { margin: 0; text-align: right; white-space: nowrap; }
.stats .lead { display: flex; align-items: baseline; justify-content: space-between; margin-bottom: 2px; }
.stats .lead b { font-size: 20px; line-height: 26px; font-weight: 600; letter-spacing: -.01em; }
.stats .lead span { color: #a1a1aa; }
.stats svg { display: block; width: 100%; height: 32px; margin: 2px 0 10px; overflow: visible; }
.stats polyline {
  fill: none; stroke: var(--pixelcast-live, #34d399); stroke-width: 1.5;
  stroke-linejoin: round; stroke-linecap: round; vector-effect: non-scaling-stroke;
}
.stats line { stroke: rgb(255 255 255 / .1); vector-effect: non-scaling-stroke; }
.stats .warn { color: #fbbf24; }

.stats .split { display: flex; gap: 1px; height: 8px; border-radius: 4px; overflow: hidden; background: rgb(255 255 255 / .08); }
.stats .split i { flex: 0 1 auto; min-width: 0; transition: width .3s; }
.stats .legend { grid-template-columns: auto auto auto auto; column-gap: 6px; margin: 6px 0 10px; padding-bottom: 8px; border-bottom: 1px solid rgb(255 255 255 / .1); font-size: 11px; line-height: 18px; }
.stats .legend dt::before { content: ""; display: inline-block; width: 7px; height: 7px; margin-right: 6px; border-radius: 2px; background: var(--part); }
.stats .legend dd:nth-of-type(odd) { padding-right: 10px; }
.stats .split i { background: var(--part); }
.stats .part-queue { --part: #818cf8; }
.stats .part-convert { --part: #60a5fa; }
.stats .part-encode { --part: #22d3ee; }
.stats .part-pace { --part: #34d399; }
.stats .part-network { --part: #a3e635; }
.stats .part-jitterBuffer { --part: #facc15; }
.stats .part-decode { --part: #fb923c; }
.stats .part-present { --part: #f472b6; }
@media (prefers-reduced-motion: reduce) { .stats .split i { transition: none; } }
`
