import { Command } from 'commander'
import type { DoctorOptions } from '../actions/doctor.js'
import { hostOption, ingestOption, ingestTokenOption, mediaHostOption, portOption } from './shared.js'

export function doctorCommand(print: (line: string) => void): Command {
  return new Command('doctor')
    .description('Looks whether this machine has what pixelcast needs, a line for each thing.')
    .addOption(portOption())
    .addOption(hostOption())
    .addOption(mediaHostOption())
    .addOption(ingestOption())
    .addOption(ingestTokenOption())
    .option('--json', 'print the findings as JSON')
    .addHelpText(
      'after',
      `
Each line begins with ok, warn (something will not work) or fail (nothing will). The exit code is 1 when
something failed. Give the options that you mean to give to the other commands.

Examples:
  pixelcast doctor
  pixelcast doctor --host 0.0.0.0 --port 9000
`,
    )
    .action(async (options: DoctorOptions) => {
      // only now: help and mistakes are answered without loading FFmpeg
      const { doctor } = await import('../actions/doctor.js')
      await doctor(options, print)
    })
}
