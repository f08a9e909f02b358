import { Option } from 'commander'
import { RepeatableOption } from '../config/repeatable-option.js'
import {
  parseAddress,
  parseAdvertised,
  parseAllowedHost,
  parseHost,
  parsePort,
  parseUdpPort,
  parseWhipToken,
  tokenParser,
} from '../options.js'

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

export function udpPortOption(): Option {
  return new Option(
    '--udp-port <number>',
    'one UDP port for the video of all viewers, for firewalls and containers; without it any',
  ).argParser(parseUdpPort)
}

export function advertiseOption(): Option {
  return new RepeatableOption(
    '--advertise <address>',
    'address at which this machine is reached from outside (NAT, cloud, container), with :PORT if it is another ' +
      'one than --udp-port; may be given several times',
  ).argParser(parseAdvertised)
}

export function allowedHostOption(): Option {
  return new RepeatableOption(
    '--allowed-host <name>',
    'name under which a proxy on this machine serves the pages, while --host is loopback; may be given several times',
  ).argParser(parseAllowedHost)
}

export function tlsCertOption(): Option {
  return new Option(
    '--tls-cert <file>',
    'serve HTTPS with this certificate (PEM, with its chain); needs --tls-key',
  )
}

export function tlsKeyOption(): Option {
  return new Option('--tls-key <file>', 'the key of --tls-cert (PEM); both are read again when they change')
}

export function ingestOption(): Option {
  return new Option('--ingest', 'also take images over HTTP; each new name makes a track')
}

/** Better as an environment variable: everybody on the machine can read a command line. */
export function ingestTokenOption(): Option {
  return new Option(
    '--ingest-token <token>',
    'what senders have to show (Authorization: Bearer); needed with --host. Better PIXELCAST_INGEST_TOKEN',
  ).argParser(tokenParser('--ingest-token'))
}

export function tokenOption(): Option {
  return new Option(
    '--token <token>',
    'what viewers have to show; with another --host than loopback one is made, unless there is --public. ' +
      'Better PIXELCAST_TOKEN',
  ).argParser(tokenParser('--token'))
}

export function publicOption(): Option {
  return new Option('--public', 'anyone who can reach --host may watch, without a token')
}

/** Better as an environment variable, for the same reason. Not `--token` in any command: a file may be for several. */
export function whipTokenOption(): Option {
  return new Option('--whip-token <token>', 'bearer token for the WHIP endpoint')
    .env('PIXELCAST_WHIP_TOKEN')
    .argParser(parseWhipToken)
}
