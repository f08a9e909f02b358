import { createServer as createHttpServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AccessRequest, createServer, LOCAL, type PixelcastServer, urlOf } from '../support/pixelcast.js'
import { until } from '../support/wait.js'

describe('access that the application decides', () => {
  let server: PixelcastServer
  let mounted: Server
  let base: string
  const errors: string[] = []
  const asked: [AccessRequest, string, string][] = []

  beforeAll(async () => {
    server = await createServer({
      ...LOCAL,
      ingest: true,
      access: {
        authorize: async (request, track, right) => {
          asked.push([request, track, right])
          if (track === 'broken') throw new Error('the database is away')
          const user = request.token ?? request.headers['x-user']
          return user === 'ann-of-accounts' && (right !== 'publish' || track === 'cam')
        },
      },
    })
    server.on('error', ({ message }) => errors.push(message))
    for (const name of ['cam', 'other']) server.addTrack(name)
    // An own web server, which has it under a path.
    mounted = createHttpServer((request, response) => {
      if (!request.url?.startsWith('/live/')) return void response.writeHead(404).end()
      request.url = request.url.slice('/live'.length)
      server.nodeHandler(request, response)
    })
    await new Promise<void>((resolve) => mounted.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(mounted.address() as AddressInfo).port}/live/`
  })
  afterAll(async () => {
    mounted?.close()
    await server?.close()
  })

  it('holds for the own port and for an own web server, and is asked with what came', async () => {
    for (const root of [urlOf(server), base]) {
      const list = async (headers: Record<string, string>) => {
        const answer = await fetch(new URL('tracks', root), { headers })
        return answer.status === 200
          ? ((await answer.json()) as { tracks: { name: string }[] }).tracks
          : answer.status
      }
      expect(await list({})).toBe(401)
      expect(await list({ 'x-user': 'bob' })).toBe(401)
      expect(await list({ authorization: 'Bearer bob-of-nowhere' })).toBe(403)
      for (const headers of [{ 'x-user': 'ann-of-accounts' }, { authorization: 'Bearer ann-of-accounts' }])
        expect(await list(headers)).toMatchObject([{ name: 'cam' }, { name: 'other' }])
      const [request, track, right] = asked.at(-1) ?? []
      expect(request).toMatchObject({ method: 'GET', address: '127.0.0.1', token: 'ann-of-accounts' })
      expect([new URL(request?.url ?? '').pathname, track, right]).toEqual(['/tracks', 'other', 'view'])
    }
  })

  it('holds for images, also those that an own web server takes in the application’s thread', async () => {
    for (const root of [urlOf(server), base]) {
      const put = async (name: string, token?: string) => {
        const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
        const url = new URL(`tracks/${name}/image?width=4&height=4&format=gray8`, root)
        return (await fetch(url, { method: 'PUT', body: new Uint8Array(16), headers })).status
      }
      expect([await put('cam'), await put('cam', 'bob-of-nowhere')]).toEqual([401, 403])
      expect([await put('other', 'ann-of-accounts'), await put('cam', 'ann-of-accounts')]).toEqual([403, 204])
    }
  })

  it('that fails refuses, and is told', async () => {
    server.addTrack('broken')
    const answer = await fetch(new URL('whep/broken', urlOf(server)), {
      headers: { 'x-user': 'ann-of-accounts' },
    })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
    await until('the error', () => errors.includes('the database is away'))
  })

  it('is not asked about tickets of the application’s own', async () => {
    const { url, expires } = await server.createTicket({ track: 'cam', rights: ['control'], lifetime: 5 })
    expect(url.startsWith(`${urlOf(server)}view/cam?ticket=`)).toBe(true)
    expect(expires.getTime() - Date.now()).toBeLessThanOrEqual(5_000)
    const ticket = new URL(url).searchParams.get('ticket')
    const first = await fetch(new URL(`view/cam?ticket=${ticket}`, base), { redirect: 'manual' })
    const second = await fetch(new URL(first.headers.get('location') ?? '', first.url), {
      redirect: 'manual',
    })
    expect(new URL(second.headers.get('location') ?? '', second.url).href).toBe(`${base}view/cam`)
    const cookie = second.headers.get('set-cookie')?.split(';')[0] ?? ''
    asked.length = 0
    expect((await fetch(new URL('whep/cam', base), { headers: { cookie } })).status).toBe(204)
    expect(asked).toEqual([])
    // For all else it is asked as if there were no ticket.
    expect((await fetch(new URL('whep/other', base), { headers: { cookie } })).status).toBe(403)
    await expect(server.createTicket({ lifetime: 0 })).rejects.toThrow(
      'lifetime: expected whole seconds from 1',
    )
  })
})
