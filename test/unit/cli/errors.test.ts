import { describe, expect, it } from 'vitest'
import { CliError, explain } from '../../../src/cli/errors.js'
import { fileError } from '../../../src/cli/input/image-file.js'
import { ListenError } from '../../../src/common/errors.js'

const system = (code: string, path: string) =>
  Object.assign(new Error(`${code}: x, open '${path}'`), { code, path })

describe('messages for the terminal', () => {
  it('are one line without a stack', () => {
    expect(explain(new CliError('first\n  second'), undefined)).toBe('first second')
    expect(explain(new ListenError('the port is taken'), undefined)).toBe('the port is taken')
  })

  it('say in words what the system said in codes', () => {
    expect(explain(system('ENOENT', 'a.png'), undefined)).toBe('a.png: no such file or directory')
    expect(fileError('a.png', system('EACCES', 'a.png')).message).toBe('a.png: permission denied')
  })

  it('tell how to see more of what nobody foresaw', () => {
    expect(explain(new TypeError('x is not a function'), undefined)).toMatch(/DEBUG=pixelcast/)
    expect(explain('a text', undefined)).toBe('unexpected failure: a text')
  })

  it('have the stack when asked for', () => {
    expect(explain(new CliError('first'), 'http, pixelcast')).toMatch(/first\n\s+at /)
    expect(explain(new CliError('first'), 'http')).toBe('first')
  })
})
