// The app's own part of the page: where the robot is, by a WebSocket, and a button. The pictures are
// <pixelcast-view>'s own business.
const byId = (id) => document.getElementById(id)
const state = byId('state')
const button = byId('pause')
let isPaused = false

function listen() {
  const socket = new WebSocket(new URL('/telemetry', location.href.replace(/^http/, 'ws')))
  socket.onmessage = ({ data }) => show(JSON.parse(data))
  socket.onclose = async () => {
    say('lost', 'Connection lost')
    button.disabled = true
    // after a restart the server knows nobody
    const answer = await fetch('/api/robot').catch(() => undefined)
    if (answer?.status === 401) location.assign('/sign-in')
    else setTimeout(listen, 1000)
  }
}

function show({ x, y, heading, speed, travelled, ...rest }) {
  isPaused = rest.isPaused
  byId('speed').textContent = `${speed.toFixed(2)} m/s`
  byId('travelled').textContent = `${travelled.toFixed(1)} m`
  byId('position').textContent = `${x.toFixed(1)}, ${y.toFixed(1)}`
  byId('heading').textContent = `${heading.toFixed(0)}°`
  button.disabled = false
  button.textContent = isPaused ? 'Drive on' : 'Pause'
  say('live', isPaused ? 'Paused' : 'Driving')
}

function say(what, text) {
  state.dataset.state = what
  state.textContent = text
}

button.onclick = () =>
  fetch('/api/robot', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ isPaused: !isPaused }),
  })

listen()
