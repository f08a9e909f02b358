import { createCanvas } from '@napi-rs/canvas'
import Chart, { Ticks } from 'chart.js/auto'
import { FONT } from '../shared/font.mjs'

const WIDTH = 1280
const HEIGHT = 720
const MARGIN = 28
const GAP = 18
const Y_AXIS = 64
const TICKS = Ticks.formatters
const GROUND = '#0f1420'
const PANEL = '#161d2d'
const GRID = '#253047'
const MUTED = '#93a1bd'
const TEXT = '#eef2fb'
/** The lines, in the order of their names. */
const COLOURS = ['#4da3ff', '#ffb02e', '#3ddc97', '#ff5d8f', '#b48cff', '#2dd4d4']

/**
 * A picture with a panel for each chart, one below the other. A panel is `{ title, lines, from, to, unitOfX }`; `lines` are
 * `{ name, points: [{ x, y }] }`; without `from` and `to` the x axis is as long as the lines.
 */
export class Plot {
  canvas = createCanvas(WIDTH, HEIGHT)
  #context = this.canvas.getContext('2d')
  #charts = []

  draw(panels) {
    const height = Math.floor((HEIGHT - 2 * MARGIN - GAP * (panels.length - 1)) / panels.length)
    if (this.#charts.length !== panels.length) {
      for (const chart of this.#charts) chart.destroy()
      let colour = 0
      this.#charts = panels.map(({ lines }) => {
        const chart = newChart(height, lines.length, colour)
        colour += lines.length
        return chart
      })
    }
    this.#context.fillStyle = GROUND
    this.#context.fillRect(0, 0, WIDTH, HEIGHT)
    for (const [i, panel] of panels.entries()) {
      update(this.#charts[i], panel)
      this.#context.drawImage(this.#charts[i].canvas, MARGIN, MARGIN + i * (height + GAP))
    }
  }
}

function newChart(height, lines, firstColour) {
  const font = { family: FONT, size: 14 }
  const axis = { grid: { color: GRID }, border: { display: false }, ticks: { color: MUTED, font } }
  return new Chart(createCanvas(WIDTH - 2 * MARGIN, height), {
    type: 'line',
    data: {
      datasets: Array.from({ length: lines }, (_, i) => ({
        borderColor: COLOURS[(firstColour + i) % COLOURS.length],
        backgroundColor: COLOURS[(firstColour + i) % COLOURS.length],
        borderWidth: 2.5,
        pointRadius: 0,
        data: [],
      })),
    },
    options: {
      // A picture, not a page: drawn at once, in the size that was given, with nobody to hover over it.
      animation: false,
      responsive: false,
      devicePixelRatio: 1,
      events: [],
      parsing: false,
      layout: { padding: { left: 16, right: 24, top: 12, bottom: 12 } },
      scales: {
        x: { ...axis, type: 'linear' },
        y: { ...axis, beginAtZero: true, ticks: { ...axis.ticks, maxTicksLimit: 5 }, afterFit: widen },
      },
      plugins: {
        decimation: { enabled: true, algorithm: 'min-max' },
        legend: { align: 'end', labels: { color: MUTED, font, boxWidth: 14, boxHeight: 3, padding: 14 } },
      },
    },
    plugins: [{ id: 'panel', beforeDraw: fillPanel }],
  })
}

/** All panels have their y axis at the same place. */
function widen(scale) {
  scale.width = Y_AXIS
}

/** The ground, and the title, on the same line as the legend. */
function fillPanel({ ctx, width, height, options }) {
  ctx.save()
  ctx.fillStyle = PANEL
  ctx.beginPath()
  ctx.roundRect(0, 0, width, height, 12)
  ctx.fill()
  ctx.fillStyle = TEXT
  ctx.font = `bold 17px "${FONT}"`
  ctx.textBaseline = 'middle'
  ctx.fillText(options.title, 20, 26)
  ctx.restore()
}

function update(chart, { title, unitOfX = '', lines, from, to }) {
  const { scales } = chart.options
  chart.options.title = title
  scales.x.ticks.callback = function (value, ...rest) {
    return `${TICKS.numeric.call(this, value, ...rest)}${unitOfX}`
  }
  scales.x.min = from
  scales.x.max = to
  for (const [i, { name, points }] of lines.entries())
    Object.assign(chart.data.datasets[i], { label: name, data: points })
  chart.update()
}
