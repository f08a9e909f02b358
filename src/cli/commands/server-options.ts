import type { Command } from 'commander'
import { limitOption, trustProxyOption } from '../limit-flags.js'
import {
  drainTimeoutOption,
  logFormatOption,
  logLevelOption,
  metricsHostOption,
  metricsPortOption,
  metricsTokenOption,
} from './operation.js'
import {
  advertiseOption,
  allowedHostOption,
  hostOption,
  mediaHostOption,
  portOption,
  publicOption,
  tlsCertOption,
  tlsKeyOption,
  tokenOption,
  udpPortOption,
} from './shared.js'

/** Adds the options of every command that opens a server. @returns the command */
export function withServerOptions(command: Command): Command {
  const options = [
    portOption(),
    hostOption(),
    tokenOption(),
    publicOption(),
    mediaHostOption(),
    udpPortOption(),
    advertiseOption(),
    allowedHostOption(),
    limitOption(),
    trustProxyOption(),
    tlsCertOption(),
    tlsKeyOption(),
    metricsPortOption(),
    metricsHostOption(),
    metricsTokenOption(),
    logLevelOption(),
    logFormatOption(),
    drainTimeoutOption(),
  ]
  for (const option of options) command.addOption(option)
  return command
}
