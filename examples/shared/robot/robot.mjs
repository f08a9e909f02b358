import { castRay } from './world.mjs'

/** Where it drives, again and again, m. */
const ROUTE = [
  [1.3, 1.3],
  [4.4, 1.6],
  [4.9, 3.7],
  [7.1, 3.5],
  [7.3, 1.5],
  [10.7, 1.4],
  [10.8, 5.6],
  [7.6, 5.6],
  [7.1, 3.9],
  [4.8, 3.9],
  [4.3, 5.6],
  [1.2, 5.7],
]
/** It has reached a point when it is so near, m. */
const NEAR = 0.45
const TOP_SPEED = 1.1 // m/s
const ACCELERATION = 1.5 // m/s²
const TURN = 1.9 // rad/s
const RAYS = 90

/** A robot that drives through a room by itself, and measures with a laser how far the walls are. */
export class Robot {
  x = 1.3
  y = 3.5
  heading = -Math.PI / 2
  speed = 0
  /** m */
  travelled = 0
  isPaused = false
  #next = 0

  /** Drives on for so many seconds. */
  drive(seconds) {
    const [toX, toY] = ROUTE[this.#next]
    const wanted = Math.atan2(toY - this.y, toX - this.x)
    const turn = Math.atan2(Math.sin(wanted - this.heading), Math.cos(wanted - this.heading))
    // slower in curves
    const aim = this.isPaused ? 0 : TOP_SPEED * Math.max(0.25, 1 - Math.abs(turn))
    const change = ACCELERATION * seconds
    this.speed += Math.max(-change, Math.min(change, aim - this.speed))
    const most = TURN * seconds * Math.min(1, this.speed / 0.2)
    this.heading += Math.max(-most, Math.min(most, turn * 4 * seconds))
    this.x += Math.cos(this.heading) * this.speed * seconds
    this.y += Math.sin(this.heading) * this.speed * seconds
    this.travelled += this.speed * seconds
    if (Math.hypot(toX - this.x, toY - this.y) < NEAR) this.#next = (this.#next + 1) % ROUTE.length
  }

  /** One turn of the laser: `{ angle, distance }` in rad and m. */
  scan() {
    return Array.from({ length: RAYS }, (_, i) => {
      const angle = this.heading + (2 * Math.PI * i) / RAYS
      return { angle, distance: castRay(this.x, this.y, angle).distance }
    })
  }

  /** For people. */
  get telemetry() {
    const { x, y, heading, speed, travelled, isPaused } = this
    const degrees = ((((heading * 180) / Math.PI) % 360) + 360) % 360
    return { x, y, heading: degrees, speed, travelled, isPaused }
  }
}
