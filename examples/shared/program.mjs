import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'

/** Ends the program with one line that says what is wrong, instead of a stack trace. */
export function fail(error, exitCode = 1) {
  if (error?.code === 'EADDRINUSE')
    console.error(`port ${error.port} is taken: choose another with PORT=9000`)
  else console.error(error instanceof Error ? error.message : error)
  process.exit(exitCode)
}

/** The port that the environment asks for. pixelcast looks at it by itself; other servers are not as clear. */
export function portOption() {
  const port = Number(process.env.PORT ?? 8080)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  return fail(`PORT: expected a whole number from 0 to 65535, got ${JSON.stringify(process.env.PORT)}`, 2)
}

/** Is aborted by Ctrl-C, or when the process is told to end. */
export function stopSignal() {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort())
  return stop.signal
}

/** Waits so many ms, or until `stop` is aborted. */
export async function pause(ms, stop) {
  await sleep(Math.max(0, ms), undefined, { signal: stop }).catch(() => {})
}

/** What the command line says, `options` as for `parseArgs`; a mistake in it ends the program. */
export function commandLine(usage, options, allowPositionals = false) {
  try {
    return parseArgs({ options, allowPositionals })
  } catch (error) {
    return fail(`${error.message}\nUsage: ${usage}`, 2)
  }
}

/** The number that an option was given; anything else ends the program. */
export function numberOption(name, text, from, to) {
  const value = Number(text)
  if (text.trim() !== '' && value >= from && value <= to) return value
  return fail(`--${name}: expected a number from ${from} to ${to}, got ${JSON.stringify(text)}`, 2)
}
