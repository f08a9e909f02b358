import { pause } from '../program.mjs'
import { CameraPicture, MapPicture } from './pictures.mjs'
import { Robot } from './robot.mjs'

const PICTURES_A_SECOND = 30
/** Longer than this (s), and the robot would jump: the process was stopped, or the machine asleep. */
const LONGEST = 0.2

/** A robot on the move, and its two tracks: what its camera sees, and a map with what its laser sees. */
export function startRobot(server, stop) {
  const robot = new Robot()
  const tracks = [
    { track: server.addTrack('camera'), picture: new CameraPicture() },
    { track: server.addTrack('map'), picture: new MapPicture() },
  ]
  run(robot, tracks, stop)
  return robot
}

async function run(robot, tracks, stop) {
  let [last, due, stood] = [performance.now(), performance.now(), false]
  while (!stop.aborted) {
    const now = performance.now()
    robot.drive(Math.min(LONGEST, (now - last) / 1000))
    last = now
    // while it stands nothing changes, and nothing has to be pushed
    const stands = robot.isPaused && robot.speed === 0
    if (!stands || !stood) {
      for (const { track, picture } of tracks) {
        picture.draw(robot)
        track.addImage(picture.canvas)
      }
    }
    stood = stands
    due = Math.max(due + 1000 / PICTURES_A_SECOND, now)
    await pause(due - performance.now(), stop)
  }
}
