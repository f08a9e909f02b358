import { describe, expect, it } from 'vitest'
import { accessOf, keepToken } from '../../../src/cli/access.js'

describe('who may watch what a command shows', () => {
  it('is everybody on this machine, unless there is a token', () => {
    expect(accessOf({ host: '127.0.0.1' })).toEqual({ options: {}, fragment: '', warnings: [] })
    expect(accessOf({ host: '127.0.0.1', token: 'given-one' })).toEqual({
      options: { access: { tokens: [{ token: 'given-one' }] } },
      fragment: '',
      warnings: [],
    })
  })

  it('is who has the link with a new token, when others reach it', () => {
    const { options, fragment, warnings } = accessOf({ host: '0.0.0.0' })
    expect(fragment).toMatch(/^#token=[\w-]{32}$/)
    expect(options.access?.tokens).toEqual([{ token: fragment.slice('#token='.length) }])
    expect(warnings.join()).toMatch(/--tls-cert/)
    expect(accessOf({ host: '0.0.0.0' }).fragment).not.toBe(fragment)
    expect(accessOf({ host: '0.0.0.0', tlsCert: 'cert.pem' }).warnings).toEqual([])
  })

  it('is who had the link before, when a supervisor has started it again', () => {
    keepToken()
    const kept = process.env.PIXELCAST_SUPERVISED_TOKEN
    keepToken()
    expect(accessOf({ host: '0.0.0.0' }).fragment).toBe(`#token=${kept}`)
    expect(process.env.PIXELCAST_SUPERVISED_TOKEN).toBeUndefined()
  })

  it('is nobody’s question where nobody can watch', () => {
    expect(accessOf({ host: '0.0.0.0', listen: false })).toEqual({ options: {}, fragment: '', warnings: [] })
  })

  it('is everybody with --public, with a warning that names the consequence', () => {
    expect(accessOf({ host: '0.0.0.0', public: true })).toEqual({
      options: { public: true },
      fragment: '',
      warnings: ['--public: anyone who can reach this machine can watch, no token is asked for'],
    })
    expect(accessOf({ host: '127.0.0.1', public: true }).warnings).toEqual([])
  })
})
