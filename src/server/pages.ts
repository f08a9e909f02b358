import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { SignalingError } from '../common/errors.js'
import type { Access } from './access/access.js'
import { accessRequest } from './access/request.js'
import { ticketDetour } from './access/routes.js'
import { problem } from './problem.js'
import { type App, pathSegment, type RequestContext, resource } from './routing.js'

/** Where the build puts the browser's side, next to this file's folder. */
const VIEWER_DIRECTORY = join(import.meta.dirname, '..', 'viewer')

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
}

/** The pages load nothing from elsewhere, and run no inline script or style. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ')

/**
 * - Whoever opened a page in a window of their own cannot reach into it, or send it elsewhere.
 * - Nothing on a page has a use for what a browser would ask the person about.
 *
 * Not here: Strict-Transport-Security, which holds for all ports of a name, so that it is for who owns the name.
 */
const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': PAGE_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy':
    'camera=(), microphone=(), display-capture=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=()',
}

interface StaticFile {
  readonly content: Uint8Array<ArrayBuffer>
  readonly etag: string
}

/** The index page, the page of a track, and the files that they load from `/assets/`. */
export function addPages(
  app: App,
  access: Access,
  trackNames: () => string[],
  options: { readonly title?: string; readonly viewerDirectory?: string } = {},
): void {
  const files = new ViewerFiles(options.viewerDirectory ?? VIEWER_DIRECTORY)
  const { title } = options

  /** Without access it is the same page with another status, and begins with asking for a token. It has nothing in it that is secret. */
  async function page(
    context: RequestContext,
    check: () => Promise<unknown>,
    file: (isOpen: boolean) => Promise<StaticFile | undefined>,
    root = '',
  ): Promise<Response> {
    const detour = ticketDetour(context, access, root)
    if (detour) return detour
    const error = await check().then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (error === undefined) return reply(context, await file(true), '.html')
    if (!(error instanceof SignalingError) || error.status >= 500) throw error
    return closed(await file(false), error)
  }

  const titled = (html: string) => (title === undefined ? html : setTitle(html, title))

  resource(app, '/', {
    GET: (context) =>
      page(
        context,
        () => access.visible(accessRequest(context), trackNames()),
        (isOpen) => files.get('pages/index.html', isOpen ? titled : undefined),
      ),
  })
  resource(app, '/view/:name', {
    GET: (context) => {
      const name = pathSegment(context, 2)
      return page(
        context,
        () => access.require(accessRequest(context), name, 'view'),
        () => files.get('pages/view.html'),
        '../',
      )
    },
  })
  resource(app, '/assets/*', {
    GET: async (context) => {
      const path = new URL(context.req.url).pathname.slice('/assets/'.length)
      return reply(context, await files.get(path), extname(path))
    },
  })
}

function reply({ req }: RequestContext, file: StaticFile | undefined, extension: string): Response {
  const type = CONTENT_TYPES[extension]
  if (!file || !type) return problem(404, 'there is no such file')
  const headers: Record<string, string> = {
    // Names stay the same from one version to the next, so every use asks whether it is still current.
    'Cache-Control': 'no-cache',
    ETag: file.etag,
  }
  if (extension === '.html') Object.assign(headers, PAGE_HEADERS)
  const known = req.header('if-none-match')?.split(',') ?? []
  // RFC 9110 §13.1.2: weak comparison.
  if (known.some((tag) => ['*', file.etag].includes(tag.trim().replace(/^W\//, ''))))
    return new Response(null, { status: 304, headers })
  headers['Content-Type'] = type
  headers['Content-Length'] = String(file.content.byteLength)
  return new Response(file.content, { headers })
}

/** A page for somebody who may not see what it would show. */
function closed(file: StaticFile | undefined, { status, headers }: SignalingError): Response {
  if (!file) return problem(404, 'there is no such file')
  const marked = Buffer.from(file.content)
    .toString('utf8')
    .replace('<html ', `<html data-access="${status}" `)
  return new Response(marked, {
    status,
    headers: {
      ...headers,
      ...PAGE_HEADERS,
      'Content-Type': CONTENT_TYPES['.html'] as string,
      'Cache-Control': 'no-store',
    },
  })
}

/**
 * The files of the viewer's folder. Only names found by listing it are served, so no request can name
 * anything outside. Content is read once and kept: a few hundred kilobytes in all.
 */
class ViewerFiles {
  readonly #directory: string
  readonly #names: ReadonlySet<string>
  readonly #loaded = new Map<string, Promise<StaticFile>>()

  constructor(directory: string) {
    this.#directory = directory
    this.#names = new Set(listFiles(directory))
  }

  async get(name: string, edit?: (text: string) => string): Promise<StaticFile | undefined> {
    if (!this.#names.has(name)) return undefined
    const key = edit ? `${name} edited` : name
    let file = this.#loaded.get(key)
    if (!file) {
      file = this.#load(name, edit)
      file.catch(() => this.#loaded.delete(key))
      this.#loaded.set(key, file)
    }
    return file
  }

  async #load(name: string, edit: ((text: string) => string) | undefined): Promise<StaticFile> {
    const raw = await readFile(join(this.#directory, name))
    const content = new Uint8Array(edit ? Buffer.from(edit(raw.toString('utf8'))) : raw)
    const hash = createHash('sha256').update(content).digest('base64url')
    return { content, etag: `"${hash.slice(0, 22)}"` }
  }
}

function listFiles(directory: string): string[] {
  try {
    const names = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    return names.map((name) => name.split(sep).join('/')).filter((name) => extname(name) in CONTENT_TYPES)
  } catch {
    // Not built: every page is then answered 404, and the rest works.
    return []
  }
}

function setTitle(html: string, title: string): string {
  const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  const text = title.replace(/[&<>"]/g, (character) => escapes[character] ?? character)
  return html
    .replace(/<title>[^<]*<\/title>/, () => `<title>${text}</title>`)
    .replace(/(<h1\b[^>]*>)[^<]*<\/h1>/, (_, open: string) => `${open}${text}</h1>`)
}
