import { InvalidArgumentError, Option } from 'commander'
import { LOG_LEVELS } from '../../common/log.js'
import { parseHost, parsePort, tokenParser } from '../options.js'

/** s */
const DEFAULT_DRAIN = 5
const LONGEST_DRAIN = 3_600

export function metricsPortOption(): Option {
  return new Option(
    '--metrics-port <number>',
    'tell metrics for Prometheus on this port (/metrics); 0 takes any free one',
  ).argParser(parsePort)
}

export function metricsHostOption(): Option {
  return new Option(
    '--metrics-host <address>',
    'address of --metrics-port; without it 127.0.0.1, this machine only',
  ).argParser(parseHost)
}

export function metricsTokenOption(): Option {
  return new Option(
    '--metrics-token <token>',
    'what Prometheus has to show (Authorization: Bearer); without --metrics-port metrics are at /metrics of the pages. ' +
      'Better PIXELCAST_METRICS_TOKEN',
  ).argParser(tokenParser('--metrics-token'))
}

export function logLevelOption(): Option {
  return new Option('--log-level <level>', 'also write a log to stderr, of this level and graver').choices([
    'silent',
    ...LOG_LEVELS,
  ])
}

export function logFormatOption(): Option {
  return new Option(
    '--log-format <format>',
    'json: what goes to stderr is JSON, a line each, for programs (level info unless told otherwise)',
  )
    .choices(['pretty', 'json'])
    .default('pretty')
}

export function drainTimeoutOption(): Option {
  return new Option(
    '--drain-timeout <seconds>',
    'when told to end (SIGTERM): longest wait for viewers to leave, 0 to 3600',
  )
    .argParser(parseSeconds)
    .default(DEFAULT_DRAIN)
}

function parseSeconds(text: string): number {
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  if (!(seconds <= LONGEST_DRAIN))
    throw new InvalidArgumentError(`Expected a whole number of seconds from 0 to ${LONGEST_DRAIN}.`)
  return seconds
}
