import { Option } from 'commander'
import { parseAddress, parseHost, parsePort } from '../options.js'

export const DEFAULT_PORT = 8080
export const DEFAULT_HOST = '127.0.0.1'

export function portOption(): Option {
  return new Option('-p, --port <number>', 'TCP port of the web pages; 0 takes any free one')
    .argParser(parsePort)
    .default(DEFAULT_PORT)
}

export function hostOption(): Option {
  return new Option('-H, --host <address>', 'address to listen on; 0.0.0.0 lets other machines watch')
    .argParser(parseHost)
    .default(DEFAULT_HOST)
}

export function mediaHostOption(): Option {
  return new Option(
    '--media-host <address>',
    'IP address that the video comes from; without it as --host, and for Firefox on the same machine any',
  ).argParser(parseAddress)
}
